import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { PostingView, ReviewView } from '@mlc/platform';
import { type ScriptedProvider, scriptedProvider } from '@mlc/testkit';
import { withCrcOf } from '@mlc/testkit/signing-chain';
import { type Delivery, keepWebhooks } from './harness/held-webhooks.ts';
import { standingOf, type TestInvoice, writeInvoice } from './harness/invoices.ts';
import type { TestBusiness } from './harness/test-business.ts';
import { withDeployment } from './harness/with-deployment.ts';

jest.setTimeout(120_000);

/** Stands in a free-text field of the genuine body; the forger's compensating bytes take its place. */
const FREE_TEXT = 'thank-you';
const INVALID = { status: 401, body: { error: 'invalid_signature' } };

/** The signature covers a CRC-32 of the body only (paypal.md 3.6): what verifies is still not what happened. */
describe('PayPal bodies forged under a genuine signature', () => {
  let business: TestBusiness;
  let kept: () => Delivery[];
  /** Must never be asked for anything. */
  let stranger: ScriptedProvider;

  const deployment = withDeployment(
    async ({ start, addBusiness, polled, sandbox }) => {
      await start('ingress');
      business = await addBusiness();
      await start('worker');
      await polled();
      kept = keepWebhooks(sandbox);
      sandbox.freshbooks.deliveries.set({ drop: 0 });
      sandbox.paypal.settings.searchDelayMinutes = 0;
    },
    () => ({ queue: 'postgres' }),
  );

  beforeAll(async () => {
    stranger = await scriptedProvider();
  });
  afterAll(() => stranger.close());

  const anInvoice = (): TestInvoice => writeInvoice(business, { amount: '4500.00', mandate: false });

  /** Somebody pays 45.50 for the invoice; the webhook that tells of it is in our hands. */
  async function intercept(invoice: TestInvoice): Promise<{ captureId: string; delivery: Delivery }> {
    const payment = { amount: '45.50', invoiceId: invoice.number, customId: FREE_TEXT };
    const { captureId } = business.merchant.scenarios.payerPays(payment);
    await deployment().sandbox.idle();
    const delivery = kept().find(
      ({ body }) => body.includes('PAYMENT.CAPTURE.COMPLETED') && body.includes(captureId),
    );
    if (delivery === undefined) throw new Error('PayPal sent no webhook of the capture');
    return { captureId, delivery };
  }

  async function post({ url, headers }: Delivery, body: string): Promise<{ status: number; body: unknown }> {
    const response = await fetch(url, { method: 'POST', headers, body });
    return { status: response.status, body: await response.json() };
  }

  function forge({ body }: Delivery, from: string, to: string): string {
    const forged = body.replaceAll(from, to);
    expect(forged).not.toBe(body);
    return withCrcOf(body, forged, FREE_TEXT);
  }

  test('another amount: the books get the one the API says', async () => {
    const invoice = anInvoice();
    const { delivery, captureId } = await intercept(invoice);
    expect(await post(delivery, delivery.body.replaceAll('45.50', '4500.00'))).toEqual(INVALID);
    const forged = forge(delivery, '45.50', '4500.00');
    expect(await post(delivery, forged)).toEqual({ status: 200, body: { accepted: 1, duplicates: 0 } });
    // One body per transmission id: whoever comes second under it is refused.
    expect(await post(delivery, delivery.body)).toEqual(INVALID);
    await deployment().settle();
    const part = { outstanding: '4454.50', payments: ['45.50 PayPal'], debits: [] };
    expect(standingOf(invoice)).toEqual(part);
    const postings = await deployment().cli.list<PostingView>('postings', 'list');
    expect(postings).toMatchObject([{ source: { id: captureId }, amountMinor: 4550, state: 'posted' }]);
  });

  test('another invoice: the one the API says', async () => {
    const [paid, coveted] = [anInvoice(), anInvoice()];
    const { delivery } = await intercept(paid);
    expect(await post(delivery, forge(delivery, paid.number, coveted.number))).toMatchObject({ status: 200 });
    await deployment().settle();
    expect(standingOf(paid).payments).toEqual(['45.50 PayPal']);
    expect(standingOf(coveted).payments).toEqual([]);
  });

  test('a payment that never was: nothing is booked, and polling finds the real one all the same', async () => {
    const invoice = anInvoice();
    const { cli, settle } = deployment();
    const { delivery, captureId } = await intercept(invoice);
    expect(await post(delivery, forge(delivery, captureId, '0AA00000AA000000A'))).toMatchObject({
      status: 200,
    });
    await settle();
    expect(standingOf(invoice).payments).toEqual([]);
    await cli.list('poll', '--provider', 'paypal');
    await settle();
    expect(standingOf(invoice).payments).toEqual(['45.50 PayPal']);
    const kinds = (await cli.list<ReviewView>('reviews', 'list', '--state', 'open')).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['no_mandate']));
  });

  test('a certificate anywhere else is not fetched, not even one that would fit', async () => {
    const { delivery } = await intercept(anInvoice());
    const [[name, certUrl] = ['', '']] = Object.entries(delivery.headers).filter(([, value]) =>
      value.startsWith(deployment().sandbox.paypal.certUrlPrefix),
    );
    const { host, pathname } = new URL(certUrl);
    const pem = await (await fetch(certUrl)).text();
    const there = new URL(stranger.url).host;
    stranger.script(...Array.from({ length: 9 }, () => ({ body: pem })));
    for (const elsewhere of [
      `http://${there}${pathname}`,
      `http://${host}@${there}${pathname}`,
      `http://${there}#${certUrl}`,
      `http://${there}?${certUrl}`,
      `http:\\\\${there}\\${certUrl}`,
      `//${there}${pathname}`,
    ]) {
      const headers = { ...delivery.headers, [name]: elsewhere };
      expect([elsewhere, await post({ ...delivery, headers }, delivery.body)]).toEqual([elsewhere, INVALID]);
    }
    expect(stranger.requests).toEqual([]);
    // With its own address it is a genuine one.
    expect(await post(delivery, delivery.body)).toMatchObject({ status: 200 });
  });
});
