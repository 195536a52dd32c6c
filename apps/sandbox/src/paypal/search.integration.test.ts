import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SHAPES } from '../../../../tests/support/paypal-shapes.ts';
import { misfits } from '../../../../tests/support/shape.ts';
import { startStand } from './test-stand.ts';
import type { Stand } from './test-stand.ts';

interface Found {
  transaction_details: {
    transaction_info: Record<string, unknown>;
    payer_info?: Record<string, unknown>;
  }[];
  total_items: number;
  total_pages: number;
  page: number;
  last_refreshed_datetime: string;
  links: { rel: string; href: string }[];
}

let stand: Stand;

beforeEach(async () => {
  stand = await startStand();
});

afterEach(() => stand.sandbox.close());

const PATH = '/v1/reporting/transactions';

const ask = (query: Record<string, string> = {}): ReturnType<Stand['call']> => {
  const window = { start_date: '2026-11-01T00:00:00Z', end_date: '2026-11-30T23:59:59Z' };
  return stand.get(`${PATH}?${new URLSearchParams({ ...window, ...query }).toString()}`);
};

async function search(query: Record<string, string> = {}): Promise<Found> {
  const { status, body } = await ask(query);
  expect({ status, misfits: misfits(body, SHAPES.search) }).toEqual({ status: 200, misfits: [] });
  return body as Found;
}

const codes = ({ transaction_details }: Found): unknown[] =>
  transaction_details.map(({ transaction_info: info }) => info['transaction_event_code']);

/** Tokens live by the sandbox's clock too. */
async function later(days: number): Promise<void> {
  await stand.sandbox.clock.advanceDays(days);
  stand.token = ((await stand.askToken()).body as { access_token: string }).access_token;
}

describe('Transaction Search', () => {
  it('shows a payment hours later, its fee negative, its payer when asked for', async () => {
    const { captureId, orderId } = stand.play.payerPays({
      amount: '465.00',
      currency: 'USD',
      fee: '13.79',
      payerEmail: 'ann@buyer.example',
      invoiceId: 'Invoice-005',
      webhook: 'none',
    });
    expect((await search()).transaction_details).toEqual([]);
    await later(0.2);
    const [row] = (await search({ fields: 'all' })).transaction_details;
    expect(row).toMatchObject({
      transaction_info: {
        transaction_id: captureId,
        transaction_event_code: 'T0006',
        paypal_reference_id: orderId,
        paypal_reference_id_type: 'ODR',
        transaction_amount: { currency_code: 'USD', value: '465.00' },
        fee_amount: { value: '-13.79' },
        transaction_status: 'S',
        invoice_id: 'Invoice-005',
        ending_balance: { value: '451.21' },
        transaction_initiation_date: expect.stringMatching(/^2026-11-02T09:00:\d\d\+0000$/),
      },
      payer_info: { email_address: 'ann@buyer.example' },
    });
    const filtered = await search({ transaction_id: captureId });
    expect(filtered.transaction_details[0]).not.toHaveProperty('payer_info');
    expect(filtered.transaction_details[0]?.transaction_info).not.toHaveProperty('ending_balance');
  });

  it('shows pending payments only to who asks, in the window they began in', async () => {
    const { captureId } = stand.play.pendingPayment({ amount: '10.00', fee: '0.59' });
    await later(1);
    expect(codes(await search())).toEqual([]);
    const pending = await search({ balance_affecting_records_only: 'N', transaction_status: 'P' });
    expect(pending.transaction_details[0]?.transaction_info).not.toHaveProperty('fee_amount');
    await later(4);
    stand.play.completePayment({ captureId });
    expect(codes(await search())).toEqual([]);
    await later(0.2);
    const firstDay = { start_date: '2026-11-02T00:00:00Z', end_date: '2026-11-02T23:59:59Z' };
    expect((await search(firstDay)).transaction_details[0]?.transaction_info).toMatchObject({
      transaction_status: 'S',
      fee_amount: { value: '-0.59' },
      transaction_updated_date: expect.stringContaining('2026-11-07'),
    });
    expect(codes(await search({ start_date: '2026-11-03T00:00:00Z' }))).toEqual([]);
  });

  it('has rows of every kind, two of them under one id', async () => {
    const { captureId } = stand.play.payerPays({ amount: '100.00', isAuthorized: true });
    stand.play.refund({ captureId, amount: '40.00', feeReturned: '0.50' });
    const other = stand.play.payerPays({ amount: '30.00' }).captureId;
    const { disputeId } = stand.play.openDispute({ paymentId: other, channel: 'EXTERNAL' });
    stand.play.resolveDispute({ disputeId });
    stand.play.winChargeback({ captureId: other });
    stand.play.subscriptionSale({ amount: '5.00' });
    stand.play.withdraw({ amount: '20.00' });
    await later(0.5);
    expect(codes(await search())).toEqual([
      'T0006',
      'T1107',
      'T0006',
      'T1110',
      'T1111',
      'T1201',
      'T1202',
      'T0002',
      'T0400',
    ]);
    const same = await search({ transaction_id: captureId, balance_affecting_records_only: 'N' });
    expect(codes(same)).toEqual(['T1300', 'T0006']);
    const [refund] = (await search({ transaction_type: 'T1107' })).transaction_details;
    expect(refund?.transaction_info).toMatchObject({
      transaction_amount: { value: '-40.00' },
      fee_amount: { value: '0.50' },
      paypal_reference_id: captureId,
      paypal_reference_id_type: 'TXN',
    });
    expect(codes(await search({ transaction_status: 'V' }))).toEqual(['T0006']);
    expect(codes(await search({ transaction_amount: '[9000 TO 10000]' }))).toEqual(['T0006']);
    expect((await stand.get('/v1/reporting/balances')).body).toMatchObject({
      balances: [{ currency: 'GBP', total_balance: { value: stand.paypal.books().totals['GBP']?.balance } }],
    });
  });

  it('goes page by page, the links naming another host', async () => {
    for (let at = 0; at < 5; at += 1) stand.play.payerPays({ amount: `${at + 1}.00` });
    await later(0.2);
    const first = await search({ page_size: '2' });
    expect(first).toMatchObject({ page: 1, total_items: 5, total_pages: 3 });
    const next = new URL(first.links.find(({ rel }) => rel === 'next')?.href ?? '');
    const second = (await stand.get(next.pathname + next.search)).body as Found;
    expect(second.page).toBe(2);
    const last = await search({ page_size: '2', page: '3' });
    expect(last.transaction_details).toHaveLength(1);
    expect(last.links.map(({ rel }) => rel)).toEqual(['self', 'first', 'prev']);
    expect((await search({ page: '9' })).transaction_details).toEqual([]);
  });

  it('refuses a result that is too large', async () => {
    stand.paypal.settings.searchItemsMax = 1;
    stand.play.payerPays({ amount: '1.00' });
    stand.play.payerPays({ amount: '2.00' });
    await later(0.2);
    const { status, body } = await ask();
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { name: 'RESULTSET_TOO_LARGE', total_items: 2, maximum_items: 1 },
    });
    expect(misfits(body, SHAPES.error)).toEqual([]);
  });

  it.each([
    [{ start_date: '2026-11-01' }, 'start_date', 'Invalid date passed'],
    [{ end_date: '2026-12-03T00:00:00Z' }, 'end_date', 'Date range is greater than 31 days'],
    [{ page_size: '501' }, 'page_size', 'INVALID_PARAMETER_VALUE'],
    [{ page: '0' }, 'page', 'INVALID_PARAMETER_VALUE'],
    [{ transaction_status: 'X' }, 'transaction_status', 'INVALID_PARAMETER_SYNTAX'],
    [{ transaction_id: 'short' }, 'transaction_id', 'INVALID_PARAMETER_SYNTAX'],
    [{ transaction_amount: '5' }, 'transaction_amount', 'INVALID_PARAMETER_SYNTAX'],
    [{ fields: 'everything' }, 'fields', 'INVALID_PARAMETER_VALUE'],
  ])('refuses %j', async (query, field, issue) => {
    expect(await ask(query)).toMatchObject({
      status: 400,
      body: { name: 'INVALID_REQUEST', details: [{ field, issue, location: 'query' }] },
    });
  });

  it('takes dates of any offset, and has nothing to say about what it does not know', async () => {
    stand.play.payerPays({ amount: '1.00' });
    await later(0.2);
    const offset = { start_date: '2026-11-01T17:00:00-0700', end_date: '2026-11-02T09:30:00+00:00' };
    expect(codes(await search(offset))).toEqual(['T0006']);
    const unavailable = 'Data for the given start date is not available.';
    const future = { start_date: '2026-11-02T13:00:00Z', end_date: '2026-11-03T00:00:00Z' };
    expect(await ask(future)).toMatchObject({ status: 400, body: { message: unavailable, details: [] } });
    stand.paypal.settings.searchUnavailableStatus = 404;
    const old = { start_date: '2023-01-01T00:00:00Z', end_date: '2023-01-02T00:00:00Z' };
    expect(await ask(old)).toMatchObject({
      status: 404,
      body: { name: 'INVALID_REQUEST', message: unavailable },
    });
  });
});
