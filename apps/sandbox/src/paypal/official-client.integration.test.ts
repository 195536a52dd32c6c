import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ApiError,
  CheckoutPaymentIntent,
  OrdersController,
  PaymentsController,
  SubscriptionsController,
  TransactionSearchController,
} from '@paypal/paypal-server-sdk';
import type { Client, Order } from '@paypal/paypal-server-sdk';
import { officialPaypal } from '../../../../tests/support/official-paypal.ts';
import { SANDBOX_MERCHANT } from './sandbox.ts';
import { startStand } from './test-stand.ts';
import type { Stand } from './test-stand.ts';

/**
 * `@paypal/paypal-server-sdk` against the sandbox. It checks every answer against its own models, so what it gives back
 * has passed PayPal's types. It reaches: the token endpoint, orders, captures and refunds, Transaction Search and
 * balances, subscriptions. It has nothing for webhooks, certificates, sales, invoices and disputes: those are checked
 * against the recorded shapes (payments.integration.test.ts, webhooks.integration.test.ts).
 */

let stand: Stand;
let client: Client;
let urls: string[];

beforeEach(async () => {
  stand = await startStand();
  urls = [];
  client = officialPaypal(stand.sandbox.urls.paypal, SANDBOX_MERCHANT, ({ url = '' }) => urls.push(url));
});

afterEach(() => stand.sandbox.close());

/** The error a call ends with; fails when there is none. */
async function refusal(call: Promise<unknown>): Promise<ApiError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ApiError);
  return outcome as ApiError;
}

const bodyOf = ({ body }: ApiError): unknown => JSON.parse(body as string);

async function approvedOrder(invoiceId = 'INV-1'): Promise<Order> {
  const orders = new OrdersController(client);
  const { result } = await orders.createOrder({
    body: {
      intent: CheckoutPaymentIntent.Capture,
      purchaseUnits: [{ amount: { currencyCode: 'GBP', value: '100.00' }, invoiceId, customId: 'c-1' }],
    },
    prefer: 'return=representation',
  });
  stand.play.approveOrder({
    orderId: result.id ?? '',
    payerEmail: 'ann@buyer.example',
    payerName: 'Ann Buyer',
  });
  return result;
}

describe("PayPal's own client", () => {
  it('gets one token and uses it', async () => {
    stand.paypal.settings.reuseTokens = false;
    const before = stand.paypal.tokens.issued;
    await approvedOrder();
    await approvedOrder();
    expect(stand.paypal.tokens.issued).toBe(before + 1);
    expect(urls.map((url) => new URL(url).pathname)).toEqual([
      '/v1/oauth2/token',
      '/v2/checkout/orders',
      '/v2/checkout/orders',
    ]);
    const stranger = officialPaypal(stand.sandbox.urls.paypal, { clientId: 'x', clientSecret: 'y' });
    const refused = await refusal(new OrdersController(stranger).getOrder({ id: 'X' }));
    expect(refused.statusCode).toBe(401);
  });

  it('makes an order, captures it, reads both', async () => {
    const orders = new OrdersController(client);
    const order = await approvedOrder();
    expect(order).toMatchObject({
      status: 'CREATED',
      intent: 'CAPTURE',
      purchaseUnits: [{ invoiceId: 'INV-1' }],
    });
    const captured = await orders.captureOrder({ id: order.id ?? '', prefer: 'return=representation' });
    expect(captured.statusCode).toBe(201);
    expect(captured.result).toMatchObject({
      status: 'COMPLETED',
      paymentSource: { paypal: { emailAddress: 'ann@buyer.example' } },
      purchaseUnits: [{ payments: { captures: [{ status: 'COMPLETED', customId: 'c-1' }] } }],
    });
    const captureId = captured.result.purchaseUnits?.[0]?.payments?.captures?.[0]?.id ?? '';
    const { result } = await new PaymentsController(client).getCapturedPayment({ captureId });
    expect(result).toMatchObject({
      id: captureId,
      invoiceId: 'INV-1',
      finalCapture: true,
      payee: { merchantId: SANDBOX_MERCHANT.merchantId },
      sellerReceivableBreakdown: {
        grossAmount: { currencyCode: 'GBP', value: '100.00' },
        paypalFee: { value: '3.20' },
        netAmount: { value: '96.80' },
      },
      supplementaryData: { relatedIds: { orderId: order.id } },
    });
  });

  it('reads every kind of capture', async () => {
    const payments = new PaymentsController(client);
    const read = async (captureId: string): Promise<unknown> =>
      (await payments.getCapturedPayment({ captureId })).result;
    const pending = stand.play.pendingPayment({ amount: '2.51', currency: 'USD' });
    expect(await read(pending.captureId)).toMatchObject({
      status: 'PENDING',
      statusDetails: { reason: 'UNILATERAL' },
    });
    const declined = stand.play.declinedPayment({ amount: '2.51', currency: 'USD' });
    expect(await read(declined.captureId)).toMatchObject({ status: 'DECLINED' });
    const settled = stand.play.payerPays({
      amount: '50.60',
      currency: 'USD',
      settlement: { currency: 'GBP', rate: '0.757046355' },
      valueDecimals: 6,
    });
    expect(await read(settled.captureId)).toMatchObject({
      amount: { value: '50.600000' },
      sellerReceivableBreakdown: { exchangeRate: { sourceCurrency: 'USD', targetCurrency: 'GBP' } },
    });
    const card = stand.play.payerPays({ amount: '1', currency: 'JPY', payerEmail: null });
    const { result } = await new OrdersController(client).getOrder({ id: card.orderId ?? '' });
    expect(result).toMatchObject({ paymentSource: { card: { brand: 'VISA' } } });
    expect(result.payer).toBeUndefined();
  });

  it('refunds, and repeats a refund under one request id', async () => {
    const payments = new PaymentsController(client);
    const { captureId } = stand.play.payerPays({ amount: '100.00', invoiceId: 'INV-2' });
    const refund = (): ReturnType<typeof payments.refundCapturedPayment> =>
      payments.refundCapturedPayment({
        captureId,
        paypalRequestId: 'r-1',
        prefer: 'return=representation',
        body: { amount: { currencyCode: 'GBP', value: '40.00' }, noteToPayer: 'Sorry' },
      });
    const [first, again] = [await refund(), await refund()];
    expect([first.statusCode, again.statusCode]).toEqual([201, 200]);
    expect(again.result.id).toBe(first.result.id);
    const { result } = await payments.getRefund({ refundId: first.result.id ?? '' });
    expect(result).toMatchObject({
      status: 'COMPLETED',
      invoiceId: 'INV-2',
      noteToPayer: 'Sorry',
      sellerPayableBreakdown: { totalRefundedAmount: { value: '40.00' } },
      payer: { merchantId: SANDBOX_MERCHANT.merchantId },
    });
    expect(stand.paypal.books().refunds).toHaveLength(1);
  });

  it('understands refusals', async () => {
    const payments = new PaymentsController(client);
    const unknown = await refusal(payments.getCapturedPayment({ captureId: '0AB12345CD678901E' }));
    expect(unknown.statusCode).toBe(404);
    expect(unknown.result).toMatchObject({ name: 'RESOURCE_NOT_FOUND' });
    expect(bodyOf(unknown)).toMatchObject({ debug_id: unknown.headers['paypal-debug-id'] });
    const { captureId } = stand.play.pendingPayment({ amount: '5.00' });
    const tooEarly = await refusal(payments.refundCapturedPayment({ captureId }));
    expect(tooEarly.result).toMatchObject({
      name: 'UNPROCESSABLE_ENTITY',
      details: [{ issue: 'PENDING_CAPTURE' }],
    });
    stand.paypal.faults.add({ kind: 'rate-limit', path: '/captures' });
    expect((await refusal(payments.getCapturedPayment({ captureId }))).statusCode).toBe(429);
    stand.paypal.faults.add({ kind: 'status', status: 500, path: '/captures' });
    const failed = await refusal(payments.getCapturedPayment({ captureId }));
    expect(bodyOf(failed)).toMatchObject({ name: 'INTERNAL_SERVER_ERROR' });
  });

  it('searches transactions', async () => {
    const paid = stand.play.payerPays({
      amount: '30.00',
      payerEmail: 'ann@buyer.example',
      invoiceId: 'INV-3',
    });
    stand.play.refund({ captureId: paid.captureId, amount: '5.00' });
    await stand.sandbox.clock.advanceDays(0.2);
    const search = new TransactionSearchController(client);
    const window = { startDate: '2026-11-01T00:00:00Z', endDate: '2026-11-30T23:59:59Z' };
    const { result } = await search.searchTransactions({ ...window, fields: 'all', pageSize: 1 });
    expect(result).toMatchObject({
      totalItems: 2,
      totalPages: 2,
      page: 1,
      accountNumber: SANDBOX_MERCHANT.merchantId,
    });
    expect(result.transactionDetails?.[0]).toMatchObject({
      transactionInfo: {
        transactionId: paid.captureId,
        transactionEventCode: 'T0006',
        feeAmount: { value: '-1.17' },
        invoiceId: 'INV-3',
      },
      payerInfo: { emailAddress: 'ann@buyer.example' },
    });
    const second = await search.searchTransactions({ ...window, pageSize: 1, page: 2 });
    expect(second.result.transactionDetails).toMatchObject([
      { transactionInfo: { transactionAmount: { value: '-5.00' } } },
    ]);
    expect((await search.searchBalances({})).result.balances).toMatchObject([{ currency: 'GBP' }]);
    const asOf = async (asOfTime: string): Promise<unknown> =>
      (await search.searchBalances({ asOfTime, currencyCode: 'GBP' })).result.balances;
    expect(await asOf('2026-11-02T08:00:00Z')).toEqual([]);
    expect(await asOf('2026-11-02T10:00:00Z')).toMatchObject([{ totalBalance: { value: '23.83' } }]);
    const tooLong = await refusal(search.searchTransactions({ ...window, endDate: '2026-12-31T00:00:00Z' }));
    expect(bodyOf(tooLong)).toMatchObject({ name: 'INVALID_REQUEST' });
    stand.paypal.settings.reportingForbidden = ['transactions'];
    expect((await refusal(search.searchTransactions(window))).statusCode).toBe(403);
    expect(await asOf('2026-11-02T10:00:00Z')).toHaveLength(1);
  });

  it('reads subscriptions and what was collected for them', async () => {
    const { subscriptionId } = stand.play.startSubscription({
      payerEmail: 's@buyer.example',
      amount: '4.99',
    });
    const { saleId } = stand.play.subscriptionSale({ subscriptionId });
    const subscriptions = new SubscriptionsController(client);
    const { result } = await subscriptions.getSubscription({ id: subscriptionId });
    expect(result).toMatchObject({ status: 'ACTIVE', subscriber: { emailAddress: 's@buyer.example' } });
    const window = { startTime: '2026-11-01T00:00:00Z', endTime: '2026-11-30T00:00:00Z' };
    const sales = await subscriptions.listSubscriptionTransactions({ id: subscriptionId, ...window });
    expect(sales.result.transactions).toMatchObject([{ id: saleId, status: 'COMPLETED' }]);
  });
});
