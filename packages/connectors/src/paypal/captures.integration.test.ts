import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Capture, type Captures } from '@mlc/core';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import { type ScriptedAnswer, type ScriptedProvider, scriptedProvider } from '@mlc/testkit';
import { paypalCaptures } from './captures.ts';

const NOW = new Date('2026-11-22T10:00:00.000Z');

let provider: ScriptedProvider;
let http: ClosableHttpClient;
let captures: Captures;

beforeAll(async () => {
  provider = await scriptedProvider();
  http = createHttpClient({ version: 'test', totalTimeoutMs: 5_000, readRetries: 0 });
  captures = paypalCaptures({
    http,
    limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
    tokens: {
      current: () => Promise.resolve('token'),
      replacing: () => Promise.resolve('token'),
      afterRefusal: () => Promise.resolve(null),
    },
    apiUrl: provider.url,
    connectionId: 'conn-1',
    merchantId: 'RD465XN5VS364',
    clock: { now: () => NOW },
  });
});

afterAll(async () => {
  http.close();
  await provider.close();
});

const MISSING: ScriptedAnswer = {
  status: 404,
  body: {
    name: 'RESOURCE_NOT_FOUND',
    message: 'The specified resource does not exist.',
    details: [{ issue: 'INVALID_RESOURCE_ID', description: 'x' }],
  },
};
const OLD_MISSING: ScriptedAnswer = {
  status: 404,
  body: { name: 'INVALID_RESOURCE_ID', message: 'Resource id is invalid', information_link: 'x' },
};
const paths = () => provider.requests.map(({ path }) => path);

const usd = (value: string) => ({ currency_code: 'USD', value });
const COMPLETED = {
  id: '12A34567BC123456S',
  amount: usd('30.000000'),
  final_capture: true,
  seller_protection: { status: 'ELIGIBLE' },
  seller_receivable_breakdown: {
    gross_amount: usd('30.00'),
    paypal_fee: usd('1.54'),
    net_amount: usd('28.46'),
  },
  invoice_id: ' INV-1 ',
  custom_id: '',
  status: 'COMPLETED',
  payee: { email_address: 'merchant@example.com', merchant_id: 'RD465XN5VS364' },
  supplementary_data: { related_ids: { order_id: '1AB234567A1234567' } },
  create_time: '2022-08-23T18:29:50Z',
  update_time: '2022-08-23T18:29:50Z',
  links: [
    { href: 'https://api.paypal.com/v2/payments/captures/12A34567BC123456S', rel: 'self', method: 'GET' },
  ],
};

describe('captures', () => {
  test('v2', async () => {
    provider.script({ body: COMPLETED });
    expect(await captures.getCapture(COMPLETED.id)).toEqual({
      id: '12A34567BC123456S',
      status: 'completed',
      amount: { minor: 3000n, currency: 'USD' },
      fee: { minor: 154n, currency: 'USD' },
      merchantId: 'RD465XN5VS364',
      references: ['INV-1'],
      orderId: '1AB234567A1234567',
      subscriptionId: null,
      createdAt: '2022-08-23T18:29:50.000Z',
    });
  });

  test('pending: no breakdown, order only in a link of the legacy host, empty objects', async () => {
    provider.script({
      body: {
        id: 'X1',
        status: 'PENDING',
        status_details: { reason: 'UNILATERAL' },
        amount: { currency_code: 'JPY', value: '100' },
        supplementary_data: {},
        create_time: '2022-08-23T11:29:50-07:00',
        links: [
          { method: 'GET', href: 'no address', rel: 'up' },
          {
            method: 'GET',
            href: 'https://api.sandbox.paypal.com/v2/checkout/orders/9XP360514S760592T',
            rel: 'up',
          },
          { href: 'x' },
        ],
      },
    });
    expect(await captures.getCapture('X1')).toEqual({
      id: 'X1',
      status: 'pending',
      amount: { minor: 100n, currency: 'JPY' },
      fee: null,
      merchantId: null,
      references: [],
      orderId: '9XP360514S760592T',
      subscriptionId: null,
      createdAt: '2022-08-23T18:29:50.000Z',
    });
  });

  test('an authorisation above it is no order', async () => {
    const links = [{ href: 'https://x.test/v2/payments/authorizations/4BC', rel: 'up' }];
    provider.script({ body: { ...COMPLETED, supplementary_data: undefined, links } });
    expect(await captures.getCapture('X1')).toMatchObject({ orderId: null });
  });

  test.each([
    ['DECLINED', 'declined', null],
    ['FAILED', 'declined', null],
    ['PARTIALLY_REFUNDED', 'partially_refunded', 154n],
    ['REFUNDED', 'refunded', 154n],
    ['REVERSED', 'reversed', 154n],
    ['HELD_BY_ALIENS', 'other', null],
  ] as const)('%s: a breakdown alone is no money', async (status, expected, fee) => {
    provider.script({ body: { ...COMPLETED, status } });
    const capture = await captures.getCapture('X1');
    expect(capture?.status).toBe(expected);
    expect(capture?.fee?.minor ?? null).toBe(fee);
  });

  test('a sale of a subscription (v1), when there is no capture of that id', async () => {
    provider.script(MISSING, {
      body: {
        id: '7DW85331GX749735N',
        state: 'completed',
        amount: { total: '20.00', currency: 'USD', details: {} },
        transaction_fee: { value: '0.88', currency: 'USD' },
        billing_agreement_id: 'I-W0Y05RHBK9VG',
        invoice_number: '',
        custom: 'retainer 7',
        create_time: '2017-03-30T20:04:05Z',
      },
    });
    expect(await captures.getCapture('7DW85331GX749735N')).toEqual({
      id: '7DW85331GX749735N',
      status: 'completed',
      amount: { minor: 2000n, currency: 'USD' },
      fee: { minor: 88n, currency: 'USD' },
      merchantId: null,
      references: ['retainer 7'],
      orderId: null,
      subscriptionId: 'I-W0Y05RHBK9VG',
      createdAt: '2017-03-30T20:04:05.000Z',
    });
    expect(paths()).toEqual([
      '/v2/payments/captures/7DW85331GX749735N',
      '/v1/payments/sale/7DW85331GX749735N',
    ]);
  });

  test('neither', async () => {
    provider.script(MISSING, OLD_MISSING);
    expect(await captures.getCapture('X1')).toBeNull();
  });

  test.each(['', '..', 'a/b', 'a?b', 'x'.repeat(65)])('%j is no id: nothing is asked', async (id) => {
    provider.script();
    expect(await captures.getCapture(id)).toBeNull();
    expect(await captures.getRefund(id)).toBeNull();
    expect(await captures.getDispute(id)).toBeNull();
    expect(await captures.paymentsOfOrder(id)).toBeNull();
    expect(await captures.paymentsOfInvoice(id)).toBeNull();
    expect(provider.requests).toEqual([]);
  });
});

const capture = (changes: Partial<Capture> = {}): Capture => ({
  id: '12A34567BC123456S',
  status: 'completed',
  amount: { minor: 3000n, currency: 'USD' },
  fee: null,
  merchantId: null,
  references: [],
  orderId: null,
  subscriptionId: null,
  createdAt: '2026-11-20T18:29:50.000Z',
  ...changes,
});

const found = (id: string, email: string | null): ScriptedAnswer => ({
  body: {
    transaction_details: [
      {
        transaction_info: {
          transaction_id: id,
          transaction_event_code: 'T0006',
          transaction_initiation_date: '2026-11-20T18:29:50+0000',
          transaction_amount: usd('30.00'),
        },
        payer_info: email === null ? {} : { email_address: email },
      },
    ],
    total_items: 1,
    total_pages: 1,
  },
});

describe('the payer’s e-mail', () => {
  test.each([
    ['payment source first', { payment_source: { paypal: { email_address: 'a@x.test' } }, payer: { email_address: 'b@x.test' } }, 'a@x.test'],
    ['the payer of old', { payer: { email_address: 'b@x.test' } }, 'b@x.test'],
    ['another wallet', { payment_source: { venmo: { email_address: 'c@x.test' } } }, 'c@x.test'],
    ['a card has none', { payment_source: { card: { last_digits: '1234' } } }, null],
    ['iDEAL neither', { payment_source: { ideal: null }, payer: {} }, null],
  ])('order: %s', async (_name, order, email) => {
    provider.script({ body: { id: 'O1', ...order } });
    expect(await captures.payerEmail(capture({ orderId: 'O1' }))).toBe(email);
    expect(paths()).toEqual(['/v2/checkout/orders/O1']);
  }); // prettier-ignore

  test('subscription', async () => {
    provider.script({ body: { subscriber: { email_address: 'sub@x.test' } } });
    expect(await captures.payerEmail(capture({ subscriptionId: 'I-W0Y05RHBK9VG' }))).toBe('sub@x.test');
    expect(paths()).toEqual(['/v1/billing/subscriptions/I-W0Y05RHBK9VG']);
  });

  test('a sale that was read as a capture still leads to its subscription', async () => {
    provider.script(
      { body: { ...COMPLETED, billing_agreement_id: 'I-1' } },
      { body: { subscriber: { email_address: 'sub@x.test' } } },
    );
    expect(await captures.payerEmail(capture())).toBe('sub@x.test');
    expect(paths()).toEqual(['/v1/payments/sale/12A34567BC123456S', '/v1/billing/subscriptions/I-1']);
  });

  test('an order that is gone: Transaction Search', async () => {
    provider.script(MISSING, found('12A34567BC123456S', 'late@x.test'));
    expect(await captures.payerEmail(capture({ orderId: 'O1' }))).toBe('late@x.test');
    expect(provider.requests[1]?.path).toBe('/v1/reporting/transactions');
    expect(Object.fromEntries(provider.requests[1]?.query ?? [])).toMatchObject({
      transaction_id: '12A34567BC123456S',
      start_date: '2026-11-19T18:29:50Z',
      end_date: '2026-11-21T18:29:50Z',
      balance_affecting_records_only: 'N',
    });
  });

  test.each([
    ['switched off', { status: 403, body: { name: 'NOT_AUTHORIZED', message: 'x', details: [{ issue: 'PERMISSION_DENIED' }] } }],
    ['not that far yet', { status: 400, body: { name: 'INVALID_REQUEST', message: 'Data for the given start date is not available.' } }],
    ['of somebody else', found('99999999999999999', 'other@x.test')],
    ['without an e-mail', found('12A34567BC123456S', null)],
  ] as [string, ScriptedAnswer][])('search %s: not known', async (_name, answer) => {
    provider.script(MISSING, answer);
    expect(await captures.payerEmail(capture())).toBeNull();
  }); // prettier-ignore

  test('that PayPal cannot tell now is a failure', async () => {
    provider.script({ status: 503, body: '' });
    await expect(captures.payerEmail(capture({ orderId: 'O1' }))).rejects.toMatchObject({
      kind: 'transient',
    });
  });
});

describe('what leads to captures', () => {
  test('an order: all units, all captures', async () => {
    const unit = (...ids: string[]) => ({ payments: { captures: ids.map((id) => ({ id })) } });
    provider.script({
      body: { id: 'O1', purchase_units: [unit('A', 'B'), {}, { payments: {} }, unit('C', 'A')] },
    });
    expect(await captures.paymentsOfOrder('O1')).toEqual({ ids: ['A', 'B', 'C'], otherwise: false });
    provider.script(MISSING);
    expect(await captures.paymentsOfOrder('O1')).toBeNull();
  });

  test('an order without captures: there may be an authorisation that is captured later', async () => {
    const authorised = { payments: { authorizations: [{ id: 'AUTH1', status: 'CREATED' }] } };
    provider.script({ body: { id: 'O1', purchase_units: [authorised] } });
    expect(await captures.paymentsOfOrder('O1')).toEqual({ ids: [], otherwise: true });
    provider.script({ body: { id: 'O1', purchase_units: [{ payments: { captures: [] } }] } });
    expect(await captures.paymentsOfOrder('O1')).toEqual({ ids: [], otherwise: false });
  });

  test('an invoice: what was paid with PayPal', async () => {
    provider.script({
      body: {
        id: 'INV2-1',
        status: 'PAID',
        payments: {
          transactions: [
            { type: 'PAYPAL', payment_id: 'A' },
            { type: 'EXTERNAL', payment_id: 'EXTR-1' },
            { payment_id: 'B' },
            { type: 'PAYPAL' },
          ],
        },
      },
    });
    expect(await captures.paymentsOfInvoice('INV2-1')).toEqual({ ids: ['A', 'B'], otherwise: true });
    provider.script({ body: { id: 'INV2-1', status: 'MARKED_AS_PAID' } });
    expect(await captures.paymentsOfInvoice('INV2-1')).toEqual({ ids: [], otherwise: true });
    provider.script({ body: { id: 'INV2-1', status: 'PAID', payments: { transactions: [] } } });
    expect(await captures.paymentsOfInvoice('INV2-1')).toEqual({ ids: [], otherwise: false });
  });
});

describe('refunds and disputes', () => {
  test('v2', async () => {
    provider.script({
      body: {
        id: '1Y107995YT783435V',
        amount: usd('0.99'),
        seller_payable_breakdown: { paypal_fee: usd('0.02'), total_refunded_amount: usd('1.98') },
        status: 'COMPLETED',
        create_time: '2018-08-15T12:13:29-07:00',
        payer: { email_address: 'merchant@example.com', merchant_id: 'RD465XN5VS364' },
        links: [
          { href: 'https://api.paypal.com/v2/payments/captures/0JF852973C016714D', rel: 'up', method: 'GET' },
        ],
      },
    });
    expect(await captures.getRefund('1Y107995YT783435V')).toEqual({
      id: '1Y107995YT783435V',
      captureId: '0JF852973C016714D',
      amount: { minor: 99n, currency: 'USD' },
      fee: { minor: 2n, currency: 'USD' },
      status: 'completed',
      createdAt: '2018-08-15T19:13:29.000Z',
    });
  });

  test('v1: negative, and named differently', async () => {
    provider.script(MISSING, {
      body: {
        id: '8VC964970N548345V',
        amount: { total: '-0.15', currency: 'USD' },
        state: 'completed',
        sale_id: '5LK72275CG489890D',
        refund_from_transaction_fee: { value: '0.01', currency: 'USD' },
        create_time: '2017-03-30T20:04:05Z',
      },
    });
    expect(await captures.getRefund('8VC964970N548345V')).toMatchObject({
      captureId: '5LK72275CG489890D',
      amount: { minor: 15n, currency: 'USD' },
      fee: { minor: 1n, currency: 'USD' },
    });
    expect(paths()[1]).toBe('/v1/payments/refund/8VC964970N548345V');
  });

  test('a fee that is not told is not 0', async () => {
    const body = { id: 'R1', amount: usd('0.99'), status: 'PENDING', create_time: '2018-08-15T12:13:29Z' };
    provider.script({ body });
    expect(await captures.getRefund('R1')).toMatchObject({ fee: null, captureId: null });
  });

  test('dispute', async () => {
    provider.script({
      body: {
        dispute_id: 'PP-000-042-663-135',
        create_time: '2018-06-21T13:35:44.000Z',
        disputed_transactions: [
          { seller_transaction_id: 'A', seller: { merchant_id: 'X' }, items: [] },
          { buyer_transaction_id: 'B' },
          { seller_transaction_id: 'A' },
        ],
        reason: 'Unauthorized',
        status: 'RESOLVED',
        dispute_amount: usd('3.00'),
        dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR' },
        links: [{ href: 'http://internal-host:1234/x', method: 'GET' }],
      },
    });
    expect(await captures.getDispute('PP-000-042-663-135')).toEqual({
      id: 'PP-000-042-663-135',
      status: 'RESOLVED',
      stage: null,
      reason: 'UNAUTHORIZED',
      outcome: 'RESOLVED_BUYER_FAVOUR',
      amount: { minor: 300n, currency: 'USD' },
      captureIds: ['A'],
    });
    provider.script({ body: { dispute_id: 'PP-D-1', status: 'OPEN' } });
    expect(await captures.getDispute('PP-D-1')).toMatchObject({
      amount: null,
      outcome: null,
      captureIds: [],
    });
  });
});
