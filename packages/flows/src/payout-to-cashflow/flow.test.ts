import { beforeEach, describe, expect, test } from '@jest/globals';
import { ConnectorError, type LedgerEntry, type PayoutChanged, type Policy } from '@mlc/core';
import { FlowWorld, payoutItem } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';

const CLEARING = 'assets:clearing:gocardless';

/** Invoice 1 of GBP 100.00 was collected by PM1. */
async function collectedWorld(policy: Partial<Policy> = {}): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS, policy);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  await world.see({ kind: 'invoice-changed', invoiceId: '1' });
  await becomes(world, 'PM1', 'confirmed');
  return world;
}

async function becomes(world: FlowWorld, debitId: string, status: 'confirmed' | 'paid_out' | 'failed') {
  world.debits.move(debitId, status);
  return world.see({ kind: 'debit-changed', debitId, action: status });
}

function told(payoutId: string | null, action = 'paid', happenedAt?: string): PayoutChanged {
  return { kind: 'payout-changed', payoutId, action, ...(happenedAt === undefined ? {} : { happenedAt }) };
}

const paidOut = (paymentId: string, tenths = 100_000n) =>
  payoutItem('payment_paid_out', tenths, { paymentId });
const fee = (paymentId: string, tenths = -1_320n) =>
  payoutItem('gocardless_fee', tenths, { paymentId, taxTenths: tenths / 6n });

function short({ kind, debit, credit, amount, date }: LedgerEntry): unknown[] {
  return [kind, debit, credit, amount.minor, date];
}

/** Entries of payouts only. */
function ofPayouts(world: FlowWorld): unknown[] {
  return world.store
    .ledgerRows()
    .filter(({ payoutId }) => payoutId !== null)
    .map(short);
}

function clearing(world: FlowWorld): bigint {
  return world.store.ledgerRows().reduce((sum, { debit, credit, amount }) => {
    const minor = amount.currency === 'GBP' ? amount.minor : 0n;
    return sum + (debit === CLEARING ? minor : 0n) - (credit === CLEARING ? minor : 0n);
  }, 0n);
}

function openReviews(world: FlowWorld) {
  return world.store.reviewRows().filter(({ state }) => state === 'open');
}

let world: FlowWorld;
beforeEach(async () => {
  world = await collectedWorld();
});

describe('a payout that was paid', () => {
  test('goes to the bank with its fees; what it holds is explained by the invoice', async () => {
    world.payouts.addPayout('PO1', 9_868n, [paidOut('PM1'), fee('PM1')]);
    const outcome = await world.see(told('PO1'));
    expect(outcome).toMatchObject({
      state: 'done',
      reason: 'payout PO1 of GBP 98.68 booked',
      details: { grossMinor: 10_000, feesMinor: 132, taxMinor: 22, netMinor: 9_868, unexplainedMinor: 0 },
    });
    expect(ofPayouts(world)).toEqual([
      ['payout', 'assets:bank', CLEARING, 9_868n, '2026-11-24'],
      ['fee', 'expenses:fees:gocardless', CLEARING, 132n, '2026-11-24'],
    ]);
    expect(clearing(world)).toBe(0n);
    expect(openReviews(world)).toEqual([]);
    expect(world.store.payoutRows()).toMatchObject([{ payout: { id: 'PO1' }, items: [{}, {}] }]);
    const audited = world.store.auditEntries().filter(({ action }) => action === 'payout.booked');
    expect(audited).toMatchObject([{ subject: { id: 'PO1' }, details: { netMinor: 9_868, items: 2 } }]);
  });

  test('is booked once, however often it is told', async () => {
    world.payouts.addPayout('PO1', 9_868n, [paidOut('PM1'), fee('PM1')]);
    await world.see(told('PO1'));
    const before = ofPayouts(world);
    expect(await world.see(told('PO1', 'tax_exchange_rates_confirmed'))).toMatchObject({
      state: 'done',
      reason: 'payout PO1 of GBP 98.68 was booked already',
    });
    expect(ofPayouts(world)).toEqual(before);
    expect(world.payouts.faults.count('listItems')).toBe(1);
  });

  test('is waited for when GoCardless does not have it', async () => {
    expect(await world.see(told('index_ID_123'))).toMatchObject({ state: 'parked', waitingFor: 'provider' });
  });

  test.each([
    ['it', 'getPayout', null],
    ['what is in it', 'listItems', []],
  ])('%s does not show at first: booked when it does', async (_what, call, answer) => {
    world.payouts.addPayout('PO1', 9_868n, [paidOut('PM1'), fee('PM1')]);
    world.payouts.faults.answer(call, answer, 2);
    await world.see(told('PO1'));
    expect(ofPayouts(world)).toHaveLength(2);
    expect(openReviews(world)).toEqual([]);
  });

  test('of an unknown new status is waited for', async () => {
    world.payouts.addPayout('PO1', 10_000n, [paidOut('PM1')], { status: 'recalled' as 'paid' });
    expect(await world.see(told('PO1'))).toMatchObject({
      state: 'parked',
      reason: expect.stringMatching(/the payout is recalled/),
    });
  });

  test('of zero, and one below zero, are booked as what they are', async () => {
    const failed = payoutItem('payment_failed', -100_000n, { paymentId: 'PM1' });
    world.payouts.addPayout('PO1', 0n, [paidOut('PM1'), failed]);
    world.payouts.addPayout('PO2', -10_000n, [failed]);
    expect(await world.see(told('PO1'))).toMatchObject({ state: 'done' });
    await world.see(told('PO2'));
    expect(ofPayouts(world)).toEqual([['payout', CLEARING, 'assets:bank', 10_000n, '2026-11-24']]);
  });

  test('of a partner is shares, not payments', async () => {
    const share = payoutItem('revenue_share', 1_234n, { paymentId: 'PM-of-somebody' });
    world.payouts.addPayout('PO1', 123n, [share], { payoutType: 'partner' });
    await world.see(told('PO1'));
    expect(ofPayouts(world)).toEqual([
      ['payout', 'assets:bank', CLEARING, 123n, '2026-11-24'],
      ['movement', CLEARING, 'liabilities:unallocated', 123n, '2026-11-24'],
    ]);
    expect(openReviews(world)).toEqual([]);
  });

  test('with more fees given back than taken', async () => {
    world.payouts.addPayout('PO1', 10_132n, [paidOut('PM1'), fee('PM1', 1_320n)]);
    expect(await world.see(told('PO1'))).toMatchObject({ details: { feesMinor: -132, grossMinor: 10_000 } });
    expect(ofPayouts(world)[1]).toEqual(['fee', CLEARING, 'expenses:fees:gocardless', 132n, '2026-11-24']);
  });

  test('a kind of item nobody knows is booked as a movement, and said', async () => {
    const rebate = payoutItem('rebate' as 'refund', 100n);
    world.payouts.addPayout('PO1', 10n, [rebate]);
    expect(await world.see(told('PO1'))).toMatchObject({ details: { unknownTypes: ['rebate'] } });
    expect(clearing(world)).toBe(10_000n);
  });

  test('into a closed month is dated in the first open one', async () => {
    world.store.closeMonth('2026-11');
    world.payouts.addPayout('PO1', 10_000n, [paidOut('PM1')]);
    await world.see(told('PO1'));
    const [entry] = world.store.ledgerRows().filter(({ kind }) => kind === 'payout');
    expect(entry).toMatchObject({ date: '2026-12-01', factDate: '2026-11-24' });
  });
});

describe('money taken back after it was paid out', () => {
  test('a late failure: its item is explained by the reversal, which is not made twice', async () => {
    world.payouts.addPayout('PO1', 9_868n, [paidOut('PM1'), fee('PM1')]);
    await world.see(told('PO1'));
    await becomes(world, 'PM1', 'failed');
    const failed = payoutItem('payment_failed', -100_000n, { paymentId: 'PM1' });
    const other = payoutItem('payment_paid_out', 200_000n, { paymentId: 'PM2' });
    world.debits.addDebit('PM2', 'MD1', { amount: { minor: 20_000n, currency: 'GBP' } });
    world.payouts.addPayout('PO2', 10_132n, [failed, fee('PM1', 1_320n), other]);
    await world.see(told('PO2'));
    const reversals = world.store.ledgerRows().filter(({ kind }) => kind === 'reversal');
    expect(reversals).toHaveLength(1);
    expect(clearing(world)).toBe(0n);
  });

  test('the item told before the payment’s own event comes to the same', async () => {
    world.payouts.addPayout('PO1', 10_000n, [paidOut('PM1')]);
    await world.see(told('PO1'));
    world.payouts.addPayout('PO2', -10_000n, [
      payoutItem('payment_charged_back', -100_000n, { paymentId: 'PM1' }),
    ]);
    await world.see(told('PO2'));
    expect(clearing(world)).toBe(10_000n);
    await becomes(world, 'PM1', 'failed');
    expect(clearing(world)).toBe(0n);
  });

  test('a retry is paid out a second time in another payout', async () => {
    world.payouts.addPayout('PO1', 10_000n, [paidOut('PM1')]);
    await world.see(told('PO1'));
    await becomes(world, 'PM1', 'failed');
    world.payouts.addPayout('PO2', -10_000n, [payoutItem('payment_failed', -100_000n, { paymentId: 'PM1' })]);
    await world.see(told('PO2'));
    await becomes(world, 'PM1', 'confirmed');
    world.payouts.addPayout('PO3', 10_000n, [paidOut('PM1')]);
    await world.see(told('PO3'));
    expect(clearing(world)).toBe(0n);
    expect(openReviews(world)).toEqual([]);
  });

  test('refunds and refunds that came back', async () => {
    const refunded = payoutItem('payment_refunded', -30_000n, { paymentId: 'PM1', refundId: 'RF1' });
    world.payouts.addPayout('PO1', 7_000n, [paidOut('PM1'), refunded]);
    await world.see(told('PO1'));
    expect(ofPayouts(world)[1]).toEqual(['refund', 'assets:receivables', CLEARING, 3_000n, '2026-11-24']);
    const returned = payoutItem('refund_funds_returned', 30_000n, { paymentId: 'PM1', refundId: 'RF1' });
    world.payouts.addPayout('PO2', 3_000n, [returned]);
    await world.see(told('PO2'));
    expect(clearing(world)).toBe(0n);
  });
});

describe('what is not ours', () => {
  beforeEach(() => {
    world.debits.addDebit('PM9', 'MD1', {
      status: 'paid_out',
      amount: { minor: 5_000n, currency: 'GBP' },
    });
    world.payouts.addPayout('PO1', 14_868n, [
      paidOut('PM1'),
      fee('PM1', -660n),
      paidOut('PM9', 50_000n),
      fee('PM9', -660n),
    ]);
  });

  test('is named by its id and amount in one review; the sum stays right', async () => {
    await world.see(told('PO1'));
    await world.see(told('PO1', 'tax_exchange_rates_confirmed'));
    expect(openReviews(world)).toMatchObject([
      {
        kind: 'payout_unexplained',
        subject: { provider: 'gocardless', type: 'payout', id: 'PO1' },
        amount: { minor: 5_000n, currency: 'GBP' },
      },
    ]);
    expect(openReviews(world)[0]?.reasons.join('\n')).toContain('PM9: GBP 50.00 (payment_paid_out)');
    expect(ofPayouts(world).at(-1)).toEqual([
      'unallocated',
      CLEARING,
      'liabilities:unallocated',
      5_000n,
      '2026-11-24',
    ]);
    expect(clearing(world)).toBe(0n);
  });

  test('is not asked about again once a person left it', async () => {
    await world.see(told('PO1'));
    const [review] = openReviews(world);
    await world.store.answer(review?.id ?? '', { action: 'ignore', note: 'another shop', by: 'mira' });
    await world.see(told('PO1', 'tax_exchange_rates_confirmed'));
    expect(openReviews(world)).toEqual([]);
  });
});

describe('items that cannot be trusted', () => {
  test('a sum that is not the payout books nothing and says both; retry looks again', async () => {
    world.payouts.addPayout('PO1', 9_868n, [paidOut('PM1')]);
    const outcome = await world.see(told('PO1'));
    expect(outcome).toMatchObject({ state: 'done', details: { review: 'payout_unexplained' } });
    const [review] = openReviews(world);
    expect(review?.reasons[0]).toBe(
      'Payout PO1 is GBP 98.68, but its 1 items add up to GBP 100.00: a difference of GBP 1.32. Nothing was booked.',
    );
    expect(ofPayouts(world)).toEqual([]);
    world.payouts.items.set('PO1', [paidOut('PM1'), fee('PM1')]);
    await world.store.answer(review?.id ?? '', { action: 'retry', note: '', by: 'mira' });
    await world.settle();
    expect(ofPayouts(world)).toHaveLength(2);
    expect(world.store.payoutRows()).toMatchObject([{ items: [{}, {}] }]);
    expect(openReviews(world)).toEqual([]);
  });

  test('items GoCardless keeps no longer: the kept ones serve', async () => {
    world.payouts.addPayout('PO1', 9_868n, [paidOut('PM1'), fee('PM1')], {
      status: 'pending',
      arrivalDate: null,
    });
    world.payouts.payouts.set('PO2', { ...(world.payouts.payouts.get('PO1') ?? fail()), id: 'PO2' });
    await world.see(told('PO1'));
    world.payouts.addPayout('PO1', 9_868n, []);
    world.payouts.items.set('PO1', null);
    await world.see(told('PO1'));
    expect(ofPayouts(world)).toHaveLength(2);
  });

  test('items GoCardless keeps no longer, and nobody kept: a clear question', async () => {
    world.payouts.addPayout('PO1', 9_868n, []);
    world.payouts.items.set('PO1', null);
    await world.see(told('PO1'));
    expect(openReviews(world)).toMatchObject([
      { kind: 'payout_unexplained', subject: { id: 'PO1' }, amount: { minor: 9_868n, currency: 'GBP' } },
    ]);
    expect(openReviews(world)[0]?.reasons[0]).toContain('six months');
    expect(ofPayouts(world)).toEqual([]);
  });
});

describe('an exchanged payout', () => {
  const unconfirmed = { currency: 'EUR', amountMinor: null, rate: null };

  test('waits for its rate, its items kept meanwhile, and is booked in both currencies', async () => {
    const pending = { status: 'pending', arrivalDate: null, exchange: unconfirmed } as const;
    world.payouts.addPayout('PO1', 9_868n, [paidOut('PM1'), fee('PM1')], pending);
    expect(await world.see(told('PO1'))).toMatchObject({ state: 'parked', waitingFor: 'payout:PO1' });
    expect(ofPayouts(world)).toEqual([]);
    expect(world.store.payoutRows()).toMatchObject([{ items: [{}, {}] }]);
    world.payouts.addPayout('PO1', 9_868n, [paidOut('PM1'), fee('PM1')], {
      exchange: { currency: 'EUR', amountMinor: 11_545n, rate: '1.16995' },
    });
    await world.see(told('PO1', 'fx_rate_confirmed'));
    expect(ofPayouts(world)).toEqual([
      ['payout', 'equity:conversion', CLEARING, 9_868n, '2026-11-24'],
      ['conversion', 'assets:bank', 'equity:conversion', 11_545n, '2026-11-24'],
      ['fee', 'expenses:fees:gocardless', CLEARING, 132n, '2026-11-24'],
    ]);
    const states = world.store.eventRows().filter(({ type }) => type.startsWith('payouts.'));
    expect(states.map(({ state }) => state)).toEqual(['done', 'done']);
  });

  test('paid but without its amount waits too', async () => {
    world.payouts.addPayout('PO1', 10_000n, [paidOut('PM1')], { exchange: unconfirmed });
    expect(await world.see(told('PO1'))).toMatchObject({
      state: 'parked',
      reason: 'payout PO1: the rate into EUR is not confirmed yet',
    });
  });
});

describe('a payout the bank sent back', () => {
  beforeEach(() => {
    world.payouts.addPayout('PO1', 9_868n, [paidOut('PM1'), fee('PM1')]);
  });

  const bounced = [
    ['payout', 'assets:bank', CLEARING, 9_868n, '2026-11-24'],
    ['fee', 'expenses:fees:gocardless', CLEARING, 132n, '2026-11-24'],
    ['payout-return', CLEARING, 'assets:bank', 9_868n, '2026-11-27'],
  ];

  function bounce(payoutId: string): void {
    const payout = world.payouts.payouts.get(payoutId) ?? fail();
    world.payouts.payouts.set(payoutId, { ...payout, status: 'bounced' });
  }

  test('is undone on the day it came back', async () => {
    await world.see(told('PO1'));
    bounce('PO1');
    // Half past midnight in London is the day before in UTC only in summer: the business's own day counts.
    const outcome = await world.see(told('PO1', 'bounced_payout', '2026-11-27T00:30:00.000Z'));
    expect(outcome.reason).toContain('it came back from the bank');
    await world.see(told('PO1', 'bounced_payout', '2026-11-29T00:30:00.000Z'));
    expect(ofPayouts(world)).toEqual(bounced);
    expect(clearing(world)).toBe(9_868n);
  });

  test('comes to the same when only that is told, or the payment of it later', async () => {
    bounce('PO1');
    await world.see(told('PO1', 'bounced_payout', '2026-11-27T10:00:00.000Z'));
    expect(ofPayouts(world)).toEqual(bounced);
    await world.see(told('PO1'));
    expect(ofPayouts(world)).toEqual(bounced);
  });

  test('is found when the event does not say which one it was', async () => {
    await world.see(told('PO1'));
    world.payouts.addPayout('PO2', 10_000n, [paidOut('PM1')]);
    bounce('PO1');
    world.payouts.bounces.push({ payoutId: null, at: '2026-11-27T10:00:00.000Z' });
    const unnamed = told(null, 'bounced_payout', '2026-11-27T10:00:00.000Z');
    expect(await world.see(unnamed)).toMatchObject({ state: 'done' });
    expect(ofPayouts(world)).toEqual(bounced);
    expect(await world.see(unnamed)).toMatchObject({
      state: 'skipped',
      reason: 'no payout is bounced that was not taken back already',
    });
  });

  test('is waited for when no payout shows it yet, or fewer than were told of', async () => {
    await world.see(told('PO1'));
    const at = '2026-11-27T10:00:00.000Z';
    const unnamed = told(null, 'bounced_payout', at);
    expect(await world.see(unnamed)).toMatchObject({ state: 'parked', waitingFor: 'provider' });
    bounce('PO1');
    await world.pass(60_000);
    expect(ofPayouts(world)).toEqual(bounced);
    world.payouts.bounces.push({ payoutId: null, at }, { payoutId: null, at: '2026-11-28T10:00:00.000Z' });
    expect(await world.see(unnamed)).toMatchObject({ state: 'parked' });
  });

  test('two unnamed ones get their days oldest to oldest, whichever event comes first', async () => {
    const items = [payoutItem('payment_paid_out', 50_000n, { paymentId: 'PM9' })];
    world.payouts.addPayout('PO2', 5_000n, items, { createdAt: '2026-11-24T09:00:00.000Z' });
    bounce('PO1');
    bounce('PO2');
    const days = ['2026-11-28T10:00:00.000Z', '2026-11-27T10:00:00.000Z'];
    world.payouts.bounces.push(...days.map((at) => ({ payoutId: null, at })));
    for (const day of days) await world.see(told(null, 'bounced_payout', day));
    const returns = world.store.ledgerRows().filter(({ kind }) => kind === 'payout-return');
    expect(returns.map(({ payoutId, date }) => [payoutId, date])).toEqual([
      ['PO1', '2026-11-27'],
      ['PO2', '2026-11-28'],
    ]);
  });

  test('is waited for while GoCardless still shows it as paid', async () => {
    expect(await world.see(told('PO1', 'bounced_payout'))).toMatchObject({
      state: 'parked',
      waitingFor: 'provider',
    });
    expect(ofPayouts(world)).toEqual([]);
  });
});

describe('refunds', () => {
  const refund = {
    id: 'RF1',
    amount: { minor: 3_000n, currency: 'GBP' },
    status: 'created',
    paymentId: 'PM1',
    mandateId: 'MD1',
    createdAt: '2026-11-25T09:00:00.000Z',
  };
  const changed = { kind: 'debit-refund-changed', refundId: 'RF1' } as const;

  test('one is never missed', async () => {
    world.payouts.refunds.set('RF1', refund);
    await world.see(changed);
    expect(openReviews(world)).toMatchObject([
      {
        kind: 'refund',
        subject: { provider: 'gocardless', type: 'refund', id: 'RF1' },
        amount: refund.amount,
        reasons: ['GoCardless gave back GBP 30.00 of payment PM1 (refund RF1, created).', expect.anything()],
      },
    ]);
  });

  test.each(['bounced', 'cancelled', 'failed', 'funds_returned'])(
    'one that is %s is settled',
    async (status) => {
      world.payouts.refunds.set('RF1', refund);
      await world.see(changed);
      world.payouts.refunds.set('RF1', { ...refund, status });
      await world.see(changed);
      expect(openReviews(world)).toEqual([]);
    },
  );

  test('one without a payment names the mandate; one GoCardless does not have is waited for', async () => {
    world.payouts.refunds.set('RF1', { ...refund, paymentId: null });
    await world.see(changed);
    expect(openReviews(world)[0]?.reasons[0]).toContain('of mandate MD1');
    const nobodys = { kind: 'debit-refund-changed', refundId: 'RF9' } as const;
    expect(await world.see(nobodys)).toMatchObject({ state: 'parked' });
  });

  test.each([
    ['is not there', null],
    ['is as it was before', refund],
  ])('one that failed, and %s at first, is settled when it shows', async (_case, first) => {
    world.payouts.refunds.set('RF1', refund);
    await world.see(changed);
    world.payouts.refunds.set('RF1', { ...refund, status: 'bounced' });
    world.payouts.faults.answer('getRefund', first, 2);
    await world.see({ ...changed, action: 'failed' });
    expect(openReviews(world)).toEqual([]);
  });
});

describe('failures', () => {
  test('the ledger stands when FreshBooks fails afterwards, and is not written again', async () => {
    const failing = await collectedWorld({
      gocardlessFees: 'expense',
      accounts: {
        feeExpenseCategoryId: 11,
        staffId: 1,
        bankAccountUuid: null,
        clearingAccountUuid: null,
        feeAccountUuid: null,
      },
    });
    failing.payouts.addPayout('PO1', 9_868n, [paidOut('PM1'), fee('PM1')]);
    const down = new ConnectorError({
      kind: 'transient',
      provider: 'freshbooks',
      operation: 'createExpense',
      message: 'down',
    });
    failing.books.faults.fail('createExpense', 'before', down);
    expect(await failing.see(told('PO1'))).toMatchObject({ state: 'done' });
    expect(ofPayouts(failing)).toHaveLength(2);
    expect(failing.store.postingRows().filter(({ kind }) => kind === 'fee')).toMatchObject([
      { state: 'posted', source: { id: 'PO1' }, amount: { minor: 132n, currency: 'GBP' } },
    ]);
  });
});

function fail(): never {
  throw new Error('the world has no such payout');
}
