import { describe, expect, test } from '@jest/globals';
import { ConnectorError, type DomainEvent, type Policy, type Posting } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { payoutItem } from '@mlc/testkit/fakes/fake-payouts';
import { FLOWS } from '../registry.ts';
import { recheck } from './recheck.ts';

const ACCOUNTS = {
  feeExpenseCategoryId: 41,
  staffId: 1,
  bankAccountUuid: '11111111-0000-4000-8000-000000000001',
  clearingAccountUuid: '11111111-0000-4000-8000-000000000002',
  feeAccountUuid: '11111111-0000-4000-8000-000000000003',
};
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const paid: DomainEvent = { kind: 'payout-changed', payoutId: 'PO1', action: 'paid' };
const captured: DomainEvent = { kind: 'capture-changed', captureId: 'CAP1' };
const lost = new ConnectorError({
  kind: 'outcome-unknown',
  provider: 'freshbooks',
  operation: 'x',
  message: 'timed out',
});

/** A payout of GBP 97.50, and a capture on invoice 1; everything goes into FreshBooks. */
function newWorld(policy: Partial<Policy> = {}): FlowWorld {
  const world = new FlowWorld(FLOWS, {
    accounts: ACCOUNTS,
    gocardlessFees: 'expense',
    payoutEntry: 'journal',
    paypalFees: 'expense',
    ...policy,
  });
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7', { amountMinor: 10_000n });
  world.captures.addCapture('CAP1', 'payer@client.test', { amount: gbp(10_000n), fee: gbp(320n) });
  world.payouts.addPayout('PO1', 9_750n, [
    payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM1' }),
    payoutItem('gocardless_fee', -2_500n, { paymentId: 'PM1' }),
  ]);
  return world;
}

/** The first call is not answered; its entry comes late, beside that of the second call. */
async function comesLate(world: FlowWorld, call: string, event: DomainEvent): Promise<Posting> {
  world.books.faults.fail(call, 'before', lost);
  await world.see(event);
  return lateEntry(world, call);
}

function lateEntry({ books, store }: FlowWorld, call: string): Posting {
  const expense = books.expenses.at(-1);
  const entry = books.journal.at(-1);
  if (call === 'createExpense' && expense !== undefined) books.expenses.push({ ...expense, id: 'late' });
  if (call === 'createJournalEntry' && entry !== undefined) books.journal.push({ ...entry, id: 'late' });
  const posting = store.postingRows().findLast(({ recheckAt }) => recheckAt !== null);
  if (posting === undefined) throw new Error('no second look is due');
  return posting;
}

const standing = (world: FlowWorld) =>
  world.books.expenses.filter(({ deleted }) => !deleted).map(({ id }) => id);
const doubled = (world: FlowWorld) =>
  world.store
    .reviewRows()
    .filter(({ state, kind }) => state === 'open' && (kind === 'amount_mismatch' || kind === 'overpayment'));
const audited = (world: FlowWorld) =>
  world.store
    .auditEntries()
    .filter(({ action }) => action.startsWith('posting.double-'))
    .map(({ action, details }) => ({ action, details }));
const payout = { provider: 'gocardless', type: 'payout', id: 'PO1' };

describe('an expense', () => {
  test.each([
    ['a payout', paid, payout],
    ['a capture', captured, { provider: 'paypal', type: 'capture', id: 'CAP1' }],
  ])(
    'of %s that came twice: the late one is taken back, and a person is told',
    async (_of, event, subject) => {
      const world = newWorld({ payoutEntry: 'none' });
      const posting = await comesLate(world, 'createExpense', event);
      expect(posting).toMatchObject({ kind: 'fee', state: 'posted', externalId: '5000' });
      expect(Number(posting.recheckAt)).toBe(Number(world.clock.now()) + 60_000);
      await recheck(world.context(), posting.key);
      expect(standing(world)).toEqual(['5000']);
      expect(world.books.expenses).toHaveLength(2);
      expect(doubled(world)).toMatchObject([
        { kind: 'amount_mismatch', subject, amount: posting.amount, eventId: posting.eventId },
      ]);
      expect(doubled(world)[0]?.reasons).toEqual([
        expect.stringMatching(
          /^FreshBooks carried out the expense of GBP \d\.\d\d twice: 5000 stays, late is taken back\.$/,
        ),
      ]);
      expect(audited(world)).toMatchObject([
        { action: 'posting.double-found', details: { key: posting.key, kept: '5000', doubles: ['late'] } },
        { action: 'posting.double-removed', details: { key: posting.key, kept: '5000', removed: ['late'] } },
      ]);
      expect(await world.store.postings.byKey(posting.key)).toEqual({ ...posting, recheckAt: null });
    },
  );

  test('nothing doubled, nothing asked', async () => {
    const world = newWorld({ payoutEntry: 'none' });
    world.books.faults.fail('createExpense', 'after', lost);
    await world.see(paid);
    const [posting] = world.store.postingRows();
    expect(posting?.recheckAt).not.toBeNull();
    await recheck(world.context(), posting?.key ?? '');
    expect(standing(world)).toEqual(['5000']);
    expect(world.store.postingRows()).toMatchObject([{ state: 'posted', recheckAt: null }]);
    expect([...doubled(world), ...audited(world)]).toEqual([]);
  });

  test('an outcome that was clear asks for no second look', async () => {
    const world = newWorld();
    await world.see(paid);
    await world.see(captured);
    expect(world.store.postingRows().map(({ recheckAt }) => recheckAt)).toEqual([null, null, null, null]);
  });

  test('other days, vendors and keys are left alone', async () => {
    const world = newWorld({ payoutEntry: 'none' });
    const posting = await comesLate(world, 'createExpense', paid);
    const [ours] = world.books.expenses;
    if (ours === undefined) throw new Error('nothing was booked');
    const { notes } = ours;
    world.books.expenses.push(
      { ...ours, id: 'o1', notes: notes.replace(posting.key, `${posting.key.slice(0, -1)}-`) },
      { ...ours, id: 'o2', vendor: 'PayPal' },
      { ...ours, id: 'o3', notes: 'by hand' },
    );
    await recheck(world.context(), posting.key);
    expect(standing(world)).toEqual(['5000', 'o1', 'o2', 'o3']);
  });

  test('taken back by a person meanwhile: none of it stays', async () => {
    const world = newWorld({ payoutEntry: 'none' });
    const posting = await comesLate(world, 'createExpense', paid);
    await world.books.deleteExpense('5000');
    await world.store.transaction((tx) => tx.postings.update(posting.key, { state: 'reversed' }));
    await recheck(world.context(), posting.key);
    expect(standing(world)).toEqual([]);
    expect(doubled(world)[0]?.reasons[0]).toMatch(/late, when nothing of it was to stay: late is taken back/);
  });

  test('ours deleted by hand in FreshBooks: the other one is kept as ours', async () => {
    const world = newWorld({ payoutEntry: 'none' });
    const posting = await comesLate(world, 'createExpense', paid);
    await world.books.deleteExpense('5000');
    await recheck(world.context(), posting.key);
    expect(standing(world)).toEqual(['late']);
    expect(await world.store.postings.byKey(posting.key)).toMatchObject({ externalId: 'late' });
    expect(doubled(world)).toEqual([]);
  });

  test('its month was closed in FreshBooks meanwhile: the look ends, and a person is asked to delete it', async () => {
    const world = newWorld({ payoutEntry: 'none' });
    const posting = await comesLate(world, 'createExpense', paid);
    world.books.lockedUntil = '2026-12-31';
    await recheck(world.context(), posting.key);
    expect(standing(world)).toEqual(['5000', 'late']);
    expect(doubled(world)[0]?.reasons).toEqual([
      expect.stringMatching(/5000 stays, late is taken back/),
      expect.stringMatching(/month of 2026-11-24 closed.*delete late by hand.*done/),
    ]);
    expect(await world.store.postings.byKey(posting.key)).toMatchObject({ recheckAt: null });
  });

  test('killed at any step of the look and looked at again, it ends the same', async () => {
    let boundary = 1;
    for (; boundary < 100; boundary += 1) {
      const world = newWorld({ payoutEntry: 'none' });
      const { key } = await comesLate(world, 'createExpense', paid);
      world.crashAfter(boundary);
      const isDue = async () => (await world.store.postings.byKey(key))?.recheckAt !== null;
      const died = recheck(world.context(), key).then(() => false);
      if (!(await died.catch(() => true))) break;
      world.crashAfter(Infinity);
      if (await isDue()) await recheck(world.context(), key);
      expect(standing(world)).toEqual(['5000']);
      expect(doubled(world)).toHaveLength(1);
      expect(doubled(world)[0]?.reasons).toHaveLength(1);
      expect(await world.store.postings.byKey(key)).toMatchObject({ externalId: '5000', recheckAt: null });
    }
    expect(boundary).toBeGreaterThan(8);
    expect(boundary).toBeLessThan(100);
  });
});

describe('a journal entry', () => {
  test('that came twice stays, for a third one would stay as well: a person is told what to enter', async () => {
    const world = newWorld({ gocardlessFees: 'none' });
    const posting = await comesLate(world, 'createJournalEntry', paid);
    expect(posting).toMatchObject({ kind: 'journal', externalId: 'journal-1' });
    await recheck(world.context(), posting.key);
    expect(world.books.journal.map(({ id }) => id)).toEqual(['journal-1', 'late']);
    expect(doubled(world)).toMatchObject([
      { kind: 'amount_mismatch', subject: payout, amount: gbp(10_000n) },
    ]);
    expect(doubled(world)[0]?.reasons).toEqual([
      'FreshBooks carried out the journal entry MLC-PO1 of GBP 100.00 twice: journal-1 stays, late stands beside it. ' +
        'FreshBooks deletes no journal entry: enter the opposite of late there by hand, then resolve this with done.',
    ]);
    expect(audited(world)).toMatchObject([
      { action: 'posting.double-found', details: { kept: 'journal-1', doubles: ['late'] } },
    ]);
    expect(await world.store.postings.byKey(posting.key)).toEqual({ ...posting, recheckAt: null });
  });

  test('whose mirror came twice is told apart from it', async () => {
    const world = newWorld({ gocardlessFees: 'none' });
    await world.see(paid);
    const sent = world.payouts.payouts.get('PO1');
    if (sent !== undefined) world.payouts.payouts.set('PO1', { ...sent, status: 'bounced' });
    const happenedAt = '2026-11-26T10:00:00Z';
    const posting = await comesLate(world, 'createJournalEntry', {
      ...paid,
      action: 'bounced_payout',
      happenedAt,
    });
    expect(posting).toMatchObject({ kind: 'reversal', externalId: 'journal-2' });
    await recheck(world.context(), posting.key);
    expect(world.books.journal.map(({ id }) => id)).toEqual(['journal-1', 'journal-2', 'late']);
    expect(doubled(world)[0]?.reasons[0]).toMatch(
      /entry MLC-PO1-R of .* twice: journal-2 stays, late stands/,
    );
  });

  test('that was taken back by its mirror meanwhile is kept all the same', async () => {
    const world = newWorld({ gocardlessFees: 'none' });
    const posting = await comesLate(world, 'createJournalEntry', paid);
    await world.store.transaction((tx) => tx.postings.update(posting.key, { state: 'reversed' }));
    await recheck(world.context(), posting.key);
    expect(doubled(world)[0]?.reasons[0]).toMatch(/twice: journal-1 stays, late stands beside it/);
  });

  test('whose answer named no id is known by it from now on, and is not its own double', async () => {
    const world = newWorld({ gocardlessFees: 'none' });
    world.books.faults.fail('createJournalEntry', 'after', lost);
    await world.see(paid);
    const [posting] = world.store.postingRows();
    await world.store.transaction((tx) => tx.postings.update(posting?.key ?? '', { externalId: 'MLC-PO1' }));
    await recheck(world.context(), posting?.key ?? '');
    expect(world.store.postingRows()).toMatchObject([{ externalId: 'journal-1', recheckAt: null }]);
    expect([...doubled(world), ...audited(world)]).toEqual([]);
  });

  test('and the expense of one payout both came twice: one question says both', async () => {
    const world = newWorld();
    world.books.faults.fail('createExpense', 'before', lost);
    const journal = await comesLate(world, 'createJournalEntry', paid);
    lateEntry(world, 'createExpense');
    for (const { key } of world.store.postingRows()) await recheck(world.context(), key);
    expect(doubled(world)).toHaveLength(1);
    expect(doubled(world)[0]?.reasons).toEqual([
      expect.stringMatching(/the expense of GBP 2\.50 twice/),
      expect.stringMatching(/the journal entry MLC-PO1 of GBP 100\.00 twice/),
    ]);
    expect(journal.recheckAt).not.toBeNull();
  });
});

test('an intent that is still open is left to its own event, and its look is over', async () => {
  const world = newWorld();
  world.books.faults.fail('createExpense', 'before', lost, 100);
  await expect(world.see(paid)).rejects.toThrow(/timed out/);
  const [posting] = world.store.postingRows();
  await world.store.transaction((tx) =>
    tx.postings.update(posting?.key ?? '', { recheckAt: world.clock.now() }),
  );
  const calls = world.books.faults.calls.length;
  await recheck(world.context(), posting?.key ?? '');
  expect(world.books.faults.calls).toHaveLength(calls);
  expect(world.store.postingRows()).toMatchObject([{ state: 'intent', recheckAt: null }]);
  await recheck(world.context(), 'no such key');
});
