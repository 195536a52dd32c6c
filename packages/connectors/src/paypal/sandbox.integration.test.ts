import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Captures, Delivery, DomainEvent, WebhookReader } from '@mlc/core';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import { type Sandbox, SANDBOX_MERCHANT, SandboxClock, startSandbox } from '@mlc/sandbox';
import { paypalCaptures } from './captures.ts';
import type { PaypalAccount } from './account.ts';
import { paypalPing } from './ping.ts';
import { paypalTokens, type PaypalTokens } from './tokens.ts';
import { paypalWebhook } from './webhook.ts';
import { askPaypal } from './webhook-postback.ts';
import { paypalWebhooks } from './webhook-registration.ts';
import type { PaypalWebhookOptions } from './webhook-verification.ts';

let sandbox: Sandbox;
let http: ClosableHttpClient;
let access: PaypalAccount & { readonly tokens: PaypalTokens };
let captures: Captures;
let receiver: Server;
let webhookId: string;
let reader: WebhookReader;
const received: Delivery[] = [];
const BUYER = 'buyer@example.test';

beforeAll(async () => {
  receiver = await receiveWebhooks();
  const clock = new SandboxClock({ start: new Date('2026-11-02T09:00:00Z') });
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0, clock });
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  webhookId = sandbox.paypal.addWebhook({ url }).id;
  http = createHttpClient({ version: 'test', readRetries: 0 });
  const app = {
    http,
    limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
    apiUrl: sandbox.urls.paypal,
    clientId: SANDBOX_MERCHANT.clientId,
    clientSecret: () => Promise.resolve(SANDBOX_MERCHANT.clientSecret),
    connectionId: 'conn-1',
    clock,
  };
  access = { ...app, tokens: paypalTokens(app), merchantId: SANDBOX_MERCHANT.merchantId };
  captures = paypalCaptures(access);
  reader = readerWith(sandbox.paypal.caBundle);
});

afterEach(() => {
  sandbox.paypal.faults.clear();
  Object.assign(sandbox.paypal.settings, { certificate: 'good', unauthorisedStyle: 'identity' });
  received.length = 0;
});

afterAll(async () => {
  http.close();
  await sandbox.close();
  receiver.close();
});

function readerWith(
  certCaPem: string | null,
  verifyByPaypal?: PaypalWebhookOptions['verifyByPaypal'],
): WebhookReader {
  return paypalWebhook({
    http,
    clock: sandbox.clock,
    certUrlPrefix: sandbox.paypal.certUrlPrefix,
    certName: null,
    certCaPem,
    ...(verifyByPaypal === undefined ? {} : { verifyByPaypal }),
  });
}

async function receiveWebhooks(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Delivery['headers'];
      received.push({ rawBody: Buffer.concat(chunks), headers, pathEvent: '', environment: 'sandbox' });
      response.writeHead(200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** What the webhooks since then mean; each of them has to be genuine. */
async function meanings(): Promise<DomainEvent[]> {
  await sandbox.paypal.idle();
  const found: DomainEvent[] = [];
  for (const delivery of received.splice(0)) {
    expect(await reader.verify(delivery, ['1JE4291016473214C', webhookId])).toEqual({ ok: true });
    const split = reader.split(delivery);
    if (split.kind === 'unreadable') throw new Error(split.why);
    found.push(...split.events.map((event) => reader.translate(event)));
  }
  return found.filter(({ kind }) => kind !== 'irrelevant');
}

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

describe('payments', () => {
  test.each(['v1', 'v2'] as const)(
    'a capture (%s): its events lead to it, and to who paid',
    async (version) => {
      const paid = sandbox.paypal.scenarios.payerPays({
        amount: '30.00',
        payerEmail: BUYER,
        invoiceId: 'INV-1',
        fee: '1.17',
        resourceVersion: version,
      });
      const events = await meanings();
      expect(events).toContainEqual({
        kind: 'capture-changed',
        captureId: paid.captureId,
        told: 'completed',
      });
      const capture = await captures.getCapture(paid.captureId);
      expect(capture).toMatchObject({
        status: 'completed',
        amount: { minor: 3000n, currency: 'GBP' },
        fee: { minor: 117n, currency: 'GBP' },
        references: expect.arrayContaining(['INV-1']) as unknown,
        orderId: paid.orderId,
      });
      if (version === 'v1') return;
      expect(events).toContainEqual({ kind: 'order-completed', orderId: paid.orderId });
      expect(capture?.merchantId).toBe(SANDBOX_MERCHANT.merchantId);
      if (capture !== null) expect(await captures.payerEmail(capture)).toBe(BUYER);
      expect(await captures.paymentsOfOrder(paid.orderId ?? '')).toMatchObject({ ids: [paid.captureId] });
    },
  );

  test('yen, converted, written with too many decimals, for somebody else', async () => {
    const { scenarios } = sandbox.paypal;
    const yen = scenarios.payerPays({ amount: '100', currency: 'JPY' });
    expect(await captures.getCapture(yen.captureId)).toMatchObject({ amount: { minor: 100n } });
    const long = scenarios.payerPays({
      amount: '178.80',
      valueDecimals: 6,
      payeeMerchantId: 'ABCDEFGHJKLMN',
    });
    expect(await captures.getCapture(long.captureId)).toMatchObject({
      amount: { minor: 17880n, currency: 'GBP' },
      merchantId: 'ABCDEFGHJKLMN',
    });
    const card = scenarios.payerPays({ amount: '5.00', payerEmail: null });
    const capture = await captures.getCapture(card.captureId);
    expect(capture === null ? '' : await captures.payerEmail(capture)).toBeNull();
  });

  test('pending, then completed; declined', async () => {
    const { scenarios } = sandbox.paypal;
    const pending = scenarios.pendingPayment({ amount: '2.51' });
    expect(await captures.getCapture(pending.captureId)).toMatchObject({ status: 'pending', fee: null });
    scenarios.completePayment({ captureId: pending.captureId });
    expect(await captures.getCapture(pending.captureId)).toMatchObject({ status: 'completed' });
    const declined = scenarios.declinedPayment({ amount: '2.51', event: 'DENIED' });
    expect(await captures.getCapture(declined.captureId)).toMatchObject({ status: 'declined', fee: null });
  });

  test.each(['refund', 'reverse'] as const)('%s', async (how) => {
    const { scenarios } = sandbox.paypal;
    const { captureId } = scenarios.payerPays({ amount: '30.00' });
    await meanings();
    const given = scenarios[how]({ captureId, amount: '10.00' });
    expect(await meanings()).toContainEqual({ kind: 'refund-changed', refundId: given.refundId, captureId });
    expect(await captures.getRefund(given.refundId)).toMatchObject({
      captureId,
      amount: { minor: 1000n, currency: 'GBP' },
      status: 'completed',
    });
  });

  test.each([true, false])('a subscription’s sale (captures answer for sales: %p)', async (answers) => {
    sandbox.paypal.settings.capturesAnswerForSales = answers;
    const { scenarios } = sandbox.paypal;
    const sale = scenarios.subscriptionSale({ amount: '20.00', payerEmail: BUYER });
    expect(await meanings()).toContainEqual({
      kind: 'capture-changed',
      captureId: sale.saleId,
      told: 'completed',
    });
    const capture = await captures.getCapture(sale.saleId);
    expect(capture).toMatchObject({ status: 'completed', amount: { minor: 2000n } });
    if (capture !== null) expect(await captures.payerEmail(capture)).toBe(BUYER);
    const refund = scenarios.refundSale({ saleId: sale.saleId, amount: '5.00' });
    const events = await meanings();
    expect(events).toContainEqual({
      kind: 'refund-changed',
      refundId: refund.refundId,
      captureId: sale.saleId,
    });
    expect(await captures.getRefund(refund.refundId)).toMatchObject({
      captureId: sale.saleId,
      amount: { minor: 500n },
    });
    sandbox.paypal.settings.capturesAnswerForSales = false;
  });

  test.each(['nested', 'flat'] as const)('an invoice at PayPal (%s)', async (layout) => {
    const paid = sandbox.paypal.scenarios.paypalInvoicePaid({ number: '7', amount: '12.00', layout });
    expect(await meanings()).toContainEqual({
      kind: 'paypal-invoice-paid',
      paypalInvoiceId: paid.invoiceId,
    });
    expect(await captures.paymentsOfInvoice(paid.invoiceId)).toEqual({
      ids: [paid.transactionId],
      otherwise: false,
    });
  });

  test('a dispute', async () => {
    const { captureId } = sandbox.paypal.scenarios.payerPays({ amount: '30.00' });
    const dispute = sandbox.paypal.scenarios.openDispute({ paymentId: captureId });
    expect(await meanings()).toContainEqual({ kind: 'dispute-changed', disputeId: dispute.disputeId });
    expect(await captures.getDispute(dispute.disputeId)).toMatchObject({
      captureIds: [captureId],
      amount: { minor: 3000n, currency: 'GBP' },
    });
  });

  test('what is not there', async () => {
    const id = '00000000000000000';
    expect(await captures.getCapture(id)).toBeNull();
    expect(await captures.getRefund(id)).toBeNull();
    expect(await captures.getDispute('PP-D-1')).toBeNull();
    expect(await captures.paymentsOfOrder(id)).toBeNull();
    expect(await captures.paymentsOfInvoice('INV2-AAAA-BBBB-CCCC-DDDD')).toBeNull();
  });
});

describe('lists', () => {
  test('what no webhook told stands in Transaction Search and in the list of events', async () => {
    const from = sandbox.clock.now().toISOString();
    const lost = sandbox.paypal.scenarios.payerPays({ amount: '1.00', webhook: 'lost', payerEmail: BUYER });
    const foreign = sandbox.paypal.scenarios.payerPays({ amount: '2.00', webhook: 'none' });
    const pending = sandbox.paypal.scenarios.pendingPayment({ amount: '3.00', webhook: 'none' });
    expect(await meanings()).toEqual([]);
    await sandbox.clock.advanceDays(1);
    const to = sandbox.clock.now().toISOString();
    const events = await collect(captures.listWebhookEvents(from, to));
    expect(events.filter(({ json }) => json.includes(lost.captureId)).length).toBeGreaterThan(0);
    expect(events.some(({ json }) => json.includes(foreign.captureId))).toBe(false);
    const told: string[] = [];
    const news = { completeTo: (moment: string) => told.push(moment) };
    const rows = await collect(captures.searchTransactions(from, to, news));
    const found = new Map(rows.map((row) => [row.id, row]));
    expect(found.get(lost.captureId)).toMatchObject({
      status: 'S',
      amount: { minor: 100n },
      payerEmail: BUYER,
    });
    expect(found.get(foreign.captureId)).toMatchObject({ status: 'S' });
    expect(found.get(pending.captureId)).toMatchObject({ status: 'P' });
    expect(told).toHaveLength(1);
  });

  test('more rows than PayPal gives at once', async () => {
    const from = sandbox.clock.now().toISOString();
    const ids: string[] = [];
    for (let hour = 0; hour < 4; hour += 1) {
      for (let number = 0; number < 3; number += 1)
        ids.push(sandbox.paypal.scenarios.payerPays({ amount: '1.00', webhook: 'none' }).captureId);
      await sandbox.clock.advanceTo(new Date(sandbox.clock.now().getTime() + 3_600_000));
    }
    await sandbox.clock.advanceDays(40);
    sandbox.paypal.settings.searchItemsMax = 4;
    const rows = await collect(captures.searchTransactions(from, sandbox.clock.now().toISOString()));
    sandbox.paypal.settings.searchItemsMax = 10_000;
    expect(rows.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });
});

describe('tokens', () => {
  test.each(['identity', 'resource', 'empty'] as const)(
    'revoked (%s): a newer one, then on',
    async (style) => {
      sandbox.paypal.settings.unauthorisedStyle = style;
      await access.tokens.current();
      sandbox.paypal.tokens.revoke(SANDBOX_MERCHANT.clientId);
      expect(await captures.getCapture('00000000000000000')).toBeNull();
    },
  );

  test('ping', async () => {
    expect(await paypalPing(access)).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^app \S+, 1 webhook$/) as unknown,
    });
  });
});

describe('webhooks', () => {
  const pay = async (): Promise<Delivery> => {
    received.length = 0;
    sandbox.paypal.scenarios.payerPays({ amount: '30.00', payerName: 'Zoë Straße' });
    await sandbox.paypal.idle();
    const [first] = received;
    if (first === undefined) throw new Error('nothing was delivered');
    return first;
  };

  test.each([
    ['expired', /valid from/],
    ['not-yet-valid', /valid from/],
    ['wrong-name', /not for/],
    ['self-signed', /issued it/],
    ['other-issuer', /issued it/],
  ] as const)('signed with a certificate that is %s', async (certificate, why) => {
    sandbox.paypal.settings.certificate = certificate;
    const delivery = await pay();
    expect(await reader.verify(delivery, [webhookId])).toEqual({
      ok: false,
      why: expect.stringMatching(why) as unknown,
    });
  });

  test('after the certificate was changed', async () => {
    const before = await pay();
    await sandbox.paypal.certificates.rotate();
    const after = await pay();
    for (const delivery of [before, after])
      expect(await reader.verify(delivery, [webhookId])).toEqual({ ok: true });
    expect(after.headers['paypal-cert-url']).not.toBe(before.headers['paypal-cert-url']);
  });

  test('PayPal’s own verdict on the raw body', async () => {
    const asked: string[] = [];
    const online = readerWith(null, (_webhookId, body) => {
      asked.push(body);
      return askPaypal(access, body);
    });
    const delivery = await pay();
    expect(await online.verify(delivery, [webhookId])).toEqual({ ok: true });
    expect(asked).toHaveLength(1);
    const [body = ''] = asked;
    expect(await askPaypal(access, body.replace('30.00', '30.01'))).toBe(false);
  });

  test('registration: created, found, repaired', async () => {
    const webhooks = paypalWebhooks(access);
    const url = 'https://hooks.example.test/webhooks/paypal/c1';
    const created = await webhooks.ensure(url);
    expect(created.state).toBe('created');
    expect(await webhooks.ensure(url)).toMatchObject({
      state: 'existing',
      webhook: { id: created.webhook.id },
    });
    await webhooks.update(created.webhook.id, ['PAYMENT.SALE.COMPLETED']);
    const repaired = await webhooks.ensure(url);
    expect(repaired.state).toBe('repaired');
    expect(repaired.webhook.eventTypes.toSorted()).toEqual(created.webhook.eventTypes.toSorted());
    await expect(webhooks.create('http://x.test/', ['*'])).rejects.toMatchObject({ kind: 'rejected' });
  });
});
