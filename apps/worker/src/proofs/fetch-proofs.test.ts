import { beforeEach, describe, expect, test } from '@jest/globals';
import { ConnectorError, openingBalanceSubject, openingEntries, type PaypalTransaction } from '@mlc/core';
import { FakeCaptures, FakeDebits, FakePayouts, FlowWorld, payoutItem } from '@mlc/testkit';
import { absentConnection } from '../absent.ts';
import { fetchProofs, type Proving } from './fetch-proofs.ts';

const NOVEMBER = { goLive: '2026-11-01', lastDay: '2026-11-30' };

let debits: FakeDebits;
let payouts: FakePayouts;
let captures: FakeCaptures;
let store: FlowWorld['store'];
let proving: Proving;
const pauses: number[] = [];

beforeEach(() => {
  const world = new FlowWorld([]);
  ({ debits, payouts, captures, store } = world);
  pauses.length = 0;
  proving = {
    ...world.context(),
    debits,
    payouts,
    captures,
    clock: { now: () => new Date('2026-12-20T12:00:00Z') },
    store,
    pause: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
  };
  debits.addMandate('MD1', 'CU1');
});

const gocardless = async (question = NOVEMBER) =>
  (await fetchProofs(proving, question)).filter(({ provider }) => provider === 'gocardless');
const paypal = async () =>
  (await fetchProofs(proving, NOVEMBER)).filter(({ provider }) => provider === 'paypal');

function refused(kind: ConnectorError['kind'], details: { status?: number; retryAfterMs?: number } = {}) {
  return new ConnectorError({
    kind,
    provider: 'x',
    operation: 'y',
    message: 'no [debug id 1]',
    connectionId: 'c',
    ...details,
  });
}

describe('GoCardless', () => {
  test('what is under way at the end of the month, by id', async () => {
    debits.addDebit('PM1', 'MD1', { status: 'paid_out' });
    debits.addDebit('PM2', 'MD1', { status: 'confirmed', amount: { minor: 2_000n, currency: 'GBP' } });
    debits.addDebit('PM3', 'MD1', { status: 'submitted' });
    debits.addDebit('PM4', 'MD1', { status: 'confirmed', chargeDate: '2026-12-01' });
    payouts.addPayout('PO1', 9_900n, [
      payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM1' }),
      payoutItem('gocardless_fee', -1_000n, { paymentId: 'PM1' }),
    ]);
    expect(await gocardless()).toEqual([
      {
        provider: 'gocardless',
        currency: 'GBP',
        inFlightMinor: 2_000n,
        holdings: [{ id: 'PM2', amountMinor: 2_000n }],
        why: null,
      },
    ]);
  });

  test('a debit paid out before its charge date is owed until then, as in the ledger', async () => {
    debits.addDebit('PM1', 'MD1', { status: 'paid_out', chargeDate: '2026-12-03' });
    payouts.addPayout('PO1', 10_000n, [payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM1' })]);
    expect((await gocardless())[0]?.holdings).toEqual([{ id: 'PM1', amountMinor: -10_000n }]);
    const december = await gocardless({ ...NOVEMBER, lastDay: '2026-12-31' });
    expect(december[0]?.inFlightMinor).toBe(0n);
  });

  test('a month that is over is asked about as it was then', async () => {
    debits.addDebit('PM1', 'MD1', { status: 'failed', chargeDate: '2026-11-28' });
    debits.addDebit('PM2', 'MD1', { status: 'pending_submission', chargeDate: '2026-12-20' });
    debits.addDebit('PM3', 'MD1', { status: 'failed', chargeDate: '2026-11-27' });
    for (const [debitId, action, day] of [
      ['PM1', 'created', '2026-11-20'],
      ['PM1', 'confirmed', '2026-11-29'],
      ['PM1', 'failed', '2026-12-02'],
      ['PM2', 'created', '2026-11-20'],
      ['PM2', 'confirmed', '2026-11-29'],
      ['PM2', 'failed', '2026-12-03'],
      ['PM2', 'resubmission_requested', '2026-12-05'],
      ['PM3', 'created', '2026-11-20'],
      ['PM3', 'failed', '2026-11-29'],
    ] as const)
      debits.steps.push({ debitId, action, at: `${day}T10:00:00.000Z` });
    expect((await gocardless())[0]?.holdings).toEqual([
      { id: 'PM1', amountMinor: 10_000n },
      { id: 'PM2', amountMinor: 10_000n },
    ]);
    // Only of those that turned later the history is read.
    expect(debits.faults.count('stepsOf')).toBe(2);
  });

  test('kept items are not asked for again', async () => {
    debits.addDebit('PM1', 'MD1', { status: 'paid_out' });
    const items = [payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM1' })];
    payouts.addPayout('PO1', 10_000n, items);
    const payout = await payouts.getPayout('PO1');
    if (payout !== null) await store.transaction((tx) => tx.payouts.put(payout, items));
    payouts.items.set('PO1', null);
    expect((await gocardless())[0]?.inFlightMinor).toBe(0n);
    expect(payouts.faults.count('listItems')).toBe(0);
  });

  test('payouts that are not there yet are not looked into', async () => {
    payouts.addPayout('PO1', 1n, [], { arrivalDate: '2026-12-01' });
    payouts.addPayout('PO2', 1n, [], { status: 'pending', arrivalDate: null });
    await gocardless();
    expect(payouts.faults.count('listItems')).toBe(0);
  });

  test('the rate limit is waited for', async () => {
    debits.addDebit('PM1', 'MD1', { status: 'confirmed' });
    debits.faults.fail('listDebitsCharged', 'before', refused('rate-limited', { retryAfterMs: 1_234 }), 2);
    payouts.faults.fail('listPayouts', 'before', refused('rate-limited'));
    expect((await gocardless())[0]?.inFlightMinor).toBe(10_000n);
    expect(pauses).toEqual([1_234, 1_234, 5_000]);
  });

  test('what cannot be reached now is a failure, not a proof', async () => {
    payouts.faults.fail('listPayouts', 'before', refused('transient'));
    await expect(gocardless()).rejects.toMatchObject({ kind: 'transient' });
  });

  test('before go-live there is no ledger to prove', async () => {
    const [proof] = await gocardless({ goLive: '2026-11-01', lastDay: '2026-10-31' });
    expect(proof).toMatchObject({ inFlightMinor: null, why: 'the ledger begins on 2026-11-01' });
    expect(debits.faults.calls).toEqual([]);
  });
});

describe('PayPal', () => {
  const row = (id: string, minor: bigint): PaypalTransaction => ({
    id,
    referenceId: null,
    eventCode: 'T0006',
    amount: { minor, currency: 'GBP' },
    fee: { minor: -30n, currency: 'GBP' },
    status: 'S',
    initiatedAt: '2026-11-10T12:00:00.000Z',
    updatedAt: '2026-11-10T12:00:00.000Z',
    payerEmail: null,
    references: [],
    ordinal: 0,
  });

  test('what moved since go-live, on top of what the ledger was opened with', async () => {
    captures.transactions.push(row('A', 1_000n));
    const source = openingBalanceSubject('paypal');
    for (const currency of ['EUR', 'GBP'])
      await store.transaction((tx) =>
        tx.ledger.record(
          openingEntries({ source, amount: { minor: 500n, currency }, goLive: '2026-11-01' }, []),
        ),
      );
    expect(await paypal()).toMatchObject([
      { currency: 'EUR', inFlightMinor: 500n, holdings: [{ id: 'opening', amountMinor: 500n }] },
      {
        currency: 'GBP',
        inFlightMinor: 1_470n,
        holdings: [
          { id: 'A', amountMinor: 970n },
          { id: 'opening', amountMinor: 500n },
        ],
      },
    ]);
  });

  const AT_THE_END = '2026-11-30T23:59:59.000Z';
  const asked = async () =>
    (await paypal()).map(({ inFlightMinor, balanceWhy }) => [inFlightMinor, balanceWhy]);

  test('its balance at the last second of the month, in the zone of the business, is what it held', async () => {
    captures.transactions.push(row('A', 1_000n));
    captures.balances.set(AT_THE_END, [{ minor: 900n, currency: 'GBP' }]);
    captures.faults.fail('balancesAt', 'before', refused('rate-limited'));
    expect(await asked()).toEqual([[900n, undefined]]);
    expect(pauses).toEqual([5_000]);
  });

  test.each([
    [refused('rejected', { status: 403 }), 'PayPal does not let this app see balances: switch'],
    [refused('rejected', { status: 404 }), 'PayPal does not tell its balance'],
    [refused('rejected', { status: 200 }), "PayPal's answer about its balance cannot be read"],
    [refused('rejected'), "PayPal's answer about its balance cannot be read"],
    [refused('not-ready'), "PayPal's records do not reach the end of the month yet"],
    [null, 'PayPal names no balance of the end of the month'],
  ])('%s: the rows stand for its balance, and that is said', async (failure, why) => {
    captures.transactions.push(row('A', 1_000n));
    if (failure !== null) captures.faults.fail('balancesAt', 'before', failure);
    expect(await asked()).toEqual([[970n, expect.stringContaining(why)]]);
  });

  test('before its records reach the end of the month it is not asked', async () => {
    captures.transactions.push(row('A', 1_000n));
    proving = { ...proving, clock: { now: () => new Date('2026-12-01T02:59:59Z') } };
    expect(await asked()).toEqual([[970n, expect.stringContaining('do not reach the end of the month yet')]]);
    expect(captures.faults.count('balancesAt')).toBe(0);
  });

  test('an answer about an earlier moment is not the balance', async () => {
    captures.transactions.push(row('A', 1_000n));
    captures.balancesAt = (_moment, servedAt) => {
      servedAt?.('2026-11-30T20:00:00.000Z');
      return Promise.resolve([{ minor: 1n, currency: 'GBP' }]);
    };
    expect(await asked()).toEqual([[970n, expect.stringContaining('do not reach the end of the month yet')]]);
  });

  test('what cannot be reached now is a failure, not a month without its balance', async () => {
    captures.faults.fail('balancesAt', 'before', refused('transient'));
    await expect(paypal()).rejects.toMatchObject({ kind: 'transient' });
  });

  test.each([
    [
      refused('rejected', { status: 403 }),
      'PayPal does not let this app use Transaction Search: switch it on for the app in the developer dashboard',
    ],
    [refused('rejected', { status: 404 }), 'PayPal does not list what it holds here'],
    [refused('unauthorised'), 'PayPal no longer accepts our credentials: connect it again'],
  ])('%s: it says why it cannot be proven, in words that never change', async (failure, why) => {
    captures.faults.fail('searchTransactions', 'before', failure);
    expect(await paypal()).toEqual([
      { provider: 'paypal', currency: null, inFlightMinor: null, holdings: [], why },
    ]);
  });

  test('a business without it says so', async () => {
    proving = { ...proving, captures: absentConnection('paypal') };
    expect(await paypal()).toMatchObject([{ inFlightMinor: null, why: 'PayPal is not connected' }]);
  });

  test('an answer that makes no sense is a failure', async () => {
    captures.faults.fail('searchTransactions', 'before', refused('rejected', { status: 422 }));
    await expect(paypal()).rejects.toMatchObject({ status: 422 });
  });
});
