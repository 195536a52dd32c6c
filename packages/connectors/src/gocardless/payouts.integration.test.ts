import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addsUp, type Payouts, sumsOf, taxMinorOf } from '@mlc/core';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import { type Sandbox, SandboxClock, startSandbox } from '@mlc/sandbox';
import { type ScriptedProvider, scriptedProvider } from '@mlc/testkit';
import type { GocardlessAccess } from './client.ts';
import { gocardlessPayouts } from './payouts.ts';

let http: ClosableHttpClient;
beforeAll(() => {
  http = createHttpClient({ version: 'test', readRetries: 0 });
});
afterAll(() => {
  http.close();
});

function accessTo(apiUrl: string, token: string): GocardlessAccess {
  return {
    http,
    limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
    accessToken: () => Promise.resolve(token),
    apiUrl,
    connectionId: 'conn-1',
    clock: { now: () => new Date('2026-11-22T10:00:00.000Z') },
  };
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

/** As recorded (gocardless.md 2.10), with a field nobody has heard of. */
const payout = {
  id: 'PO000AQRT26VF2',
  amount: 4820,
  deducted_fees: 180,
  currency: 'GBP',
  created_at: '2024-03-22T10:13:00.000Z',
  reference: 'ONDOOO-JCTG64W2E5Z',
  status: 'paid',
  arrival_date: '2024-03-22',
  payout_type: 'merchant',
  fx: { fx_currency: null, fx_amount: null, exchange_rate: null, estimated_exchange_rate: null },
  tax_currency: 'GBP',
  metadata: {},
  links: { creditor_bank_account: 'BA1', creditor: 'CR1' },
  some_new_field: { nested: [1] },
};

describe('over HTTP', () => {
  let provider: ScriptedProvider;
  let payouts: Payouts;

  beforeAll(async () => {
    provider = await scriptedProvider();
    payouts = gocardlessPayouts(accessTo(provider.url, 'token'));
  });
  afterAll(() => provider.close());

  test('a payout is read into ours', async () => {
    provider.script({ body: { payouts: payout } });
    expect(await payouts.getPayout('PO000AQRT26VF2')).toEqual({
      id: 'PO000AQRT26VF2',
      creditorId: 'CR1',
      net: { minor: 4820n, currency: 'GBP' },
      deductedFeesMinor: 180n,
      status: 'paid',
      arrivalDate: '2024-03-22',
      reference: 'ONDOOO-JCTG64W2E5Z',
      payoutType: 'merchant',
      exchange: null,
      createdAt: '2024-03-22T10:13:00.000Z',
    });
    expect(provider.requests).toMatchObject([{ method: 'GET', path: '/payouts/PO000AQRT26VF2' }]);
  });

  test.each([
    ['an unconfirmed rate', { fx_currency: 'EUR', fx_amount: null, exchange_rate: null }, [null, null]],
    [
      'a confirmed one',
      { fx_currency: 'EUR', fx_amount: 5579, exchange_rate: '1.157519' },
      [5579n, '1.157519'],
    ],
  ])('with %s', async (_what, fx, [amountMinor, rate]) => {
    provider.script({ body: { payouts: { ...payout, fx } } });
    const exchange = { currency: 'EUR', amountMinor, rate };
    expect(await payouts.getPayout('PO1')).toMatchObject({ exchange });
  });

  test.each([
    ['its own currency', { fx_currency: 'GBP', fx_amount: null, exchange_rate: null }],
    ['no fx at all', undefined],
    ['fx of null', null],
  ])('with %s nothing is exchanged', async (_what, fx) => {
    provider.script({ body: { payouts: { ...payout, fx } } });
    expect(await payouts.getPayout('PO1')).toMatchObject({ exchange: null });
  });

  test.each([
    ['paid', '2024-03-22'],
    ['pending', null],
  ])('a payout that is %s without a date arrives on %s', async (status, arrivalDate) => {
    provider.script({ body: { payouts: { ...payout, status, arrival_date: null } } });
    expect(await payouts.getPayout('PO1')).toMatchObject({ arrivalDate });
  });

  test('a negative amount and fees given back are kept as they are', async () => {
    const body = { payouts: { ...payout, amount: -100, deducted_fees: -30, payout_type: 'partner' } };
    provider.script({ body });
    expect(await payouts.getPayout('PO1')).toMatchObject({
      net: { minor: -100n },
      deductedFeesMinor: -30n,
      payoutType: 'partner',
    });
  });

  test('items of every kind, over pages, to the tenth', async () => {
    const links = { payment: 'PM1' };
    const tax = { currency: 'GBP', destination_amount: null, tax_rate_id: 'GB_VAT_1' };
    const taxes = [
      { ...tax, amount: '-44.0' },
      { ...tax, amount: '-0.5' },
    ];
    const first = [
      { type: 'payment_paid_out', amount: '10000.0', taxes: [], links },
      { type: 'gocardless_fee', amount: '-264.3', taxes, links },
    ];
    const second = [
      { type: 'refund', amount: '-750.0', links: { refund: 'RF1', mandate: 'MD1' } },
      { type: 'rebate_of_tomorrow', amount: '0.1', taxes: null, links: null },
    ];
    const page = (rows: unknown[], after: string | null) => ({
      body: { payout_items: rows, meta: { cursors: { before: null, after }, limit: 500 } },
    });
    provider.script(page(first, 'cursor1'), page(second, null));
    const none = { paymentId: null, refundId: null, mandateId: null };
    expect(await payouts.listItems('PO1')).toEqual([
      { ...none, type: 'payment_paid_out', amountTenths: 100_000n, taxTenths: 0n, paymentId: 'PM1' },
      { ...none, type: 'gocardless_fee', amountTenths: -2_643n, taxTenths: -445n, paymentId: 'PM1' },
      { ...none, type: 'refund', amountTenths: -7_500n, taxTenths: 0n, refundId: 'RF1', mandateId: 'MD1' },
      { ...none, type: 'rebate_of_tomorrow', amountTenths: 1n, taxTenths: 0n },
    ]);
    expect(
      provider.requests.map(({ path, query }) => [path, query.get('payout'), query.get('after')]),
    ).toEqual([
      ['/payout_items', 'PO1', null],
      ['/payout_items', 'PO1', 'cursor1'],
    ]);
  });

  test.each(['1.25', 'NaN', '', '1e3', 12.34])('an item of %p is refused, not guessed', async (amount) => {
    const item = { type: 'payment_paid_out', amount, taxes: [], links: {} };
    provider.script({ body: { payout_items: [item], meta: { cursors: { before: null, after: null } } } });
    await expect(payouts.listItems('PO1')).rejects.toMatchObject({
      kind: 'rejected',
      reason: 'schema_mismatch',
    });
  });

  test('items GoCardless keeps no longer are null', async () => {
    const error = { type: 'invalid_api_usage', code: 410, message: 'gone', errors: [] };
    provider.script({ status: 410, body: { error } });
    expect(await payouts.listItems('PO1')).toBeNull();
  });

  test('what fails for another reason is thrown', async () => {
    provider.script({ status: 502, body: '<html>' });
    await expect(payouts.listItems('PO1')).rejects.toMatchObject({ kind: 'transient' });
    const error = { type: 'invalid_api_usage', code: 403, message: 'Forbidden', errors: [] };
    provider.script({ status: 403, body: { error } });
    await expect(payouts.getRefund('RF1')).rejects.toMatchObject({ provider: 'gocardless', status: 403 });
  });

  test('payouts are listed from a moment on, older ones left out whatever the filter did', async () => {
    const older = { ...payout, id: 'PO0', created_at: '2024-03-01T00:00:00.000Z' };
    const meta = { cursors: { before: null, after: null } };
    provider.script({ body: { payouts: [payout, older], meta } });
    const listed = await all(payouts.listPayouts('2024-03-20T00:00:00.000Z'));
    expect(listed.map(({ id }) => id)).toEqual(['PO000AQRT26VF2']);
    expect(provider.requests[0]?.query.get('created_at[gte]')).toBe('2024-03-20T00:00:00.000Z');
  });

  test('a refund, of a payment or of a mandate', async () => {
    const refund = { id: 'RF1', amount: 100, created_at: '2024-03-22T10:13:00.000Z', currency: 'GBP' };
    provider.script(
      { body: { refunds: { ...refund, status: 'created', links: { payment: 'PM1', mandate: 'MD1' } } } },
      { body: { refunds: { ...refund, status: 'funds_returned', links: { mandate: 'MD1' } } } },
    );
    expect(await payouts.getRefund('RF1')).toEqual({
      id: 'RF1',
      metadata: {},
      amount: { minor: 100n, currency: 'GBP' },
      status: 'created',
      paymentId: 'PM1',
      mandateId: 'MD1',
      createdAt: '2024-03-22T10:13:00.000Z',
    });
    expect(await payouts.getRefund('RF1')).toMatchObject({ status: 'funds_returned', paymentId: null });
  });

  test('what does not exist, like the dashboard’s test event, is null', async () => {
    const error = { type: 'invalid_api_usage', code: 404, message: 'Not found', errors: [] };
    provider.script({ status: 404, body: { error } }, { status: 404, body: { error } });
    expect(await payouts.getPayout('index_ID_123')).toBeNull();
    expect(await payouts.getRefund('index_ID_123')).toBeNull();
  });
});

describe('against the sandbox', () => {
  let sandbox: Sandbox;
  let payouts: Payouts;

  beforeAll(async () => {
    const clock = new SandboxClock({ start: new Date('2026-11-02T09:00:00Z') });
    sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0, clock });
    payouts = gocardlessPayouts(accessTo(sandbox.urls.gocardless, sandbox.gocardless.accessToken));
  });
  afterAll(() => sandbox.close());

  function paidOut(amount: number): string {
    const { scenarios } = sandbox.gocardless;
    const { mandate } = scenarios.addPayer({ email: 'frank@example.test' });
    const { id } = scenarios.addForeignPayment({ mandate: mandate.id, amount });
    scenarios.payOutPayment({ payment: id });
    return id;
  }

  test('a payout and its items are what was paid, with fees, tax, a refund and a late failure', async () => {
    const { scenarios } = sandbox.gocardless;
    const [refunded, failed] = [paidOut(20_000), paidOut(15_000)];
    const refund = scenarios.refundPayment({ payment: refunded, amount: 1_234 });
    scenarios.failPayment({ payment: failed });
    const good = paidOut(90_000);
    const booked = sandbox.gocardless.books().payments.find(({ id }) => id === good);
    const newest = await payouts.getPayout(booked?.links.payout ?? '');
    const items = (await payouts.listItems(newest?.id ?? '')) ?? [];
    expect(newest).toMatchObject({ status: 'paid', arrivalDate: '2026-11-02', exchange: null });
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'payment_paid_out', amountTenths: 900_000n, paymentId: good }),
        expect.objectContaining({ type: 'payment_failed', amountTenths: -150_000n, paymentId: failed }),
        expect.objectContaining({ type: 'payment_refunded', paymentId: refunded, refundId: refund.id }),
      ]),
    );
    expect(addsUp(newest?.net.minor ?? 0n, sumsOf(items))).toBe(true);
    expect(taxMinorOf(items)).not.toBe(0n);
    expect(await all(payouts.listPayouts('2026-11-01T00:00:00.000Z'))).toContainEqual(newest);
    expect(await payouts.getRefund(refund.id)).toMatchObject({ paymentId: refunded });
  });

  test('an exchanged one is pending until its rate is confirmed; one that came back says so', async () => {
    const { scenarios } = sandbox.gocardless;
    scenarios.useFxPayouts({ currency: 'EUR' });
    paidOut(30_000);
    const exchanged = (await all(payouts.listPayouts('2026-11-01T00:00:00.000Z'))).find(
      ({ exchange }) => exchange !== null,
    );
    expect(exchanged).toMatchObject({
      status: 'pending',
      arrivalDate: null,
      exchange: { currency: 'EUR', amountMinor: null, rate: null },
    });
    scenarios.confirmExchangeRate({ payout: exchanged?.id ?? '' });
    expect(await payouts.getPayout(exchanged?.id ?? '')).toMatchObject({
      status: 'paid',
      exchange: { currency: 'EUR', amountMinor: expect.any(BigInt), rate: '1.157519' },
    });
    scenarios.bouncePayout({ payout: exchanged?.id ?? '' });
    expect(await payouts.getPayout(exchanged?.id ?? '')).toMatchObject({ status: 'bounced' });
    expect(await all(payouts.listBounces('2026-11-01T00:00:00.000Z'))).toMatchObject([
      { payoutId: exchanged?.id },
    ]);
  });

  test('after six months the items are gone, the payout is not', async () => {
    const [payout] = await all(payouts.listPayouts('2026-11-01T00:00:00.000Z'));
    await sandbox.clock.advanceDays(200);
    expect(await payouts.listItems(payout?.id ?? '')).toBeNull();
    expect(await payouts.getPayout(payout?.id ?? '')).not.toBeNull();
  });
});
