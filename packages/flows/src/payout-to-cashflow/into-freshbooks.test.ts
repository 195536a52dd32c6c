import { beforeEach, describe, expect, test } from '@jest/globals';
import { ConnectorError, type Policy, SCOPE_MISSING } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { payoutItem } from '@mlc/testkit/fakes/fake-payouts';
import { fc } from '@mlc/testkit/property';
import { FLOWS } from '../registry.ts';
import { journalLines, linesInNote, mirroredLines, textOfLines } from '../booking/journal-lines.ts';

const BANK = '11111111-0000-4000-8000-000000000001';
const CLEARING = '11111111-0000-4000-8000-000000000002';
const FEES = '11111111-0000-4000-8000-000000000003';
const ACCOUNTS = {
  feeExpenseCategoryId: null,
  staffId: null,
  bankAccountUuid: BANK,
  clearingAccountUuid: CLEARING,
  feeAccountUuid: FEES,
};
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const paid = (payoutId: string) => ({ kind: 'payout-changed', payoutId, action: 'paid' }) as const;
const refusal = (reason: string) =>
  new ConnectorError({
    kind: 'rejected',
    provider: 'freshbooks',
    operation: 'x',
    message: 'HTTP 403: no',
    reason,
  });
const lostAnswer = new ConnectorError({
  kind: 'outcome-unknown',
  provider: 'freshbooks',
  operation: 'x',
  message: 'timed out',
});

/** Payouts PO1 … of GBP 97.50: 100.00 less fees of 2.50 with 0.42 tax inside. */
function newWorld(policy: Partial<Policy>, payouts = 1): FlowWorld {
  const world = new FlowWorld(FLOWS, { accounts: ACCOUNTS, ...policy });
  for (let number = 1; number <= payouts; number += 1)
    world.payouts.addPayout(`PO${number}`, 9_750n, [
      payoutItem('payment_paid_out', 100_000n, { paymentId: `PM${number}` }),
      payoutItem('gocardless_fee', -2_500n, { taxTenths: -420n, paymentId: `PM${number}` }),
    ]);
  return world;
}

const openReviews = (world: FlowWorld) =>
  world.store.reviewRows().filter(({ state, kind }) => state === 'open' && kind !== 'payout_unexplained');
const postings = (world: FlowWorld) =>
  world.store.postingRows().map(({ kind, state, date }) => `${kind} ${state} ${date}`);

let world: FlowWorld;

describe('gocardlessFees: expense', () => {
  beforeEach(() => {
    world = newWorld({ gocardlessFees: 'expense' });
  });

  test('one expense per payout, the tax inside named, category and owner looked up', async () => {
    await world.see(paid('PO1'));
    await world.see(paid('PO1'));
    expect(world.books.expenses).toMatchObject([
      {
        amount: gbp(250n),
        date: '2026-11-24',
        vendor: 'GoCardless',
        notes: expect.stringMatching(/^GoCardless fees of payout PO1, tax of GBP 0\.42 inside · mlc:\w{32}$/),
      },
    ]);
    expect(world.store.postingRows()).toMatchObject([
      { kind: 'fee', source: { provider: 'gocardless', id: 'PO1' }, state: 'posted', externalId: '5000' },
    ]);
    expect(world.books.faults.count('createExpense')).toBe(1);
  });

  test('no fees, no expense', async () => {
    world.payouts.addPayout('PO9', 10_000n, [payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM9' })]);
    await world.see(paid('PO9'));
    expect(world.books.expenses).toEqual([]);
  });

  test.each(['gocardless_fee', 'surcharge_fee', 'app_fee'] as const)(
    'a %s that is given back lowers the expense of its payout',
    async (type) => {
      world.payouts.addPayout('PO9', 9_850n, [
        payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM9' }),
        payoutItem('gocardless_fee', -2_500n, { paymentId: 'PM9' }),
        payoutItem(type, 1_000n, { paymentId: 'PM8' }),
      ]);
      await world.see(paid('PO9'));
      expect(world.books.expenses).toMatchObject([{ amount: gbp(150n) }]);
      expect(openReviews(world)).toEqual([]);
    },
  );

  test('a payout that gives more fees back than it takes: no expense, and it is said, once', async () => {
    world.payouts.addPayout('PO9', 10_040n, [
      payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM9' }),
      payoutItem('gocardless_fee', -600n, { paymentId: 'PM9' }),
      payoutItem('gocardless_fee', 1_000n, { paymentId: 'PM8' }),
    ]);
    for (let times = 0; times < 2; times += 1) await world.see(paid('PO9'));
    expect(world.books.expenses).toEqual([]);
    expect(openReviews(world)).toMatchObject([
      {
        kind: 'refund',
        subject: { provider: 'gocardless', type: 'payout', id: 'PO9' },
        amount: gbp(40n),
        reasons: [
          expect.stringMatching(/^GoCardless gave back GBP 0\.40 more in fees than it took in payout PO9/),
          expect.stringMatching(/lower it by GBP 0\.40/),
        ],
      },
    ]);
    const [review] = openReviews(world);
    await world.store.answer(review?.id ?? '', { action: 'done', note: 'lowered', by: 'finance' });
    await world.settle();
    await world.see(paid('PO9'));
    expect(openReviews(world)).toEqual([]);
  });

  test('no category that fits by itself: dead, and the message names the field', async () => {
    world.books.categories = [{ id: 42, name: 'Travel' }];
    await expect(world.see(paid('PO1'))).rejects.toThrow(/policy\.accounts\.feeExpenseCategoryId/);
    expect(world.store.ledgerRows()).not.toEqual([]);
  });

  test('our own closed month moves it, and the note keeps the day', async () => {
    world.store.closeMonth('2026-11');
    await world.see(paid('PO1'));
    expect(world.books.expenses[0]?.date).toBe('2026-12-01');
    expect(world.books.expenses[0]?.notes).toMatch(/ · of 2026-11-24, that month is closed$/);
  });
});

test('gocardlessFees: none: fees that come back are in the ledger, and nothing is said', async () => {
  world = newWorld({ gocardlessFees: 'none' });
  world.payouts.addPayout('PO9', 1_000n, [payoutItem('gocardless_fee', 10_000n, { paymentId: 'PM9' })]);
  await world.see(paid('PO9'));
  expect(openReviews(world)).toEqual([]);
});

describe('payoutEntry: journal', () => {
  test('one entry per payout with its number, all sums in its description', async () => {
    world = newWorld({ payoutEntry: 'journal' });
    await world.see(paid('PO1'));
    await world.see(paid('PO1'));
    expect(world.books.journal).toMatchObject([
      {
        number: 'MLC-PO1',
        date: '2026-11-24',
        lines: [
          { accountUuid: BANK, side: 'debit', amount: gbp(9_750n) },
          { accountUuid: FEES, side: 'debit', amount: gbp(250n) },
          { accountUuid: CLEARING, side: 'credit', amount: gbp(10_000n) },
        ],
      },
    ]);
    expect(world.books.journal[0]?.description).toMatch(
      /^GoCardless payout PO1: GBP 100\.00 less fees GBP 2\.50, tax GBP 0\.42 inside · mlc:\w{32}$/,
    );
    expect(world.store.postingRows()).toMatchObject([
      { kind: 'journal', amount: gbp(10_000n), state: 'posted', externalId: 'journal-1' },
    ]);
  });

  test('with the fees booked as an expense, the entry leaves them out', async () => {
    world = newWorld({ payoutEntry: 'journal', gocardlessFees: 'expense' });
    await world.see(paid('PO1'));
    expect(world.books.expenses).toHaveLength(1);
    expect(world.books.journal[0]?.lines).toMatchObject([
      { accountUuid: BANK, side: 'debit', amount: gbp(9_750n) },
      { accountUuid: CLEARING, side: 'credit', amount: gbp(9_750n) },
    ]);
  });

  test('a payout that bounced is taken back but for its fees, as in our own ledger', async () => {
    world = newWorld({ payoutEntry: 'journal' });
    await world.see(paid('PO1'));
    const payout = world.payouts.payouts.get('PO1');
    if (payout !== undefined) world.payouts.payouts.set('PO1', { ...payout, status: 'bounced' });
    const bounced = { kind: 'payout-changed', payoutId: 'PO1', action: 'bounced_payout' } as const;
    await world.see({ ...bounced, happenedAt: '2026-11-26T10:00:00Z' });
    await world.see({ ...bounced, happenedAt: '2026-11-26T10:00:00Z' });
    expect(world.books.journal).toHaveLength(2);
    expect(world.books.journal[1]).toMatchObject({ number: 'MLC-PO1-R', date: '2026-11-26' });
    expect(world.books.journal[1]?.lines).toEqual([
      { accountUuid: BANK, side: 'credit', amount: gbp(9_750n) },
      { accountUuid: CLEARING, side: 'debit', amount: gbp(9_750n) },
    ]);
    expect(postings(world)).toEqual(['journal reversed 2026-11-24', 'reversal posted 2026-11-26']);
  });

  test('an account that was never named: dead, and the message names the field', async () => {
    world = newWorld({ payoutEntry: 'journal', accounts: { ...ACCOUNTS, feeAccountUuid: null } });
    await expect(world.see(paid('PO1'))).rejects.toThrow(/policy\.accounts\.feeAccountUuid/);
  });
});

describe('never twice', () => {
  const both = { gocardlessFees: 'expense', payoutEntry: 'journal' } as const;
  const booked = (): void => {
    expect(world.books.expenses).toHaveLength(1);
    expect(world.books.journal).toHaveLength(1);
    expect(postings(world)).toEqual(['fee posted 2026-11-24', 'journal posted 2026-11-24']);
  };

  test('killed at any step and restarted, it ends the same', async () => {
    let boundary = 1;
    for (; boundary <= 300; boundary += 1) {
      world = newWorld(both);
      world.crashAfter(boundary);
      world.deliver(paid('PO1'));
      await world.settle();
      booked();
      if (world.crashPending) break;
    }
    expect(boundary).toBeGreaterThan(20);
    expect(boundary).toBeLessThan(300);
  });

  test.each(['createExpense', 'createJournalEntry'])(
    '%s: a lost answer is looked for first',
    async (call) => {
      world = newWorld(both);
      world.books.faults.fail(call, 'after', lostAnswer);
      await world.see(paid('PO1'));
      booked();
      expect(world.books.faults.count(call)).toBe(1);
      // The settle delay was waited out before the look.
      expect(Math.max(...world.delays)).toBeGreaterThanOrEqual(20_000);
    },
  );

  test.each(['createExpense', 'createJournalEntry'])(
    '%s: a call that never arrived is sent again',
    async (call) => {
      world = newWorld(both);
      world.books.faults.fail(call, 'before', lostAnswer);
      await world.see(paid('PO1'));
      booked();
      expect(world.books.faults.count(call)).toBe(2);
    },
  );

  test('entries that are there, in a store that knows nothing of them, are recorded', async () => {
    world = newWorld(both);
    await world.see(paid('PO1'));
    const restored = newWorld(both);
    restored.books.expenses.push(...world.books.expenses);
    restored.books.journal.push(...world.books.journal);
    world = restored;
    await world.see(paid('PO1'));
    booked();
  });
});

describe('what plan or scope forbids', () => {
  test.each(['createJournalEntry', 'listJournalEntries'])(
    '%s refused: one review for all payouts, the ledger booked, nothing dead',
    async (call) => {
      world = newWorld({ payoutEntry: 'journal' }, 3);
      world.books.faults.fail(call, 'before', refusal(SCOPE_MISSING), 3);
      for (const id of ['PO1', 'PO2', 'PO3'])
        expect(await world.see(paid(id))).toMatchObject({ state: 'done' });
      expect(openReviews(world)).toMatchObject([
        {
          kind: 'reauthorise',
          subject: { provider: 'freshbooks', type: 'scope', id: 'journal_entries' },
          reasons: [
            expect.stringMatching(/journal entries/),
            expect.stringMatching(/user:journal_entries:write/),
            'Not booked so far: PO1, PO2, PO3.',
          ],
        },
      ]);
      expect(world.store.ledgerRows().filter(({ kind }) => kind === 'payout')).toHaveLength(3);
      expect(world.books.faults.count(call)).toBe(3);
    },
  );

  test('retried once the scope is there, everything refused is booked', async () => {
    world = newWorld({ payoutEntry: 'journal', gocardlessFees: 'expense' }, 3);
    world.books.faults.fail('createJournalEntry', 'before', refusal(SCOPE_MISSING), 2);
    world.books.faults.fail('listExpenseCategories', 'before', refusal(SCOPE_MISSING), 2);
    await world.see(paid('PO1'));
    await world.see(paid('PO2'));
    const reviews = openReviews(world);
    expect(reviews.map(({ subject }) => subject.id)).toEqual(['expenses', 'journal_entries']);
    for (const { id } of reviews)
      await world.store.answer(id, { action: 'retry', note: 'granted', by: 'mira' });
    await world.settle();
    expect(world.books.journal.map(({ number }) => number).toSorted()).toEqual(['MLC-PO1', 'MLC-PO2']);
    expect(world.books.expenses).toHaveLength(2);
    expect(openReviews(world)).toEqual([]);
    await world.see(paid('PO3'));
    expect(world.books.journal).toHaveLength(3);
  });

  test('the next payout that is taken settles the question and brings the others along', async () => {
    world = newWorld({ payoutEntry: 'journal' }, 2);
    world.books.faults.fail('createJournalEntry', 'before', refusal(SCOPE_MISSING));
    await world.see(paid('PO1'));
    await world.see(paid('PO2'));
    expect(world.books.journal.map(({ number }) => number).toSorted()).toEqual(['MLC-PO1', 'MLC-PO2']);
    expect(openReviews(world)).toEqual([]);
  });

  test('a person who said ignore is not asked again', async () => {
    world = newWorld({ payoutEntry: 'journal' }, 2);
    world.books.faults.fail('createJournalEntry', 'before', refusal(SCOPE_MISSING), 2);
    await world.see(paid('PO1'));
    await world.store.answer(openReviews(world)[0]?.id ?? '', { action: 'ignore', note: 'no', by: 'mira' });
    await world.see(paid('PO2'));
    expect(openReviews(world)).toEqual([]);
  });

  test('any other refusal is a dead letter', async () => {
    world = newWorld({ payoutEntry: 'journal' });
    world.books.faults.fail('createJournalEntry', 'before', refusal('errno 1004'));
    await expect(world.see(paid('PO1'))).rejects.toThrow(/HTTP 403/);
    expect(openReviews(world)).toEqual([]);
  });
});

describe('a month closed in FreshBooks', () => {
  const both = { gocardlessFees: 'expense', payoutEntry: 'journal' } as const;

  test('the entries go into the first month it takes, the day stays in the note', async () => {
    world = newWorld(both);
    world.books.lockedUntil = '2026-12-31';
    await world.see(paid('PO1'));
    expect(postings(world)).toEqual(['fee posted 2027-01-01', 'journal posted 2027-01-01']);
    expect(world.books.expenses[0]?.date).toBe('2027-01-01');
    expect(world.books.expenses[0]?.notes).toMatch(/ · of 2026-11-24, that month is closed in FreshBooks$/);
    expect(world.books.journal[0]?.date).toBe('2027-01-01');
    expect(world.books.faults.count('createExpense')).toBe(3);
  });

  test('an answer lost on the later date is looked for there', async () => {
    world = newWorld(both);
    world.books.lockedUntil = '2026-11-30';
    // The first one is used up by the refusal.
    world.books.faults.fail('createExpense', 'after', lostAnswer, 2);
    await world.see(paid('PO1'));
    expect(world.books.faults.count('createExpense')).toBe(2);
    expect(world.books.expenses).toHaveLength(1);
    expect(openReviews(world)).toEqual([]);
  });

  test('when no month is taken a person is asked, and retry goes on once one is', async () => {
    world = newWorld(both);
    world.books.lockedUntil = '2030-12-31';
    await world.see(paid('PO1'));
    const [review] = openReviews(world);
    expect(openReviews(world)).toHaveLength(1);
    expect(review).toMatchObject({
      kind: 'period_locked',
      subject: { provider: 'gocardless', type: 'payout', id: 'PO1' },
    });
    expect(world.books.faults.count('createExpense')).toBe(12);
    world.books.lockedUntil = null;
    await world.store.answer(review?.id ?? '', { action: 'retry', note: 'opened', by: 'mira' });
    await world.settle();
    expect(postings(world)).toEqual(['fee posted 2026-11-24', 'journal posted 2026-11-24']);
    expect(openReviews(world)).toEqual([]);
  });
});

test('accounts are found in the note again, whatever FreshBooks calls them', () => {
  const accounts = { bank: 'acct_1', clearing: '1200-02', fees: '77' };
  const lines = journalLines({ net: gbp(9_750n) }, 250n, accounts);
  expect(linesInNote(`Dr Smith Ltd · mlc:k · ${textOfLines(lines)}`, 'GBP')).toEqual(lines);
});

test('lines always balance, leave out what is nothing, and survive their note', () => {
  const minor = fc.bigInt({ min: -1_000_000n, max: 1_000_000n });
  fc.assert(
    fc.property(minor, minor, fc.boolean(), (net, fees, hasFees) => {
      const accounts = { bank: BANK, clearing: CLEARING, fees: hasFees ? FEES : null };
      const lines = journalLines({ net: gbp(net) }, fees, accounts);
      const sum = (side: string) =>
        lines.filter((line) => line.side === side).reduce((all, { amount }) => all + amount.minor, 0n);
      expect(sum('debit')).toBe(sum('credit'));
      expect(lines.every(({ amount }) => amount.minor > 0n)).toBe(true);
      expect(linesInNote(`GoCardless payout · mlc:k · ${textOfLines(lines)}`, 'GBP')).toEqual(lines);
      expect(mirroredLines(mirroredLines(lines))).toEqual(lines);
    }),
  );
});
