import { expect, test } from '@jest/globals';
import type { PolledEvent } from '@mlc/core';
import type { Database } from '@mlc/platform';
import { judgePolled } from './judge-polled.ts';

const AT = new Date('2026-11-05T09:00:00Z');

function polled(identity: PolledEvent['identity'], type: string, id: string): PolledEvent {
  return { type, externalEventId: id, resourceId: 'TXN1', payload: '{}', at: AT, identity };
}

test('what only a list tells of is stored, and counts as no lost webhook', async () => {
  const run = {
    connectionId: 'c1',
    businessId: 'b1',
    provider: 'paypal',
    startedAt: AT,
    lastRunAt: null,
    connectedAt: AT,
  };
  const judging = { database: {} as Database, run: run as never, clocksAgree: true, source: 'transactions' };
  const page = [
    polled({ kind: 'only-polled' }, 'BALANCE.T0400', 'poll:TXN1:T0400:S'),
    polled({ kind: 'provider-event' }, 'PAYMENT.CAPTURE.COMPLETED', 'WH-1'),
  ];
  const entries = await judgePolled(judging, page);
  expect(entries.map(({ event, why }) => [event.externalEventId, why])).toEqual([
    ['WH-1', 'lost'],
    ['poll:TXN1:T0400:S', 'only-polled'],
  ]);
});

test('a row of Transaction Search goes to the flow of PayPal', async () => {
  const run = { connectionId: 'c1', businessId: 'b1', provider: 'paypal' };
  const row = {
    id: 'TXN1',
    referenceId: null,
    eventCode: 'T0400',
    amount: { minor: '-500', currency: 'GBP' },
    fee: null,
    status: 'S',
    initiatedAt: '2026-11-04T10:00:00.000Z',
    updatedAt: '2026-11-04T10:00:00.000Z',
    payerEmail: null,
    references: [],
  };
  const event = {
    ...polled({ kind: 'only-polled' }, 'BALANCE.T0400', 'poll:TXN1:T0400:S'),
    payload: JSON.stringify({ resource: row }),
  };
  const judging = { database: {} as Database, run: run as never, clocksAgree: true, source: 'transactions' };
  const [entry] = await judgePolled(judging, [event]);
  expect(entry?.event.flow).toBe('paypal-capture-to-freshbooks');
});
