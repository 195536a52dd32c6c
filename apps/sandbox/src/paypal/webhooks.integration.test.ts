import { X509Certificate, verify } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startReceiver, startStand } from './test-stand.ts';
import type { Received, Receiver, Stand } from './test-stand.ts';

let stand: Stand;
let receiver: Receiver;

beforeEach(async () => {
  [stand, receiver] = await Promise.all([startStand(), startReceiver()]);
});

afterEach(async () => {
  receiver.close();
  await stand.sandbox.close();
});

/** A receiver's own reading of paypal.md 3.1, written without the sandbox's code. */
async function isGenuine({ body, headers }: Received, webhookId: string): Promise<boolean> {
  const header = (name: string): string => String(headers[`paypal-${name}`]);
  const pem = await (await fetch(header('cert-url'))).text();
  const text = `${header('transmission-id')}|${header('transmission-time')}|${webhookId}|${crc32(body)}`;
  const { publicKey } = new X509Certificate(pem);
  return verify('sha256', Buffer.from(text), publicKey, Buffer.from(header('transmission-sig'), 'base64'));
}

describe('deliveries', () => {
  it('are signed as PayPal signs, with its headers, under a certificate of the chain', async () => {
    const { id } = stand.paypal.addWebhook({ url: receiver.url });
    stand.play.payerPays({ amount: '30.00', payerEmail: 'zoë@example.test', payerName: 'Zoë Straße' });
    await stand.sandbox.idle();
    expect(receiver.types()).toEqual([
      'CHECKOUT.ORDER.APPROVED',
      'PAYMENT.CAPTURE.COMPLETED',
      'CHECKOUT.ORDER.COMPLETED',
    ]);
    for (const received of receiver.received) {
      expect(await isGenuine(received, id)).toBe(true);
      expect(await isGenuine(received, 'WEBHOOK_ID')).toBe(false);
      expect(received.body).toMatch(/^[\x20-\x7e]+$/);
      expect(received.headers).toMatchObject({
        'paypal-auth-algo': 'SHA256withRSA',
        'paypal-auth-version': 'v2',
        'paypal-transmission-time': expect.stringMatching(/^2026-11-02T09:00:\d\dZ$/),
        'content-type': 'application/json',
      });
    }
    const url = String(receiver.received[0]?.headers['paypal-cert-url']);
    expect(url.startsWith(stand.paypal.certUrlPrefix)).toBe(true);
    const served = await fetch(url);
    expect(served.headers.get('content-type')).toBe('application/x-pem-file');
    const leaf = new X509Certificate(await served.text());
    const intermediate = new X509Certificate(stand.paypal.caBundle);
    expect(leaf.checkIssued(intermediate) && leaf.verify(intermediate.publicKey)).toBe(true);
    expect(rootCertificates.some((root) => intermediate.verify(new X509Certificate(root).publicKey))).toBe(
      false,
    );
  });

  it('go to subscribers only, and again until they are taken', async () => {
    stand.paypal.deliveries.set({ retryDelaysMs: [5, 5, 5] });
    stand.paypal.addWebhook({ url: receiver.url, eventTypes: ['PAYMENT.CAPTURE.PENDING'] });
    receiver.status = 500;
    stand.play.pendingPayment({ amount: '2.51', currency: 'USD' });
    await stand.sandbox.idle();
    expect(receiver.types()).toEqual(Array(4).fill('PAYMENT.CAPTURE.PENDING'));
    expect(new Set(receiver.received.map(({ headers }) => headers['paypal-transmission-id'])).size).toBe(1);
    const listed = await stand.get('/v1/notifications/webhooks-events?event_type=PAYMENT.CAPTURE.PENDING');
    expect(listed.body).toMatchObject({
      count: 1,
      events: [{ status: 'FAILURE', transmissions: [{ http_status: 500 }] }],
    });
  });

  it('can be lost, or never happen because another app took the payment', async () => {
    stand.paypal.addWebhook({ url: receiver.url });
    const lost = stand.play.payerPays({ amount: '1.00', webhook: 'lost' });
    const foreign = stand.play.payerPays({ amount: '2.00', webhook: 'none' });
    await stand.sandbox.idle();
    expect(receiver.received).toEqual([]);
    const listed = async (id: string): Promise<unknown> =>
      (await stand.get(`/v1/notifications/webhooks-events?transaction_id=${id}`)).body;
    expect(await listed(lost.captureId)).toMatchObject({ count: 2 });
    expect(await listed(foreign.captureId)).toMatchObject({ count: 0, events: [] });
  });

  it('are sent again on request under a new transmission id', async () => {
    const { id } = stand.paypal.addWebhook({ url: receiver.url, eventTypes: ['PAYMENT.CAPTURE.COMPLETED'] });
    stand.play.payerPays({ amount: '9.00' });
    await stand.sandbox.idle();
    const eventId = receiver.event('PAYMENT.CAPTURE.COMPLETED').id;
    const path = `/v1/notifications/webhooks-events/${eventId}`;
    expect(await stand.call('POST', `${path}/resend`, { body: { webhook_ids: [id] } })).toMatchObject({
      status: 202,
      body: { id: eventId },
    });
    stand.play.repeatEvents({ last: 2 });
    await stand.sandbox.idle();
    expect(receiver.received.map(({ event }) => event.id)).toEqual([eventId, eventId, eventId]);
    expect(new Set(receiver.received.map(({ headers }) => headers['paypal-transmission-id'])).size).toBe(3);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    const { body } = await stand.get(path);
    expect(body).toMatchObject({ status: 'SUCCESS', resource: receiver.received[0]?.event.resource });
    expect((body as { links: object[] }).links[0]).toMatchObject({ encType: 'application/json' });
    expect(await stand.get('/v1/notifications/webhooks-events/WH-1')).toMatchObject({
      status: 404,
      body: { name: 'INVALID_RESOURCE_ID', information_link: expect.any(String) },
    });
  });

  it('change their certificate when it is rotated, and can have a bad one', async () => {
    const { id } = stand.paypal.addWebhook({ url: receiver.url, eventTypes: ['PAYMENT.SALE.COMPLETED'] });
    const sell = async (): Promise<Received> => {
      stand.play.subscriptionSale({ amount: '5.00' });
      await stand.sandbox.idle();
      return receiver.at(-1);
    };
    const [first, , second] = [await sell(), await stand.paypal.certificates.rotate(), await sell()];
    expect(second.headers['paypal-cert-url']).not.toBe(first.headers['paypal-cert-url']);
    expect([await isGenuine(first, id), await isGenuine(second, id)]).toEqual([true, true]);
    stand.paypal.settings.certificate = 'expired';
    const expired = await fetch(String((await sell()).headers['paypal-cert-url']));
    expect(Date.parse(new X509Certificate(await expired.text()).validTo)).toBeLessThan(
      Date.parse('2017-01-01'),
    );
  });
});

describe('the webhooks API', () => {
  const WEBHOOKS = '/v1/notifications/webhooks';
  const create = (body: object): ReturnType<Stand['call']> => stand.call('POST', WEBHOOKS, { body });
  const types = [{ name: 'PAYMENT.CAPTURE.COMPLETED' }];

  it('makes, shows, changes and removes a webhook', async () => {
    const made = await create({ url: 'https://shop.example/hook', event_types: types });
    expect(made).toMatchObject({
      status: 201,
      body: { url: 'https://shop.example/hook', event_types: types },
    });
    const path = `${WEBHOOKS}/${(made.body as { id: string }).id}`;
    const steps = [
      { op: 'replace', path: '/url', value: 'https://shop.example/other' },
      { op: 'replace', path: '/event_types', value: [{ name: '*' }] },
    ];
    expect(await stand.call('PATCH', path, { body: steps })).toMatchObject({
      status: 200,
      body: { url: 'https://shop.example/other', event_types: [{ name: '*' }] },
    });
    expect((await stand.get(path)).status).toBe(200);
    expect((await stand.get(`${path}/event-types`)).body).toMatchObject({
      event_types: [{ status: 'ENABLED' }],
    });
    expect((await stand.get(`${WEBHOOKS}?anchor_type=APPLICATION`)).body).toMatchObject({ webhooks: [{}] });
    expect(await stand.call('DELETE', path)).toMatchObject({ status: 204, body: '' });
    expect(await stand.get(path)).toMatchObject({ status: 404, body: { name: 'INVALID_RESOURCE_ID' } });
  });

  it.each([
    ['http', { url: 'http://shop.example/hook', event_types: types }],
    ['another port', { url: 'https://shop.example:8443/hook', event_types: types }],
    ['no address', { url: 'shop', event_types: types }],
  ])('refuses %s', async (_why, body) => {
    expect(await create(body)).toMatchObject({
      status: 400,
      body: { name: 'VALIDATION_ERROR', details: [{ field: 'url', issue: 'Not a valid webhook URL' }] },
    });
  });

  it('refuses unknown events, taken addresses, and more than ten', async () => {
    const unknown = { url: 'https://shop.example/0', event_types: [{ name: 'PAYMENT.NOTHING' }] };
    expect(await create(unknown)).toMatchObject({ status: 400, body: { name: 'VALIDATION_ERROR' } });
    for (let at = 0; at < 10; at += 1)
      await create({ url: `https://shop.example/${at}`, event_types: types });
    expect(await create({ url: 'https://shop.example/0', event_types: types })).toMatchObject({
      status: 400,
      body: { name: 'WEBHOOK_URL_ALREADY_EXISTS' },
    });
    expect(await create({ url: 'https://shop.example/10', event_types: types })).toMatchObject({
      status: 400,
      body: { name: 'WEBHOOK_NUMBER_LIMIT_EXCEEDED' },
    });
    expect((await stand.get('/v1/notifications/webhooks-event-types')).body).toMatchObject({
      event_types: expect.arrayContaining([expect.objectContaining({ name: 'PAYMENT.SALE.COMPLETED' })]),
    });
  });

  it('lists events newest first, in pages, and not forever', async () => {
    for (let at = 0; at < 5; at += 1) stand.play.subscriptionSale({ amount: `${at + 1}.00` });
    const events = '/v1/notifications/webhooks-events';
    const amounts = ({ body }: { body: unknown }): string[] =>
      (body as { events: { resource: { amount: { total: string } } }[] }).events.map(
        ({ resource }) => resource.amount.total,
      );
    const first = await stand.get(`${events}?page_size=2&start_time=2026-11-01T00:00:00Z`);
    expect(amounts(first)).toEqual(['5.00', '4.00']);
    const { links } = first.body as { links: { rel: string; href: string }[] };
    const next = new URL(links.find(({ rel }) => rel === 'next')?.href ?? '');
    expect(next.host).toBe('api.sandbox.paypal.com');
    expect(amounts(await stand.get(next.pathname + next.search))).toEqual(['3.00', '2.00']);
    expect(await stand.get(`${events}?start_time=2026-08-01T00:00:00Z`)).toMatchObject({
      status: 400,
      body: { name: 'VALIDATION_ERROR', details: [{ field: 'start_time' }] },
    });
  });
});

describe('the verify endpoint', () => {
  const verifyPath = '/v1/notifications/verify-webhook-signature';

  async function delivered(): Promise<{ received: Received; webhookId: string }> {
    const { id } = stand.paypal.addWebhook({ url: receiver.url, eventTypes: ['PAYMENT.CAPTURE.COMPLETED'] });
    stand.play.payerPays({ amount: '30.00', customId: 'order é/1' });
    await stand.sandbox.idle();
    return { received: receiver.at(0), webhookId: id };
  }

  function question({ headers }: Received, webhookId: string, event: string): string {
    const fields = {
      auth_algo: headers['paypal-auth-algo'],
      cert_url: headers['paypal-cert-url'],
      transmission_id: headers['paypal-transmission-id'],
      transmission_sig: headers['paypal-transmission-sig'],
      transmission_time: headers['paypal-transmission-time'],
      webhook_id: webhookId,
    };
    return `${JSON.stringify(fields).slice(0, -1)},"webhook_event":${event}}`;
  }

  it('says SUCCESS to the raw body and FAILURE to one written again, both with 200', async () => {
    const { received, webhookId } = await delivered();
    const ask = (event: string, id = webhookId): ReturnType<Stand['call']> =>
      stand.call('POST', verifyPath, { body: question(received, id, event) });
    expect(await ask(received.body)).toMatchObject({ status: 200, body: { verification_status: 'SUCCESS' } });
    const again = JSON.stringify(JSON.parse(received.body));
    expect(again).not.toBe(received.body);
    expect(await ask(again)).toMatchObject({ status: 200, body: { verification_status: 'FAILURE' } });
    const other = stand.paypal.addWebhook({ url: 'https://shop.example/' }).id;
    expect((await ask(received.body, other)).body).toEqual({ verification_status: 'FAILURE' });
    expect(await ask(received.body, 'WEBHOOK_ID')).toMatchObject({
      status: 400,
      body: { name: 'VALIDATION_ERROR' },
    });
    expect(await stand.call('POST', verifyPath, { body: {} })).toMatchObject({ status: 400 });
  });
});

describe('the simulator', () => {
  const simulate = (body: object): ReturnType<Stand['call']> =>
    stand.call('POST', '/v1/notifications/simulate-event', { body });

  it.each([
    ['PAYMENT.CAPTURE.COMPLETED', '2.0', 'capture'],
    ['PAYMENT.CAPTURE.REFUNDED', '1.0', 'capture'],
    ['PAYMENT.CAPTURE.REVERSED', '2.0', 'refund'],
    ['PAYMENT.SALE.REVERSED', '1.0', 'sale'],
    ['CHECKOUT.PAYMENT-APPROVAL.REVERSED', '2.0', 'checkout-order'],
    ['INVOICING.INVOICE.PAID', '1.0', 'invoices'],
    ['CUSTOMER.DISPUTE.RESOLVED', '1.0', 'dispute'],
  ])(
    'sends %s of %s to anybody, signed for WEBHOOK_ID',
    async (event_type, resource_version, resourceType) => {
      expect(await simulate({ url: receiver.url, event_type, resource_version })).toMatchObject({
        status: 202,
      });
      await stand.sandbox.idle();
      expect(receiver.event(event_type).resource_type).toBe(resourceType);
      expect(await isGenuine(receiver.at(0), 'WEBHOOK_ID')).toBe(true);
      expect(stand.paypal.books().captures).toEqual([]);
      expect((await stand.get('/v1/notifications/webhooks-events')).body).toMatchObject({ count: 0 });
    },
  );

  it('refuses what it has no sample of', async () => {
    expect(await simulate({ url: receiver.url, event_type: 'X' })).toMatchObject({ status: 400 });
  });
});
