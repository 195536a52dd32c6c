import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Delivery, SplitEvent } from '@mlc/core';
import { fc } from '@mlc/testkit/property';
import { gocardlessWebhook } from './webhook.ts';

const SECRET = 'ED7D658C-D8EB-4941-948B-3973214F2D49';

/** gocardless.md 4.2: V1 is in five official test suites, V2 in the Go one, V3 was computed for the notes. */
const VECTORS = [
  {
    name: 'V1',
    secret: SECRET,
    signature: '2693754819d3e32d7e8fcb13c729631f316c6de8dc1cf634d6527f1c07276e7e',
    bytes: 550,
    body: '{"events":[{"id":"EV00BD05S5VM2T","created_at":"2018-07-05T09:13:51.404Z","resource_type":"subscriptions","action":"created","links":{"subscription":"SB0003JJQ2MR06"},"details":{"origin":"api","cause":"subscription_created","description":"Subscription created via the API."},"metadata":{}},{"id":"EV00BD05TB8K63","created_at":"2018-07-05T09:13:56.893Z","resource_type":"mandates","action":"created","links":{"mandate":"MD000AMA19XGEC"},"details":{"origin":"api","cause":"mandate_created","description":"Mandate created via the API."},"metadata":{}}]}',
  },
  {
    name: 'V2, whose final newline is part of it',
    secret: 'testing',
    signature: '243f3efa57743c24eec7c5e10edc475b547830d256d5b583745afe319dd90936',
    bytes: 383,
    body: '{"events":[{"id":"EVTESTNE86TNZS","created_at":"2017-03-20T17:57:02.292Z","resource_type":"payments","action":"failed","links":{"payment":"index_ID_123"},"details":{"origin":"bank","cause":"test_failure","scheme":"sepa_core","reason_code":"TEST","description":"GoCardless has marked this payment as failed in sandbox to enable testing of payment failure webhooks."},"metadata":{}}]}\n',
  },
  {
    name: 'V3',
    secret: SECRET,
    signature: 'd64d57e1662cd51425bd14f7d0c7dd2e489fddb1a00b80ccf37ab0f7eaed1837',
    bytes: 43,
    body: '{"events":[],"meta":{"webhook_id":"WB123"}}',
  },
];

function delivery(body: string | Uint8Array, signature?: string): Delivery {
  return { rawBody: Buffer.from(body as string), headers: { 'webhook-signature': signature }, pathEvent: '' };
}

function sign(body: string, secret = SECRET): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

function split(body: unknown): readonly SplitEvent[] {
  const result = gocardlessWebhook.split(delivery(typeof body === 'string' ? body : JSON.stringify(body)));
  if (result.kind !== 'events') throw new Error(`unreadable: ${result.why}`);
  return result.events;
}

function event(id: string, type = 'payments.confirmed', links: unknown = { payment: 'PM123' }) {
  const [resource_type, action] = type.split('.');
  return { id, created_at: '2026-11-02T09:00:00.000Z', resource_type, action, links, metadata: {} };
}

describe('verify', () => {
  test.each(VECTORS)('accepts $name', ({ secret, signature, bytes, body }) => {
    expect(Buffer.byteLength(body)).toBe(bytes);
    expect(gocardlessWebhook.verify(delivery(body, signature), [secret])).toEqual({ ok: true });
  });

  test.each(VECTORS)(
    'refuses $name with any one byte of body or signature changed',
    ({ secret, signature, body }) => {
      const change = fc.record({
        at: fc.nat(),
        by: fc.integer({ min: 1, max: 255 }),
        signature: fc.boolean(),
      });
      fc.assert(
        fc.property(change, (changed) => {
          const bytes = Buffer.from(changed.signature ? signature : body, 'latin1');
          const at = changed.at % bytes.length;
          bytes[at] = ((bytes[at] ?? 0) + changed.by) % 256;
          const tampered = changed.signature
            ? delivery(body, bytes.toString('latin1'))
            : delivery(bytes, signature);
          expect(gocardlessWebhook.verify(tampered, [secret])).toMatchObject({ ok: false });
        }),
        { numRuns: 300 },
      );
    },
  );

  test('refuses the same hex in capitals, shortened, doubled and prefixed', () => {
    const body = '{"events":[]}';
    const right = sign(body);
    for (const wrong of [right.toUpperCase(), right.slice(1), `${right}, ${right}`, `sha256=${right}`, '']) {
      expect(gocardlessWebhook.verify(delivery(body, wrong), [SECRET])).toMatchObject({ ok: false });
    }
    expect(gocardlessWebhook.verify(delivery(body), [SECRET])).toMatchObject({ ok: false });
  });

  test('refuses a signature whose characters would fold into the right ones', () => {
    const body = '{"events":[]}';
    const folded = Array.from(Buffer.from(sign(body)), (byte) => String.fromCodePoint(byte + 0x100)).join('');
    expect(gocardlessWebhook.verify(delivery(body, `${folded.slice(0, 63)}é`), [SECRET])).toMatchObject({
      ok: false,
    });
  });

  test('accepts any of several secrets during a rotation, and none when there are none', () => {
    const body = '{"events":[]}';
    expect(gocardlessWebhook.verify(delivery(body, sign(body, 'new')), ['old', 'new'])).toEqual({ ok: true });
    expect(gocardlessWebhook.verify(delivery(body, sign(body, 'old')), ['old', 'new'])).toEqual({ ok: true });
    expect(gocardlessWebhook.verify(delivery(body, sign(body, 'older')), ['old', 'new'])).toMatchObject({
      ok: false,
    });
    expect(gocardlessWebhook.verify(delivery(body, sign(body)), [])).toMatchObject({ ok: false });
    expect(gocardlessWebhook.verify(delivery(body, sign(body, '')), [''])).toMatchObject({ ok: false });
  });
});

describe('split', () => {
  test('V1 becomes its two events, each with its own JSON', () => {
    expect(split(VECTORS[0]?.body ?? '')).toEqual([
      expect.objectContaining({
        type: 'subscriptions.created',
        externalEventId: 'EV00BD05S5VM2T',
        resourceId: 'SB0003JJQ2MR06',
      }),
      {
        type: 'mandates.created',
        externalEventId: 'EV00BD05TB8K63',
        resourceId: 'MD000AMA19XGEC',
        payload:
          '{"id":"EV00BD05TB8K63","created_at":"2018-07-05T09:13:56.893Z","resource_type":"mandates","action":"created","links":{"mandate":"MD000AMA19XGEC"},"details":{"origin":"api","cause":"mandate_created","description":"Mandate created via the API."},"metadata":{}}',
      },
    ]);
  });

  test.each([
    ['customers.approved', { customer: 'CU1' }, 'CU1'],
    ['billing_requests.fulfilled', { billing_request: 'BRQ1', customer: 'CU1' }, 'BRQ1'],
    ['payouts.paid', { payout: 'PO1' }, 'PO1'],
    ['instalment_schedules.completed', { instalment_schedule: 'IS1' }, 'IS1'],
    ['exports.completed', {}, ''],
    ['mandates.replaced', { mandate: 'MD1', new_mandate: 'MD2' }, 'MD1'],
  ])('%s names its object', (type, links, resourceId) => {
    expect(split({ events: [event('EV1', type, links)] })).toMatchObject([{ type, resourceId }]);
  });

  test('an unreadable element is kept by its hash while its neighbours go on', () => {
    const broken: unknown[] = [
      null,
      7,
      [],
      'EV1',
      {},
      event(''),
      event('EV\u0000'),
      event('E'.repeat(256)),
      { ...event('EV1'), id: 12 },
      { ...event('EV1'), action: 7 },
      { ...event('EV1'), resource_type: 'pay ments' },
      { ...event('EV1'), links: { payment: 12 } },
      { ...event('EV1'), links: null },
      event('EV1', 'mandates.active', { payment: 'PM1' }),
    ];
    const events = split({ events: [event('EVA'), ...broken, event('EVZ')] });
    expect(events).toHaveLength(broken.length + 2);
    expect([events[0]?.externalEventId, events.at(-1)?.externalEventId]).toEqual(['EVA', 'EVZ']);
    for (const [index, element] of broken.entries()) {
      const text = JSON.stringify(element);
      expect(events[index + 1]).toEqual({
        type: 'unreadable',
        externalEventId: `unreadable-sha256:${createHash('sha256').update(text).digest('hex')}`,
        resourceId: '',
        payload: Buffer.from(text).toString('base64'),
      });
    }
  });

  test('an element nested beyond what can be written again does not take its neighbours along', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const events = split(`{"events":[${JSON.stringify(event('EVA'))},${deep}]}`);
    expect(events.map(({ type }) => type)).toEqual(['payments.confirmed', 'unreadable']);
  });

  test.each(['', 'null', '[]', '"x"', '{}', '{"events":{}}', '{"events":[', '\ufeff{"events":[]}'])(
    'the body %p is unreadable as a whole',
    (body) => expect(gocardlessWebhook.split(delivery(body))).toMatchObject({ kind: 'unreadable' }),
  );

  test('a body that is not UTF-8 is unreadable', () => {
    const bytes = Buffer.concat([Buffer.from('{"events":["'), Buffer.from([0xff]), Buffer.from('"]}')]);
    expect(gocardlessWebhook.split(delivery(bytes))).toMatchObject({ kind: 'unreadable' });
  });

  test('a delivery may be a window into a larger buffer', () => {
    const rawBody = Buffer.from('xx{"events":[]}yy').subarray(2, -2);
    expect(gocardlessWebhook.split({ rawBody, headers: {}, pathEvent: '' })).toEqual({
      kind: 'events',
      events: [],
    });
  });

  test('one poison element among any number, 250 and more, loses only itself', () => {
    const sizes = fc.record({ count: fc.integer({ min: 1, max: 400 }), poisonAt: fc.nat() });
    fc.assert(
      fc.property(sizes, fc.jsonValue(), ({ count, poisonAt }, poison) => {
        const elements: unknown[] = Array.from({ length: count }, (_, index) => event(`EV${index}`));
        elements.splice(poisonAt % count, 0, poison);
        const events = split({ events: elements });
        expect(events).toHaveLength(count + 1);
        expect(events.filter(({ type }) => type === 'unreadable')).toHaveLength(1);
        expect(events.filter(({ type }) => type !== 'unreadable').map((one) => one.externalEventId)).toEqual(
          Array.from({ length: count }, (_, index) => `EV${index}`),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('translate', () => {
  const meaningOf = (type: string, resourceId: string) =>
    gocardlessWebhook.translate({ type, resourceId, payload: '' });

  test.each([
    ['payments.confirmed', 'PM1', { kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' }],
    ['payments.some_new_action', 'PM1', { kind: 'debit-changed', debitId: 'PM1', action: 'some_new_action' }],
    ['mandates.replaced', 'MD1', { kind: 'mandate-changed', mandateId: 'MD1', action: 'replaced' }],
    ['customers.approved', 'CU1', { kind: 'customer-changed', customerId: 'CU1' }],
    ['billing_requests.fulfilled', 'BRQ1', { kind: 'billing-request-fulfilled', billingRequestId: 'BRQ1' }],
    ['billing_requests.created', 'BRQ1', { kind: 'irrelevant', why: expect.stringContaining('fulfilled') }],
    ['payouts.paid', 'PO1', { kind: 'payout-changed', payoutId: 'PO1', action: 'paid' }],
    ['refunds.paid', 'RF1', { kind: 'debit-refund-changed', refundId: 'RF1', action: 'paid' }],
    ['constructor.x', '', { kind: 'irrelevant', why: expect.any(String) }],
    ['unreadable', '', { kind: 'unreadable', why: 'its body is not JSON' }],
  ])('%s', (type, resourceId, meaning) => expect(meaningOf(type, resourceId)).toEqual(meaning));

  describe('a bounced payout', () => {
    const bounced = (payload: string) =>
      gocardlessWebhook.translate({ type: 'creditors.bounced_payout', resourceId: 'CR1', payload });
    const event = { created_at: '2026-11-27T10:00:00.000Z', links: { creditor: 'CR1', payout: 'PO1' } };
    const unnamed = { kind: 'payout-changed', payoutId: null, action: 'bounced_payout' };

    test('is told with its day, and by name when the event has it', () => {
      const happenedAt = '2026-11-27T10:00:00.000Z';
      expect(bounced(JSON.stringify(event))).toEqual({ ...unnamed, payoutId: 'PO1', happenedAt });
      const { creditor } = event.links;
      expect(bounced(JSON.stringify({ ...event, links: { creditor } }))).toEqual({ ...unnamed, happenedAt });
    });

    test.each([
      '',
      '[]',
      '{}',
      'null',
      '{"links":7,"created_at":"yesterday"}',
      '{"links":{"payout":"../x"}}',
    ])('is looked for when the event says %p', (payload) => expect(bounced(payload)).toEqual(unnamed));

    test('other events of a creditor say nothing', () => {
      const updated = { type: 'creditors.updated', resourceId: 'CR1', payload: '{}' };
      expect(gocardlessWebhook.translate(updated)).toMatchObject({ kind: 'irrelevant' });
    });
  });

  test("the dashboard's test events are taken like any other", () => {
    const [first] = split(VECTORS[1]?.body ?? '');
    if (first === undefined) throw new Error('no event');
    expect(gocardlessWebhook.translate(first)).toEqual({
      kind: 'debit-changed',
      debitId: 'index_ID_123',
      action: 'failed',
    });
  });
});
