import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import {
  clearingOf,
  type NewLedgerEntry,
  type PaypalTransaction,
  transactionKey,
  waitingForPendingPayment,
} from '@mlc/core';
import { storeFor } from '@mlc/platform';
import { fc } from '@mlc/testkit/property';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';
import { pollBusiness } from './poll-business.ts';
import type { PollReport } from './polling.ts';

jest.setTimeout(60_000);

let business: PolledBusiness;

beforeEach(async () => {
  business = await openPolledBusiness(undefined, 'everybody, PayPal too');
});
afterEach(() => business.stop());

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const scenarios = () => business.sandbox.paypal.scenarios;
const prisma = () => business.runtime.database.prisma;
const poll = async () => (await business.poll('paypal'))['paypal'];
const rows = () => prisma().inboundEvent.findMany({ orderBy: { id: 'asc' } });

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* await Promise.resolve(items);
}

/** What was received is through, and looked at later than anything that PayPal lists. */
async function allDone(): Promise<void> {
  const receivedAt = new Date(Date.now() + 60_000);
  await prisma().inboundEvent.updateMany({ data: { state: 'done', receivedAt } });
}

/** Polls with a list of PayPal's that holds just these rows. */
async function pollOfList(): Promise<
  (rows: readonly PaypalTransaction[]) => Promise<PollReport | undefined>
> {
  const { polling, businessId } = business;
  const known = await polling.connections.of(businessId);
  return async (listed) => {
    const lists = { searchTransactions: () => each(listed), pendingTransactions: () => each([]) };
    const captures = { ...known.captures, ...lists };
    const connections = { ...polling.connections, of: () => Promise.resolve({ ...known, captures }) };
    const [report] = await pollBusiness({ ...polling, connections, businessId, provider: 'paypal' });
    return report;
  };
}

/** A webhook told of the payment, and it was booked. */
async function toldAndBooked(id: string, minor: bigint, feeMinor = 0n): Promise<void> {
  await prisma().inboundEvent.create({
    data: {
      businessId: business.businessId,
      connectionId: business.connectionIds.paypal,
      provider: 'paypal',
      type: 'PAYMENT.CAPTURE.COMPLETED',
      externalEventId: `WH-${id}`,
      resourceId: id,
      payload: '{}',
      correlationId: `c-${id}`,
      flow: 'paypal-capture-to-freshbooks',
    },
  });
  await allDone();
  const entry = (kind: 'collection' | 'fee', amountMinor: bigint): NewLedgerEntry => ({
    key: `${kind}:${id}`,
    kind,
    provider: 'paypal',
    debit: kind === 'fee' ? 'expenses:fees:paypal' : clearingOf('paypal'),
    credit: kind === 'fee' ? clearingOf('paypal') : 'assets:receivables',
    amount: { minor: amountMinor, currency: 'GBP' },
    date: '2026-11-05',
    factDate: '2026-11-05',
    source: { provider: 'paypal', type: 'capture', id },
    invoiceId: null,
    postingKey: null,
    payoutId: null,
    eventId: null,
    note: '',
  });
  const entries = [entry('collection', minor), ...(feeMinor === 0n ? [] : [entry('fee', feeMinor)])];
  const { database, clock } = business.runtime;
  const store = storeFor(database, business.businessId, { clock });
  await store.transaction((tx) => tx.ledger.record(entries));
}

test('a fee that PayPal adds to a row is looked at, once, although nothing else of the row changed', async () => {
  const { transactionId } = scenarios().listRow({ amount: '20.00', hoursAgo: 5 });
  expect(await poll()).toMatchObject({ seen: 1, missing: 1 });
  await allDone();
  scenarios().settleRow({ transactionId, fee: '0.88' });
  business.sandbox.paypal.settings.searchDelayMinutes = 0;
  for (let runs = 0; runs < 3; runs += 1) {
    expect(await poll()).toMatchObject({ seen: 1, missing: 0, failure: null });
    await allDone();
  }
  expect((await rows()).map(({ externalEventId }) => externalEventId)).toEqual([
    expect.stringMatching(/:S$/),
    expect.stringMatching(/:S:-88GBP$/),
  ]);
});

test('another row of an id that was processed is looked at, in whatever window it turns up', async () => {
  const { transactionId } = scenarios().listRow({ amount: '20.00', hoursAgo: 5 });
  await poll();
  await allDone();
  // Alike but for its moment; taken back under the same id; one of three holds.
  scenarios().listRow({ transactionId, amount: '20.00', hoursAgo: 7 });
  await poll();
  await allDone();
  scenarios().listRow({ transactionId, amount: '-20.00', code: 'T1106', hoursAgo: 6 });
  await poll();
  await allDone();
  scenarios().listRow({ transactionId, amount: '5.00', code: 'T2101', hoursAgo: 6 });
  for (let runs = 0; runs < 2; runs += 1) {
    expect(await poll()).toMatchObject({ seen: 4, failure: null });
    await allDone();
  }
  expect((await rows()).map(({ type }) => type)).toEqual([
    'PAYMENT.CAPTURE.COMPLETED',
    'PAYMENT.CAPTURE.COMPLETED',
    'PAYMENT.CAPTURE.REVERSED',
    'BALANCE.T2101',
  ]);
});

test('what a webhook told of and the ledger has is seen; what the ledger has otherwise, or not, is looked at', async () => {
  const [told, other, cheap] = ['20.00', '21.00', '22.00'].map((amount) =>
    scenarios().listRow({ amount, hoursAgo: 5, fee: '1.00' }),
  );
  if (told === undefined || other === undefined || cheap === undefined) throw new Error('three rows');
  await toldAndBooked(told.transactionId, 2_000n, 100n);
  await toldAndBooked(other.transactionId, 1_100n, 100n);
  await toldAndBooked(cheap.transactionId, 2_200n);
  for (let runs = 0; runs < 2; runs += 1) expect(await poll()).toMatchObject({ seen: 3, missing: 0 });
  const polled = (await rows()).filter(({ externalEventId }) => externalEventId.startsWith('poll:'));
  expect(polled.map(({ resourceId }) => resourceId).toSorted()).toEqual(
    [other.transactionId, cheap.transactionId].toSorted(),
  );
  await allDone();
  // One more of the id that was seen, alike in everything but its moment.
  scenarios().listRow({ transactionId: told.transactionId, amount: '20.00', fee: '1.00', hoursAgo: 4 });
  expect(await poll()).toMatchObject({ seen: 4, missing: 0 });
  expect((await rows()).at(-1)).toMatchObject({ resourceId: told.transactionId, state: 'stored' });
});

test.each([
  ['under the dates it began with', '2026-11-05T04:00:00.000Z'],
  ['under new ones', '2026-11-09T04:00:00.000Z'],
])(
  'a pending payment that completes four days later %s is looked at, and missing until then',
  async (_case, at) => {
    const list = await pollOfList();
    const began = '2026-11-05T04:00:00.000Z';
    const pending: PaypalTransaction = {
      ...{
        id: 'ECHECK1',
        referenceId: null,
        eventCode: 'T0000',
        amount: gbp(2_000n),
        fee: null,
        status: 'P',
      },
      ...{ initiatedAt: began, updatedAt: began, payerEmail: null, references: [], ordinal: 0 },
    };
    expect(await list([pending])).toMatchObject({ seen: 1, missing: 1 });
    const receivedAt = new Date('2026-11-05T05:00:00.000Z');
    await prisma().inboundEvent.updateMany({
      data: { state: 'parked', waitingFor: waitingForPendingPayment(null, 'ECHECK1'), receivedAt },
    });
    const through = { ...pending, status: 'S', initiatedAt: at, updatedAt: '2026-11-09T04:00:00.000Z' };
    expect(await list([through])).toMatchObject({ seen: 1, missing: 1 });
    const [first, second] = await rows();
    // Each run wakes what waits for its end.
    expect(first).toMatchObject({ type: 'PAYMENT.CAPTURE.PENDING', state: 'stored' });
    expect(second).toMatchObject({ type: 'PAYMENT.CAPTURE.COMPLETED', state: 'stored' });
    expect(await list([through])).toMatchObject({ seen: 1, missing: 0 });
  },
);

test('every row in every state has one look of its own, over any windows, orders and repetitions', async () => {
  const list = await pollOfList();
  const row = fc
    .record({
      id: fc.constantFrom('A', 'B'),
      eventCode: fc.constantFrom('T0000', 'T1107', 'T2101', 'T0400'),
      minor: fc.constantFrom(2_000n, 500n),
      feeMinor: fc.constantFrom(null, -30n),
      hour: fc.constantFrom('04', '05', '06'),
      status: fc.constantFrom('S', 'V'),
    })
    .map(({ id, eventCode, minor, feeMinor, hour, status }): PaypalTransaction => {
      const initiatedAt = `2026-11-05T${hour}:00:00.000Z`;
      const fee = feeMinor === null ? null : gbp(feeMinor);
      const amount = gbp(eventCode === 'T0000' ? minor : -minor);
      const moved = { eventCode, amount, fee, status, initiatedAt, updatedAt: initiatedAt };
      return { id, referenceId: null, payerEmail: null, references: [], ordinal: 0, ...moved };
    });
  const windows = fc.array(fc.array(row, { maxLength: 4 }), { minLength: 1, maxLength: 4 });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(windows, async (all) => {
      runs += 1;
      const wanted = new Set<string>();
      const mine = (one: PaypalTransaction) => ({ ...one, id: `${one.id}${runs}X` });
      for (const window of [...all, ...all.toReversed()]) {
        const listed = window.map(mine);
        for (const one of listed) {
          const fee = one.fee === null ? '' : `:${one.fee.minor}${one.fee.currency}`;
          wanted.add(`poll:${transactionKey(one)}:${one.status}${fee}`);
        }
        await list(listed);
        await allDone();
      }
      const where = { resourceId: { in: ['A', 'B'].map((id) => `${id}${runs}X`) } };
      const ids = (await prisma().inboundEvent.findMany({ where })).map((event) => event.externalEventId);
      expect(ids.toSorted()).toEqual([...wanted].toSorted());
    }),
    { numRuns: 8 },
  );
});
