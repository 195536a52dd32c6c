import { describe, expect, test } from '@jest/globals';
import type { Collection, CollectionState } from '@mlc/core';
import { fc } from '@mlc/testkit/property';
import { differencesOf, type Difference, type Wanted, type WantedCharge } from './fit.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });

function running(changes: Partial<Collection> = {}): Collection {
  return {
    clientId: '7',
    creditorId: 'CR1',
    amount: gbp(10_000n),
    chargeDate: '2026-11-20',
    wantedDate: '2026-11-20',
    state: 'pending_submission',
    ...changes,
  } as Collection;
}

function wants(changes: Partial<Wanted> = {}): Wanted {
  const charge = { dueDate: '2026-11-20', earliest: '2026-11-12' };
  return { outstanding: gbp(10_000n), clientId: '7', creditorId: 'CR1', charge, ...changes };
}

describe('in what a running debit has to agree', () => {
  test.each<[string, Partial<Collection>, Partial<Wanted>, Difference[]]>([
    ['everything as it was', {}, {}, []],
    ['another amount', {}, { outstanding: gbp(10_001n) }, ['amount']],
    ['another currency', {}, { outstanding: { minor: 10_000n, currency: 'EUR' } }, ['amount']],
    ['another client', {}, { clientId: '8' }, ['client']],
    ['another creditor', {}, { creditorId: 'CR2' }, ['creditor']],
    ['several at once', {}, { clientId: '8', outstanding: gbp(1n) }, ['client', 'amount']],
    ['the client was never kept', { clientId: '' }, { clientId: '8' }, []],
    ['the creditor was never kept', { creditorId: null }, { creditorId: 'CR2' }, []],
    ['no creditor was chosen', {}, { creditorId: null }, []],
  ])('%s', (_name, debit, wanted, differences) => {
    expect(differencesOf(running(debit), wants(wanted))).toEqual(differences);
  });

  test.each<[string, Partial<Collection>, WantedCharge | null, boolean]>([
    ['due a month later', {}, { dueDate: '2026-12-20', earliest: '2026-11-12' }, true],
    ['due earlier, which the mandate allows', {}, { dueDate: '2026-11-15', earliest: '2026-11-12' }, true],
    [
      'due before the mandate allows: the earliest day',
      {},
      { dueDate: '2026-11-02', earliest: '2026-11-12' },
      true,
    ],
    ['due no more: the earliest day', {}, { dueDate: null, earliest: '2026-11-12' }, true],
    [
      'taken on the earliest day already',
      { chargeDate: '2026-11-12', wantedDate: '2026-11-06' },
      { dueDate: '2026-11-02', earliest: '2026-11-12' },
      false,
    ],
    [
      'taken earlier than is possible now',
      { chargeDate: '2026-11-12', wantedDate: '2026-11-06' },
      { dueDate: '2026-11-02', earliest: '2026-11-16' },
      false,
    ],
    [
      'the new day is the one it is taken on',
      { chargeDate: '2026-11-23', wantedDate: '2026-11-21' },
      { dueDate: '2026-11-23', earliest: '2026-11-12' },
      false,
    ],
    [
      'the bank moved it to a working day',
      { chargeDate: '2026-11-23', wantedDate: '2026-11-21' },
      { dueDate: '2026-11-21', earliest: '2026-11-12' },
      false,
    ],
    ['the mandate is not known', {}, { dueDate: '2026-12-20', earliest: null }, true],
    [
      'due, and it was not before',
      { chargeDate: '2026-11-12', wantedDate: '' },
      { dueDate: '2026-12-20', earliest: '2026-11-12' },
      true,
    ],
    ['an old row', { wantedDate: null }, { dueDate: '2026-12-20', earliest: '2026-11-12' }, false],
    ['the policy does not go by dates', {}, null, false],
    [
      'taken from the client already',
      { state: 'confirmed' },
      { dueDate: '2026-12-20', earliest: '2026-11-12' },
      false,
    ],
    ['failed, to be retried', { state: 'failed' }, { dueDate: '2026-12-20', earliest: '2026-11-12' }, false],
    ['under way', { state: 'submitted' }, { dueDate: '2026-12-20', earliest: '2026-11-12' }, true],
  ])('%s', (_name, debit, charge, differs) => {
    expect(differencesOf(running(debit), wants({ charge }))).toEqual(differs ? ['date'] : []);
  });

  test('the debit that replaces another fits, and goes on fitting as time moves the earliest day', () => {
    const day = fc.integer({ min: 1, max: 28 }).map((number) => `2026-11-${String(number).padStart(2, '0')}`);
    const state = fc.constantFrom<CollectionState>('requested', 'pending_submission', 'submitted');
    fc.assert(
      fc.property(fc.option(day), day, day, state, (dueDate, earliest, later, now) => {
        const chargeDate = dueDate !== null && dueDate >= earliest ? dueDate : earliest;
        const replacement = running({ chargeDate, wantedDate: dueDate ?? '', state: now });
        const moved = later > earliest ? later : earliest;
        for (const first of [earliest, moved])
          expect(differencesOf(replacement, wants({ charge: { dueDate, earliest: first } }))).toEqual([]);
      }),
    );
  });
});
