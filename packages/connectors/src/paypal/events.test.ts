import { describe, expect, test } from '@jest/globals';
import type { DomainEvent, SplitEvent } from '@mlc/core';
import { paypalEvents } from './webhook.ts';

const split = (body: string | Uint8Array) =>
  paypalEvents.split({ rawBody: Buffer.from(body), headers: {}, pathEvent: '' });

function eventOf(type: string, resource: unknown): SplitEvent {
  const result = split(JSON.stringify({ id: 'WH-1-2', event_type: type, resource }));
  const [event] = result.kind === 'events' ? result.events : [];
  if (event === undefined) throw new Error('it is unreadable');
  return event;
}

const meaning = (type: string, resource: unknown): DomainEvent =>
  paypalEvents.translate(eventOf(type, resource));

describe('split', () => {
  test('is one event, named by its id, with the body as it came', () => {
    const body =
      '{ "id":"WH-58D329510W468432D-8HN650336L201105X","event_type":"PAYMENT.CAPTURE.COMPLETED",\n"resource":{"id":"12A34567BC123456S","n":1.0}}';
    expect(split(body)).toEqual({
      kind: 'events',
      events: [
        {
          type: 'PAYMENT.CAPTURE.COMPLETED',
          externalEventId: 'WH-58D329510W468432D-8HN650336L201105X',
          resourceId: '12A34567BC123456S',
          payload: body,
        },
      ],
    });
  });

  test.each([
    ['', 'JSON'],
    ['hello', 'JSON'],
    ['[]', 'JSON'],
    ['null', 'JSON'],
    [Buffer.from('{"id":"\xff"}', 'latin1'), 'UTF-8'],
    ['{"event_type":"X"}', 'field id'],
    ['{"id":17,"event_type":"X"}', 'field id'],
    ['{"id":"a b","event_type":"X"}', 'field id'],
    ['{"id":"WH-1"}', 'field event_type'],
    ['{"id":"WH-1","event_type":"<b>"}', 'field event_type'],
  ])('%s is unreadable as a whole', (body, why) => {
    expect(split(body)).toEqual({ kind: 'unreadable', why: expect.stringContaining(why) as unknown });
  });
});

const CAPTURE = '12A34567BC123456S';
const REFUND = '1Y107995YT783435V';
const up = (href: string) => [
  { href: `https://api.paypal.com/v2/payments/refunds/${REFUND}`, rel: 'self', method: 'GET' },
  { href, rel: 'up', method: 'GET' },
];

describe('what moves money leads to one id', () => {
  test.each([
    ['PAYMENT.CAPTURE.COMPLETED', 'completed'],
    ['PAYMENT.CAPTURE.PENDING', 'pending'],
    ['PAYMENT.CAPTURE.DENIED', 'declined'],
    ['PAYMENT.CAPTURE.DECLINED', 'declined'],
    ['PAYMENT.CAPTURE.SOMETHING-NEW', undefined],
    ['PAYMENT.SALE.COMPLETED', 'completed'],
    ['PAYMENT.SALE.PENDING', 'pending'],
    ['PAYMENT.SALE.DENIED', 'declined'],
  ])('%s says that it is %s', (type, told) => {
    expect(meaning(type, { id: CAPTURE })).toEqual({ kind: 'capture-changed', captureId: CAPTURE, told });
  });

  test.each(['PAYMENT.CAPTURE.REFUNDED', 'PAYMENT.CAPTURE.REVERSED', 'PAYMENT.REFUND.COMPLETED'])(
    '%s (v2): the resource is the refund, the capture stands in a link',
    (type) => {
      const links = up(`https://api.sandbox.paypal.com/v2/payments/captures/${CAPTURE}`);
      expect(meaning(type, { id: REFUND, links })).toEqual({
        kind: 'refund-changed',
        refundId: REFUND,
        captureId: CAPTURE,
      });
    },
  );

  test.each([
    ['PAYMENT.CAPTURE.REFUNDED', { capture_id: CAPTURE }, CAPTURE],
    ['PAYMENT.SALE.REFUNDED', { sale_id: CAPTURE }, CAPTURE],
    ['PAYMENT.SALE.REVERSED', { links: up('https://x/v1/payments/refund/1') }, null],
    ['PAYMENT.CAPTURE.REFUNDED', { links: up('https://x/v2/payments/captures/../orders') }, null],
    ['PAYMENT.CAPTURE.REFUNDED', { links: 'none' }, null],
  ])('%s (v1) %j', (type, resource, captureId) => {
    expect(meaning(type, { id: REFUND, ...resource })).toEqual({
      kind: 'refund-changed',
      refundId: REFUND,
      captureId,
    });
  });

  test('orders', () => {
    const resource = { id: '9XP360514S760592T', status: 'COMPLETED' };
    expect(meaning('CHECKOUT.ORDER.COMPLETED', resource)).toEqual({
      kind: 'order-completed',
      orderId: '9XP360514S760592T',
    });
  });

  test.each([
    ['wrapped', { invoice: { id: 'INV2-ABCD-EFGH-JKLM-NPQR' } }],
    ['unwrapped', { id: 'INV2-ABCD-EFGH-JKLM-NPQR', number: '7' }],
  ])('invoices, %s', (_name, resource) => {
    for (const type of ['INVOICING.INVOICE.PAID', 'INVOICING.INVOICE.REFUNDED'])
      expect(meaning(type, resource)).toEqual({
        kind: 'paypal-invoice-paid',
        paypalInvoiceId: 'INV2-ABCD-EFGH-JKLM-NPQR',
      });
  });

  test.each(['CREATED', 'UPDATED', 'RESOLVED'])('disputes have no id but a dispute_id: %s', (verb) => {
    expect(meaning(`CUSTOMER.DISPUTE.${verb}`, { dispute_id: 'PP-000-042-663-135' })).toEqual({
      kind: 'dispute-changed',
      disputeId: 'PP-000-042-663-135',
      ...(verb === 'RESOLVED' ? { isResolved: true } : {}),
    });
  });
});

describe('the rest', () => {
  test.each([
    'CHECKOUT.ORDER.APPROVED',
    'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
    'INVOICING.INVOICE.CANCELLED',
    'BILLING.PLAN.UPDATED',
    'PAYMENT.AUTHORIZATION.CREATED',
    'CONSTRUCTOR',
  ])('%s moves no money', (type) => {
    expect(meaning(type, { id: 'X1' }).kind).toBe('irrelevant');
  });

  test.each([
    ['INVOICING.INVOICE.PAID', { invoice: null }],
    ['PAYMENT.CAPTURE.COMPLETED', {}],
    ['PAYMENT.CAPTURE.COMPLETED', undefined],
    ['PAYMENT.CAPTURE.COMPLETED', { id: '../../evil' }],
    ['CUSTOMER.DISPUTE.CREATED', { id: 'X1' }],
  ])('%s %j is for a person', (type, resource) => {
    expect(meaning(type, resource).kind).toBe('unreadable');
  });

  test.each([
    ['no JSON <html>', 'its body is not JSON'],
    ['{"id":"WH-1"}', 'it lacks what every PayPal event has'],
  ])('what was kept as unreadable stays so: %s', (body, why) => {
    const event = { type: 'unreadable', resourceId: '', payload: Buffer.from(body).toString('base64') };
    expect(paypalEvents.translate(event)).toEqual({ kind: 'unreadable', why });
  });
});
