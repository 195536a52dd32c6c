import { describe, expect, test } from '@jest/globals';
import type { PaypalTransaction, PaypalWebhookEvent, PolledEvent } from '@mlc/core';
import { fc } from '@mlc/testkit/property';
import { meaningOf, paypalEventSources } from './poll.ts';
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
};

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* await Promise.resolve(items);
}

async function polled(rows: readonly PaypalTransaction[], events: readonly PaypalWebhookEvent[] = []) {
  const asked: (string | null)[][] = [];
  const captures = {
    searchTransactions: (from: string, to: string) => {
      asked.push(['transactions', from, to]);
      return each(rows);
    },
    listWebhookEvents: (from: string, to: string | null) => {
      asked.push(['events', from, to]);
      return each(events);
    },
  };
  const found: PolledEvent[] = [];
  for (const source of paypalEventSources({ captures, clock: { now: () => NOW } })) {
    for await (const event of source.read({ from: new Date('2026-11-09T00:00:00Z'), until: null }))
      found.push(event);
  }
  return { found, asked };
}

describe('a row of Transaction Search', () => {
  test.each([
    ['a payment', { status: 'S' }, { kind: 'capture-changed', captureId: ROW.id }],
    ['a pending one', { status: 'P' }, { kind: 'capture-changed', captureId: ROW.id }],
    ['a reversed one', { status: 'V' }, { kind: 'capture-changed', captureId: ROW.id }],
    ['a denied one', { status: 'D' }, { kind: 'capture-changed', captureId: ROW.id }],
    [
      'a refund',
      { eventCode: 'T1107', referenceId: 'CAPTURE12345678901', amount: { minor: -100n, currency: 'USD' } },
      { kind: 'refund-changed', refundId: ROW.id, captureId: 'CAPTURE12345678901' },
    ],
    [
      'a reversal by PayPal',
      { eventCode: 'T1106', referenceId: 'CAPTURE12345678901' },
      { kind: 'refund-changed', refundId: ROW.id, captureId: 'CAPTURE12345678901' },
    ],
    [
      'a chargeback that is not through, which names its payment',
      { eventCode: 'T1201', referenceId: 'CAPTURE12345678901', status: 'P' },
      { kind: 'capture-changed', captureId: 'CAPTURE12345678901' },
    ],
  ] as const)('%s', async (_case, changes, meaning) => {
    const { found } = await polled([{ ...ROW, ...changes }]);
    expect(found).toHaveLength(1);
    const [event] = found;
    expect(event === undefined ? null : paypalEvents.translate(event)).toEqual(meaning);
    expect(event?.externalEventId).toBe(`poll:${ROW.id}:${'status' in changes ? changes.status : 'S'}`);
  });

  test.each([
    ['money sent', { amount: { minor: -500n, currency: 'USD' } }],
    ['a withdrawal', { eventCode: 'T0400' }],
    ['a conversion', { eventCode: 'T0200' }],
    ['a chargeback of nothing known', { eventCode: 'T1201' }],
  ])('%s is no payment', (_case, changes) => {
    expect(meaningOf({ ...ROW, ...changes })).toBeNull();
  });

  test.each<[string, Partial<PaypalTransaction>]>([
    ['money sent', { amount: { minor: -500n, currency: 'USD' } }],
    ['a withdrawal', { eventCode: 'T0400', amount: { minor: -100_000n, currency: 'USD' }, fee: null }],
    ['a conversion', { eventCode: 'T0200', references: ['INV-1'] }],
    ['a chargeback', { eventCode: 'T1201', referenceId: 'CAPTURE12345678901' }],
    ['a chargeback of nothing known', { eventCode: 'T1201' }],
    ['a movement that was reversed since', { eventCode: 'T0400', status: 'V' }],
  ])('%s moved the balance: the event carries the row', async (_case, changes) => {
    const row = { ...ROW, ...changes };
    const { found } = await polled([row]);
    expect(found).toHaveLength(1);
    const [event] = found;
    expect(event).toMatchObject({
      type: `BALANCE.${row.eventCode}`,
      externalEventId: `poll:${row.id}:${row.eventCode}:${row.status}`,
      resourceId: row.id,
      identity: { kind: 'only-polled' },
    });
    expect(event === undefined ? null : paypalEvents.translate(event)).toEqual({
      kind: 'balance-moved',
      transaction: row,
    });
  });

  test.each<[string, Partial<PaypalTransaction>]>([
    ['a withdrawal that is pending', { eventCode: 'T0400', status: 'P' }],
    ['a hold that was denied', { eventCode: 'T2101', status: 'D' }],
    ['nothing moved', { eventCode: 'T0200', amount: { minor: 0n, currency: 'USD' }, fee: null }],
    ['no code', { eventCode: '' }],
  ])('%s: no event', async (_case, changes) => {
    expect((await polled([{ ...ROW, ...changes }])).found).toEqual([]);
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
    const event = { type: 'BALANCE.T0400', resourceId: ROW.id, payload: '{"resource":{"id":"X"}}' };
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
