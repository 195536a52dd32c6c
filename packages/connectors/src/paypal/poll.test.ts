import { describe, expect, test } from '@jest/globals';
import {
  type ListedDispute,
  type PaypalTransaction,
  type PaypalWebhookEvent,
  type PolledEvent,
  type SearchNews,
  transactionKey,
  type UnreadableTransaction,
} from '@mlc/core';
import { fc } from '@mlc/testkit/property';
import { paypalEventSources } from './poll.ts';
import { paypalEvents } from './webhook.ts';

const NOW = new Date('2026-11-10T12:00:00Z');
const ROW: PaypalTransaction = {
  id: '5TY05013RG002845M',
  referenceId: null,
  eventCode: 'T0006',
  amount: { minor: 46_500n, currency: 'USD' },
  fee: { minor: -1_379n, currency: 'USD' },
  status: 'S',
  initiatedAt: '2026-11-09T04:03:52Z',
  updatedAt: '2026-11-09T05:00:00Z',
  payerEmail: null,
  references: [],
  ordinal: 0,
};

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* await Promise.resolve(items);
}

async function polled(
  rows: readonly PaypalTransaction[],
  events: readonly PaypalWebhookEvent[] = [],
  aside: readonly UnreadableTransaction[] = [],
  disputes: readonly ListedDispute[] = [],
) {
  const asked: (string | null)[][] = [];
  const captures = {
    searchTransactions: (from: string, to: string, news?: SearchNews) => {
      asked.push(['transactions', from, to]);
      aside.forEach((row) => news?.unreadable?.(row));
      return each(rows);
    },
    pendingTransactions: (from: string, to: string) => {
      asked.push(['pending', from, to]);
      return each<PaypalTransaction>([]);
    },
    listDisputes: (from: string, to: string | null) => {
      asked.push(['disputes', from, to]);
      return each(disputes);
    },
    listWebhookEvents: (from: string, to: string | null) => {
      asked.push(['events', from, to]);
      return each(events);
    },
    getCapture: () => Promise.resolve(null),
    getRefund: () => Promise.resolve(null),
  };
  const found: PolledEvent[] = [];
  for (const source of paypalEventSources({ captures, clock: { now: () => NOW } })) {
    for await (const event of source.read({ from: new Date('2026-11-09T00:00:00Z'), until: null }))
      found.push(event);
  }
  return { found, asked };
}

describe('a row of Transaction Search', () => {
  const capture = { kind: 'capture-changed', captureId: ROW.id };
  const refund = { kind: 'refund-changed', refundId: ROW.id, captureId: 'CAPTURE12345678901' };
  const usd = (minor: bigint) => ({ minor, currency: 'USD' });
  const of = { referenceId: 'CAPTURE12345678901' };

  test.each<[string, Partial<PaypalTransaction>, object, string]>([
    ['a payment', {}, { ...capture, told: 'completed' }, 'PAYMENT.CAPTURE.COMPLETED'],
    [
      'one of another app',
      { eventCode: 'T0000' },
      { ...capture, told: 'completed' },
      'PAYMENT.CAPTURE.COMPLETED',
    ],
    ['a pending one', { status: 'P', fee: null }, { ...capture, told: 'pending' }, 'PAYMENT.CAPTURE.PENDING'],
    ['a reversed one', { status: 'V' }, capture, 'PAYMENT.CAPTURE.UPDATED'],
    ['a denied one', { status: 'D' }, { ...capture, told: 'declined' }, 'PAYMENT.CAPTURE.DENIED'],
    ['a refund', { ...of, eventCode: 'T1107', amount: usd(-100n) }, refund, 'PAYMENT.CAPTURE.REFUNDED'],
    ['a reversal', { ...of, eventCode: 'T1106', amount: usd(-100n) }, refund, 'PAYMENT.CAPTURE.REVERSED'],
    ['another one', { ...of, eventCode: 'T1116', amount: usd(-100n) }, refund, 'PAYMENT.CAPTURE.REVERSED'],
  ])('%s: the event that would have told of it, with the row', async (_case, changes, meaning, type) => {
    const row = { ...ROW, ...changes };
    const { found } = await polled([row]);
    expect(found).toHaveLength(1);
    const [event] = found;
    expect(event?.type).toBe(type);
    expect(event === undefined ? null : paypalEvents.translate(event)).toEqual({ ...meaning, row });
    const state = row.fee === null ? row.status : `${row.status}:-1379USD`;
    expect(event?.externalEventId).toBe(`poll:${transactionKey(row)}:${state}`);
    expect(event?.identity.kind).toBe('object-state');
  });

  test.each<[string, Partial<PaypalTransaction>]>([
    ['money sent', { amount: usd(-500n) }],
    ['a refund that came to the merchant', { ...of, eventCode: 'T1107', amount: usd(100n) }],
    ['a withdrawal', { eventCode: 'T0400', amount: usd(-100_000n), fee: null }],
    ['a withdrawal that is pending', { eventCode: 'T0400', amount: usd(-100n), fee: null, status: 'P' }],
    ['a conversion', { eventCode: 'T0200', references: ['INV-1'] }],
    ['a chargeback', { ...of, eventCode: 'T1201', amount: usd(-100n) }],
    ['a chargeback that is pending', { ...of, eventCode: 'T1201', amount: usd(-100n), status: 'P' }],
    ['a chargeback of nothing known', { eventCode: 'T1201', amount: usd(-100n) }],
    ['a movement that was reversed since', { eventCode: 'T0400', status: 'V' }],
    ['a code that PayPal invented since', { eventCode: 'T7700' }],
  ])('%s: an event of its own', async (_case, changes) => {
    const row = { ...ROW, ...changes };
    const { found } = await polled([row]);
    expect(found).toHaveLength(1);
    const [event] = found;
    expect(event).toMatchObject({
      type: `BALANCE.${row.eventCode}`,
      resourceId: row.id,
      identity: { kind: 'only-polled' },
    });
    expect(event === undefined ? null : paypalEvents.translate(event)).toEqual({
      kind: 'balance-moved',
      transaction: row,
    });
  });

  test.each<[string, Partial<PaypalTransaction>]>([
    ['a hold that was denied', { eventCode: 'T2101', status: 'D' }],
    ['nothing moved', { eventCode: 'T0200', amount: usd(0n), fee: null }],
    ['an authorisation', { eventCode: 'T1300' }],
    ['display only', { eventCode: 'T9800' }],
  ])('%s: no event', async (_case, changes) => {
    expect((await polled([{ ...ROW, ...changes }])).found).toEqual([]);
  });

  test('each of several with one id has its own event, and says which of them it is', async () => {
    const rows = [ROW, { ...ROW, ordinal: 1 }, { ...ROW, amount: usd(1n) }];
    const { found } = await polled(rows);
    expect(new Set(found.map(({ externalEventId }) => externalEventId)).size).toBe(3);
    expect(found.map(({ identity }) => identity)).toMatchObject(
      rows.map((row) => ({ kind: 'object-state', part: { key: transactionKey(row) } })),
    );
  });

  test.each<[string, Partial<PaypalTransaction>, string, object[]]>([
    ['a payment', {}, 'capture', [usd(46_500n - 1_379n)]],
    ['one whose fee is not told yet', { fee: null }, 'capture', [usd(46_500n)]],
    [
      'one with a fee in another currency',
      { fee: { minor: -5n, currency: 'EUR' } },
      'capture',
      [usd(46_500n), { minor: -5n, currency: 'EUR' }],
    ],
    ['a pending one', { status: 'P' }, 'capture', []],
    ['a refund', { ...of, eventCode: 'T1107', amount: usd(-100n), fee: usd(3n) }, 'refund', [usd(-97n)]],
  ])('%s says what the ledger has once it is counted', async (_case, changes, sourceType, amounts) => {
    const [event] = (await polled([{ ...ROW, ...changes }])).found;
    expect(event?.identity).toMatchObject({ part: { counted: { sourceType, amounts } } });
  });

  test('one that cannot be read is asked about, under its transaction’s id when it has one', async () => {
    const aside = { key: 'A:T0006', id: ROW.id, why: 'its transaction_amount is odd', json: '{"x":1}' };
    const { found } = await polled([ROW], [], [aside, { ...aside, key: 'B', id: '' }]);
    expect(found.map(({ externalEventId }) => externalEventId).slice(1)).toEqual([
      'poll:unreadable:A:T0006',
      'poll:unreadable:B',
    ]);
    const subject = { provider: 'paypal', type: 'transaction', id: ROW.id };
    expect(found.slice(1).map((event) => paypalEvents.translate(event))).toEqual([
      { kind: 'unreadable', why: aside.why, subject },
      { kind: 'unreadable', why: aside.why, subject: { ...subject, id: 'without an id' } },
    ]);
  });

  test('a webhook is nobody’s word for a row: only polling brings one', async () => {
    for (const event of (await polled([ROW, { ...ROW, eventCode: 'T0400' }])).found) {
      const forged = { ...(JSON.parse(event.payload) as object), id: 'WH-1-1' };
      const payload = JSON.stringify(forged);
      const meaning = paypalEvents.translate({ ...event, payload });
      expect(meaning).not.toHaveProperty('row');
      expect(meaning).not.toHaveProperty('transaction');
      expect(paypalEvents.split({ rawBody: Buffer.from(event.payload) } as never)).toMatchObject({
        kind: 'unreadable',
      });
    }
  });

  test('any row comes back from its event as it was', async () => {
    const money = fc.record({
      minor: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
      currency: fc.constantFrom('USD', 'JPY', 'EUR'),
    });
    const rows = fc.record({
      amount: money,
      fee: fc.option(money),
      payerEmail: fc.option(fc.string()),
      references: fc.array(fc.string()),
    });
    await fc.assert(
      fc.asyncProperty(rows, async (facts) => {
        const row = { ...ROW, ...facts, eventCode: 'T0200' };
        const [event] = (await polled([row])).found;
        if (event !== undefined)
          expect(paypalEvents.translate(event)).toEqual({ kind: 'balance-moved', transaction: row });
      }),
    );
  });

  test('a payload that holds no row is unreadable, and says which field', () => {
    const payload = '{"id":"poll:X","resource":{"id":"X"}}';
    const event = { type: 'BALANCE.T0400', resourceId: ROW.id, payload };
    expect(paypalEvents.translate(event)).toMatchObject({
      kind: 'unreadable',
      why: expect.stringMatching(/field referenceId/),
    });
  });

  test('is compared by the moment it last changed, with anything known of its payment', async () => {
    const { found, asked } = await polled([ROW]);
    const changedAt = new Date(ROW.updatedAt);
    expect(found[0]).toMatchObject({
      at: new Date(ROW.initiatedAt),
      identity: {
        kind: 'object-state',
        changed: { earliest: changedAt, latest: changedAt },
        noun: null,
        booking: { by: 'source', provider: 'paypal', sourceId: ROW.id },
      },
    });
    expect(asked).toEqual([
      ['events', '2026-11-09T00:00:00.000Z', null],
      ['transactions', '2026-11-09T00:00:00.000Z', NOW.toISOString()],
      ['pending', '2026-10-10T12:00:00.000Z', '2026-11-08T23:59:59.000Z'],
      ['disputes', '2026-11-09T00:00:00.000Z', null],
    ]);
  });
});

test("an event of PayPal's own list is the one its webhook would have brought", async () => {
  const id = 'WH-19973212M8003174A-7PU65332PX1646418';
  const body = {
    id,
    event_type: 'PAYMENT.CAPTURE.COMPLETED',
    create_time: ROW.initiatedAt,
    resource: { id: ROW.id },
  };
  const json = JSON.stringify(body);
  const { found } = await polled([], [{ id, type: body.event_type, createdAt: ROW.initiatedAt, json }]);
  expect(found).toEqual([
    {
      type: 'PAYMENT.CAPTURE.COMPLETED',
      externalEventId: id,
      resourceId: ROW.id,
      payload: json,
      at: new Date(ROW.initiatedAt),
      identity: { kind: 'provider-event' },
    },
  ]);
});

test('an element of that list that names no event is asked about, its neighbours go on', async () => {
  const body = { id: 'WH-1-1', event_type: 'PAYMENT.CAPTURE.COMPLETED', resource: { id: ROW.id } };
  const odd = { id: '', type: '', createdAt: ROW.initiatedAt, json: '{"id":7}' };
  const good = {
    id: 'WH-1-1',
    type: body.event_type,
    createdAt: ROW.initiatedAt,
    json: JSON.stringify(body),
  };
  const { found } = await polled([], [odd, good]);
  expect(found.map(({ externalEventId }) => externalEventId)).toEqual(['poll:unreadable:{"id":7}', 'WH-1-1']);
  expect(found[0] === undefined ? null : paypalEvents.translate(found[0])).toMatchObject({
    kind: 'unreadable',
    subject: { type: 'webhook event' },
  });
});

test('a dispute of the list is the event that would have told of it, once for each time it changed', async () => {
  const disputes = [
    { id: 'PP-D-1', updatedAt: '2026-11-09T10:00:00.000Z', json: '{}' },
    { id: 'PP-D-2', updatedAt: null, json: '{}' },
    { id: '', updatedAt: null, json: '{"odd":1}' },
  ];
  const { found } = await polled([], [], [], disputes);
  expect(found.map(({ type, externalEventId }) => [type, externalEventId])).toEqual([
    ['CUSTOMER.DISPUTE.UPDATED', 'poll:dispute:PP-D-1:2026-11-09T10:00:00.000Z'],
    ['CUSTOMER.DISPUTE.UPDATED', 'poll:dispute:PP-D-2:'],
    ['LISTED.UNREADABLE', 'poll:unreadable:{"odd":1}'],
  ]);
  expect(found.map((event) => paypalEvents.translate(event))).toEqual([
    { kind: 'dispute-changed', disputeId: 'PP-D-1' },
    { kind: 'dispute-changed', disputeId: 'PP-D-2' },
    expect.objectContaining({ kind: 'unreadable' }),
  ]);
  const changed = new Date('2026-11-09T10:00:00Z');
  expect(found[0]).toMatchObject({
    at: changed,
    identity: { kind: 'object-state', changed: { earliest: changed, latest: changed }, noun: 'CUSTOMER' },
  });
});
