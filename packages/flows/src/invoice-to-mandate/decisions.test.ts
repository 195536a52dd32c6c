import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import type { Collection, CollectionState, Debit, DebitNaming, Invoice } from '@mlc/core';
import type { KnownCollection } from '../debits/in-flight.ts';
import { decideExisting } from './decide.ts';
import { meaningOf, type Standing } from './decide-live.ts';
import type { Difference, Wanted } from './fit.ts';

const DECISIONS = readFileSync(
  fileURLToPath(new URL('../../../../docs/decisions.md', import.meta.url)),
  'utf8',
);
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });

/** Rows of the table under a heading, without its own heading, cell by cell. */
function rowsUnder(title: string): string[][] {
  const [, rest = ''] = DECISIONS.split(`\n## ${title}\n`);
  const section = rest.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('what a debit found on the mandates means is in docs/decisions.md', () => {
  const invoice = { outstanding: gbp(10_000n) } as Invoice;
  const standings: Standing[] = ['running', 'collected', 'collected-long-ago', 'ended'];
  const namings: DebitNaming[] = ['ours', 'this', 'perhaps', 'another', 'nothing'];
  const amounts = [
    ['the same', gbp(10_000n), null],
    ['another', gbp(9_000n), null],
    ['the same, of a plan', gbp(10_000n), 'SB1'],
  ] as const;
  const rows = namings.flatMap((naming) =>
    amounts.map(([name, amount, subscriptionId]) => {
      const debit = { amount, subscriptionId, instalmentScheduleId: null } as unknown as Debit;
      const meanings = standings.map((standing) => meaningOf({ debit, naming, standing }, invoice));
      return [`\`${naming}\``, name, ...meanings];
    }),
  );
  expect(rowsUnder('Before a debit is made')).toEqual(rows);
});

test('what becomes of a running debit is in docs/decisions.md', () => {
  const states: CollectionState[] = [
    'planned',
    'requested',
    'pending_submission',
    'submitted',
    'failed',
    'confirmed',
    'paid_out',
  ];
  const wanted: Wanted = {
    outstanding: gbp(10_000n),
    clientId: '7',
    creditorId: 'CR1',
    charge: { dueDate: '2026-11-20', earliest: '2026-11-12' },
  };
  const differing: [Difference | 'nothing', Partial<Wanted>][] = [
    ['nothing', {}],
    ['client', { clientId: '8' }],
    ['creditor', { creditorId: 'CR2' }],
    ['amount', { outstanding: gbp(11_000n) }],
    ['date', { charge: { dueDate: '2026-12-20', earliest: '2026-11-12' } }],
  ];
  const rows = differing.flatMap(([difference, changes]) =>
    (['ours', 'matched'] as const).map((origin) => {
      const decisions = states.map((state) => {
        const collection = {
          ...{ state, origin, clientId: '7', creditorId: 'CR1', amount: gbp(10_000n), attempt: 1 },
          ...{ chargeDate: '2026-11-20', wantedDate: '2026-11-20', willAttemptRetry: state === 'failed' },
          calledAt: new Date(0),
        } as Collection;
        const known: KnownCollection[] = [{ collection, booked: 'none' }];
        return decideExisting(known, { ...wanted, ...changes }).kind;
      });
      return [difference, origin === 'ours' ? 'ours' : 'made elsewhere', ...decisions];
    }),
  );
  expect(rowsUnder('What a running debit has to agree in')).toEqual(rows);
});
