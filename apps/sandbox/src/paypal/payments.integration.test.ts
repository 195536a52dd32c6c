import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EVENT_SHAPES, SHAPES } from '../../../../tests/support/paypal-shapes.ts';
import { misfits } from '../../../../tests/support/shape.ts';
import type { Shape } from '../../../../tests/support/shape.ts';
import { startReceiver, startStand } from './test-stand.ts';
import type { Receiver, Stand } from './test-stand.ts';

let stand: Stand;
let receiver: Receiver;

beforeEach(async () => {
  [stand, receiver] = await Promise.all([startStand(), startReceiver()]);
  stand.paypal.addWebhook({ url: receiver.url });
});

afterEach(async () => {
  receiver.close();
  await stand.sandbox.close();
});

/** Waits for an event and checks its shape; gives its resource. */
async function resourceOf(type: string, shape: Shape): Promise<Record<string, unknown>> {
  await stand.sandbox.idle();
  const event = receiver.event(type);
  expect(misfits(event, shape)).toEqual([]);
  return event.resource;
}

/** Fetches something and checks its shape. */
async function fetched(path: string, shape: Shape): Promise<Record<string, unknown>> {
  const { status, body } = await stand.get(path);
  expect(status).toBe(200);
  expect(misfits(body, shape)).toEqual([]);
  return body as Record<string, unknown>;
}

it('is checked against shapes that do refuse', () => {
  const money = { currency_code: 'USD', value: '1.00' };
  const fits = { gross_amount: money, paypal_fee: money, net_amount: money, total_refunded_amount: money };
  const shape = SHAPES.refund.seller_payable_breakdown;
  expect(misfits(fits, shape)).toEqual([]);
  expect(misfits({ ...fits, net_amount: { ...money, value: '+1' } }, shape)).toHaveLength(1);
  expect(misfits({ ...fits, net_amount: undefined, fee: money }, shape)).toHaveLength(2);
});

const usd = (value: string): object => ({ currency_code: 'USD', value });

describe('captures', () => {
  it('have amounts that add up, references, and the e-mail address of the merchant only', async () => {
    const { captureId, orderId } = stand.play.payerPays({
      amount: '30.00',
      currency: 'USD',
      payerEmail: 'ann@buyer.example',
      invoiceId: '5840243-146',
      customId: 'c-1',
      fee: '1.54',
      platformFee: '2.00',
    });
    const capture = await fetched(`/v2/payments/captures/${captureId}`, SHAPES.capture);
    expect(capture).toMatchObject({
      status: 'COMPLETED',
      amount: usd('30.00'),
      invoice_id: '5840243-146',
      custom_id: 'c-1',
      seller_receivable_breakdown: {
        gross_amount: usd('30.00'),
        paypal_fee: usd('1.54'),
        platform_fees: [{ amount: usd('2.00') }],
        net_amount: usd('26.46'),
      },
      supplementary_data: { related_ids: { order_id: orderId } },
      payee: { merchant_id: stand.paypal.account.merchantId },
    });
    expect(JSON.stringify(capture)).not.toContain('ann@buyer.example');
    const resource = await resourceOf('PAYMENT.CAPTURE.COMPLETED', EVENT_SHAPES.capture);
    expect(Object.keys(resource)[0]).toBe('payee');
    expect(receiver.event('PAYMENT.CAPTURE.COMPLETED').summary).toBe('Payment completed for $ 30.0 USD');
    const order = await fetched(`/v2/checkout/orders/${orderId ?? ''}`, SHAPES.order);
    expect(order).toMatchObject({ status: 'COMPLETED', payer: { email_address: 'ann@buyer.example' } });
    const completed = await resourceOf('CHECKOUT.ORDER.COMPLETED', EVENT_SHAPES.order);
    expect(completed).toMatchObject({ purchase_units: [{ payments: { captures: [{ id: captureId }] } }] });
    const approved = await resourceOf('CHECKOUT.ORDER.APPROVED', EVENT_SHAPES.order);
    expect(JSON.stringify(approved)).not.toContain('captures":');
  });

  it('wait and come through under the same id; fee and net come with the money', async () => {
    const { captureId } = stand.play.pendingPayment({ amount: '50.60', currency: 'USD', fee: '2.02' });
    const pending = await resourceOf('PAYMENT.CAPTURE.PENDING', EVENT_SHAPES.capture);
    expect(pending).toMatchObject({
      id: captureId,
      status: 'PENDING',
      status_details: { reason: 'UNILATERAL' },
    });
    expect(pending).not.toHaveProperty('seller_receivable_breakdown');
    await stand.sandbox.clock.advanceDays(2);
    stand.play.completePayment({ captureId });
    const completed = await resourceOf('PAYMENT.CAPTURE.COMPLETED', EVENT_SHAPES.capture);
    expect(completed).toMatchObject({
      id: captureId,
      seller_receivable_breakdown: { net_amount: usd('48.58') },
    });
    expect(completed['create_time']).toBe(pending['create_time']);
    expect(() => stand.play.completePayment({ captureId })).toThrow('CAPTURE_STATUS_NOT_VALID');
  });

  it('can be settled in another currency, with six decimals, from an authorization', async () => {
    const { captureId } = stand.play.payerPays({
      amount: '50.60',
      currency: 'USD',
      fee: '2.02',
      settlement: { currency: 'GBP', rate: '0.757046355' },
      valueDecimals: 6,
      isAuthorized: true,
      finalCapture: false,
    });
    const { body } = await stand.get(`/v2/payments/captures/${captureId}`);
    expect(body).toMatchObject({
      amount: usd('50.600000'),
      final_capture: false,
      seller_receivable_breakdown: {
        gross_amount: usd('50.60'),
        receivable_amount: { currency_code: 'GBP', value: '36.78' },
        exchange_rate: { value: '0.757046355' },
      },
      supplementary_data: { related_ids: { authorization_id: expect.any(String) } },
    });
    const { links } = body as { links: { rel: string; href: string }[] };
    expect(links.find(({ rel }) => rel === 'up')?.href).toContain('/v2/payments/authorizations/');
    expect(stand.paypal.books().totals).toMatchObject({
      GBP: { balance: '36.78' },
      USD: { balance: '0.00' },
    });
  });

  it('are DECLINED inside a DENIED event, with a net amount and no fee', async () => {
    stand.play.declinedPayment({ amount: '185.10', currency: 'USD', platformFee: '0.50', event: 'DENIED' });
    const resource = await resourceOf('PAYMENT.CAPTURE.DENIED', EVENT_SHAPES.capture);
    expect(resource).toMatchObject({
      status: 'DECLINED',
      seller_receivable_breakdown: { net_amount: usd('184.60') },
    });
    expect(resource['seller_receivable_breakdown']).not.toHaveProperty('paypal_fee');
    const { captureId } = stand.play.pendingPayment({ amount: '1.00' });
    expect(stand.play.denyPayment({ captureId, event: 'DECLINED' }).status).toBe('DECLINED');
    expect(stand.paypal.books().totals).toMatchObject({ USD: { received: '0.00', balance: '0.00' } });
  });

  it('have another shape when the shop used v1', async () => {
    const { captureId } = stand.play.payerPays({ amount: '12.00', resourceVersion: 'v1', invoiceId: 'A-1' });
    const resource = await resourceOf('PAYMENT.CAPTURE.COMPLETED', EVENT_SHAPES.oldCapture);
    expect(resource).toMatchObject({ state: 'completed', amount: { total: '12.00' }, invoice_number: 'A-1' });
    const parent = String(resource['parent_payment']);
    expect((await stand.get(`/v1/payments/payment/${parent}`)).body).toMatchObject({
      payer: { payer_info: { email: 'sb-buyer@personal.example.com' } },
    });
    await fetched(`/v1/payments/capture/${captureId}`, SHAPES.oldCapture);
    await fetched(`/v2/payments/captures/${captureId}`, SHAPES.capture);
    stand.play.refund({ captureId, amount: '0.15' });
    const refund = await resourceOf('PAYMENT.CAPTURE.REFUNDED', EVENT_SHAPES.oldRefundOfCapture);
    expect(refund).toMatchObject({ capture_id: captureId, amount: { total: '-0.15' } });
  });

  it('tell no payer when a card paid, and less when the settings say so', async () => {
    stand.paypal.settings.captureEventLacks = ['payee', 'supplementary_data', 'invoice_id', 'custom_id'];
    const { orderId } = stand.play.payerPays({ amount: '5.00', payerEmail: null, invoiceId: 'A-2' });
    const order = await fetched(`/v2/checkout/orders/${orderId ?? ''}`, SHAPES.order);
    expect(order).not.toHaveProperty('payer');
    const resource = await resourceOf('PAYMENT.CAPTURE.COMPLETED', EVENT_SHAPES.capture);
    expect(resource).not.toHaveProperty('payee');
    expect(resource).not.toHaveProperty('invoice_id');
    expect(resource['links']).toContainEqual(expect.objectContaining({ rel: 'up' }));
  });

  it('may repeat an invoice id unless the account blocks that', () => {
    const pay = (): unknown => stand.play.payerPays({ amount: '1.00', invoiceId: 'A-3' });
    pay();
    pay();
    stand.paypal.settings.blockDuplicateInvoiceIds = true;
    expect(pay).toThrow('DUPLICATE_INVOICE_ID');
  });
});

describe('orders', () => {
  const unit = { amount: { currency_code: 'GBP', value: '10.00' }, invoice_id: 'INV-9' };
  const post = (path: string, body?: unknown, headers = {}): ReturnType<Stand['call']> =>
    stand.call('POST', path, { body: body ?? {}, headers });

  it('are made, approved on the page, captured once', async () => {
    const body = { intent: 'CAPTURE', purchase_units: [unit] };
    const made = await post('/v2/checkout/orders', body, { 'paypal-request-id': 'r-1' });
    const { id, links } = made.body as { id: string; links: { rel: string; href: string }[] };
    expect(made).toMatchObject({ status: 201, body: { status: 'CREATED' } });
    expect(await post('/v2/checkout/orders', body, { 'paypal-request-id': 'r-1' })).toMatchObject({
      status: 200,
      body: { id },
    });
    const capture = `/v2/checkout/orders/${id}/capture`;
    expect(await post(capture)).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'ORDER_NOT_APPROVED' }] },
    });
    await fetch(links.find(({ rel }) => rel === 'approve')?.href ?? '');
    const whole = { prefer: 'return=representation', 'paypal-request-id': 'r-2' };
    const captured = await post(capture, {}, whole);
    expect(captured.status).toBe(201);
    expect(misfits(captured.body, SHAPES.order)).toEqual([]);
    expect(await post(capture, {}, whole)).toMatchObject({ status: 200, body: { status: 'COMPLETED' } });
    expect(await post(capture)).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'ORDER_ALREADY_CAPTURED' }] },
    });
    expect(stand.paypal.books().captures).toMatchObject([
      { amount: '10.00', invoiceId: 'INV-9', status: 'COMPLETED' },
    ]);
  });

  it.each([
    ['/intent', {}, 400, 'MISSING_REQUIRED_PARAMETER'],
    ['/purchase_units', { intent: 'CAPTURE' }, 400, 'MISSING_REQUIRED_PARAMETER'],
    [
      '/purchase_units/0/amount/value',
      { intent: 'CAPTURE', purchase_units: [{ amount: { currency_code: 'JPY', value: '1.50' } }] },
      422,
      'DECIMALS_NOT_SUPPORTED',
    ],
    [
      '/purchase_units/0/amount/value',
      { intent: 'CAPTURE', purchase_units: [{ amount: { currency_code: 'GBP', value: '1.505' } }] },
      422,
      'DECIMAL_PRECISION',
    ],
  ])('are refused for %s', async (field, body, status, issue) => {
    const answer = await post('/v2/checkout/orders', body);
    expect(answer).toMatchObject({ status, body: { details: [{ field, issue }] } });
    expect(misfits(answer.body, SHAPES.error)).toEqual([]);
  });

  it('are gone when nobody captures them in time', async () => {
    const made = await post('/v2/checkout/orders', { intent: 'CAPTURE', purchase_units: [unit] });
    const { id: orderId } = made.body as { id: string };
    stand.play.approveOrder({ orderId, payerEmail: 'late@buyer.example' });
    await stand.sandbox.clock.advanceDays(0.2);
    await resourceOf('CHECKOUT.PAYMENT-APPROVAL.REVERSED', EVENT_SHAPES.order);
    expect((await stand.get(`/v2/checkout/orders/${orderId}`)).status).toBe(404);
  });
});

describe('money back', () => {
  it('is refunded in parts through the API, by one request id once', async () => {
    const { captureId } = stand.play.payerPays({ amount: '100.00', invoiceId: 'A-4' });
    const refund = (value: string, headers = {}): ReturnType<Stand['call']> =>
      stand.call('POST', `/v2/payments/captures/${captureId}/refund`, {
        body: { amount: { currency_code: 'GBP', value } },
        headers,
      });
    const first = await refund('40.00', { 'paypal-request-id': 'x' });
    expect(first).toMatchObject({ status: 201, body: { status: 'COMPLETED' } });
    expect(Object.keys(first.body as object)).toEqual(['id', 'status', 'links']);
    expect(await refund('40.00', { 'paypal-request-id': 'x' })).toMatchObject({
      status: 200,
      body: first.body,
    });
    expect((await stand.get(`/v2/payments/captures/${captureId}`)).body).toMatchObject({
      status: 'PARTIALLY_REFUNDED',
    });
    const { id } = first.body as { id: string };
    expect(await fetched(`/v2/payments/refunds/${id}`, SHAPES.refund)).toMatchObject({ invoice_id: 'A-4' });
    expect(await refund('60.01')).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'REFUND_AMOUNT_EXCEEDED' }] },
    });
    await refund('60.00');
    const resource = await resourceOf('PAYMENT.CAPTURE.REFUNDED', EVENT_SHAPES.refund);
    expect(resource).toMatchObject({
      amount: { value: '60.00' },
      seller_payable_breakdown: { total_refunded_amount: { value: '100.00' } },
      links: [
        { rel: 'self' },
        { rel: 'up', href: expect.stringContaining(`/v2/payments/captures/${captureId}`) },
      ],
    });
    expect(await refund('1.00')).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'CAPTURE_FULLY_REFUNDED' }] },
    });
    expect(stand.paypal.books()).toMatchObject({
      captures: [{ status: 'REFUNDED' }],
      totals: { GBP: { received: '100.00', givenBack: '100.00' } },
    });
  });

  it('waits for an eCheck, and may fail', async () => {
    const { captureId } = stand.play.payerPays({ amount: '20.00' });
    const { refundId } = stand.play.refund({ captureId, isPending: true });
    expect(await resourceOf('PAYMENT.CAPTURE.REFUNDED', EVENT_SHAPES.refund)).toMatchObject({
      status: 'PENDING',
      status_details: { reason: 'ECHECK' },
    });
    stand.play.settleRefund({ refundId, status: 'FAILED' });
    expect(await resourceOf('PAYMENT.REFUND.FAILED', EVENT_SHAPES.refund)).toMatchObject({
      status: 'FAILED',
    });
    expect((await stand.get(`/v2/payments/captures/${captureId}`)).body).toMatchObject({
      status: 'COMPLETED',
    });
  });

  it('is refused when there is none', () => {
    const { captureId } = stand.play.pendingPayment({ amount: '20.00' });
    expect(() => stand.play.refund({ captureId })).toThrow('PENDING_CAPTURE');
    expect(() => stand.play.refund({ captureId: 'X' })).toThrow('captureId: the sandbox has no X');
  });

  it('is taken back by a reversal', async () => {
    const { captureId } = stand.play.payerPays({ amount: '2.51', currency: 'USD' });
    stand.play.reverse({ captureId });
    const resource = await resourceOf('PAYMENT.CAPTURE.REVERSED', EVENT_SHAPES.refund);
    expect(resource).toMatchObject({
      note_to_payer: 'Payment reversed',
      seller_payable_breakdown: { paypal_fee: usd('0.00') },
    });
  });
});

describe('sales of subscriptions', () => {
  it('know their subscription, which knows the payer', async () => {
    const { subscriptionId } = stand.play.startSubscription({
      payerEmail: 'sub@buyer.example',
      amount: '4.99',
    });
    const { saleId } = stand.play.subscriptionSale({ subscriptionId, fee: '0.44' });
    const resource = await resourceOf('PAYMENT.SALE.COMPLETED', EVENT_SHAPES.sale);
    expect(resource).toMatchObject({
      billing_agreement_id: subscriptionId,
      invoice_number: '',
      transaction_fee: { value: '0.44' },
    });
    expect(resource).not.toHaveProperty('parent_payment');
    await fetched(`/v1/payments/sale/${saleId}`, SHAPES.sale);
    expect(await fetched(`/v1/billing/subscriptions/${subscriptionId}`, SHAPES.subscription)).toMatchObject({
      subscriber: { email_address: 'sub@buyer.example' },
    });
    expect((await stand.get(`/v2/payments/captures/${saleId}`)).status).toBe(404);
    expect(await stand.get('/v1/payments/sale/NOPE')).toMatchObject({
      status: 404,
      body: { name: 'INVALID_RESOURCE_ID' },
    });
    stand.play.refundSale({ saleId, amount: '1.00' });
    const refund = await resourceOf('PAYMENT.SALE.REFUNDED', EVENT_SHAPES.oldRefundOfSale);
    expect(refund).toMatchObject({ sale_id: saleId, amount: { total: '-1.00' } });
    stand.play.reverseSale({ saleId });
    const reversal = await resourceOf('PAYMENT.SALE.REVERSED', EVENT_SHAPES.oldRefundOfSale);
    expect(reversal).not.toHaveProperty('sale_id');
    await fetched(`/v1/payments/refund/${String(reversal['id'])}`, SHAPES.oldRefund);
  });

  it('wait for an eCheck', async () => {
    const { saleId } = stand.play.subscriptionSale({ amount: '8.00', isPending: true, isEcheck: true });
    await resourceOf('PAYMENT.SALE.PENDING', EVENT_SHAPES.sale);
    stand.play.settleSale({ saleId, state: 'denied' });
    expect(await resourceOf('PAYMENT.SALE.DENIED', EVENT_SHAPES.sale)).toMatchObject({ state: 'denied' });
  });
});

describe('invoices of PayPal', () => {
  it('are told in two layouts, and once by mistake in none', async () => {
    const paid = stand.play.paypalInvoicePaid({
      number: '0007',
      amount: '99.00',
      payerEmail: 'i@buyer.example',
    });
    const nested = await resourceOf('INVOICING.INVOICE.PAID', EVENT_SHAPES.nestedInvoice);
    expect(nested).toMatchObject({ invoice: { payments: [{ transaction_id: paid.transactionId }] } });
    expect(receiver.types()).toEqual(['INVOICING.INVOICE.PAID']);
    expect(await fetched(`/v2/invoicing/invoices/${paid.invoiceId}`, SHAPES.invoice)).toMatchObject({
      status: 'PAID',
      detail: { invoice_number: '0007' },
      payments: { transactions: [{ payment_id: paid.transactionId }] },
    });
    await fetched(`/v2/payments/captures/${paid.transactionId}`, SHAPES.capture);
    const part = { number: '8', amount: '10.00', paid: '4.00', layout: 'flat', as: 'sale' } as const;
    expect(stand.play.paypalInvoicePaid(part).status).toBe('PARTIALLY_PAID');
    expect(await resourceOf('INVOICING.INVOICE.PAID', EVENT_SHAPES.flatInvoice)).toMatchObject({
      number: '8',
    });
    stand.play.paypalInvoicePaid({ number: '9', amount: '1.00', layout: 'null' });
    await stand.sandbox.idle();
    expect(receiver.event('INVOICING.INVOICE.PAID').resource).toEqual({ invoice: null });
  });
});

describe('disputes', () => {
  it('name the capture, hold its money, and end with a reversal when the buyer wins', async () => {
    const { captureId } = stand.play.payerPays({
      amount: '30.00',
      currency: 'USD',
      invoiceId: 'A-5',
      fee: '1.00',
    });
    const { disputeId } = stand.play.openDispute({ paymentId: captureId });
    const created = await resourceOf('CUSTOMER.DISPUTE.CREATED', EVENT_SHAPES.dispute);
    expect(created).not.toHaveProperty('id');
    expect(created).toMatchObject({ disputed_transactions: [{ seller_transaction_id: captureId }] });
    expect(stand.paypal.books().totals).toMatchObject({ USD: { balance: '-1.00' } });
    expect(() => stand.play.refund({ captureId })).toThrow('TRANSACTION_DISPUTED');
    stand.play.updateDispute({ disputeId, status: 'WAITING_FOR_SELLER_RESPONSE' });
    await resourceOf('CUSTOMER.DISPUTE.UPDATED', EVENT_SHAPES.dispute);
    expect(stand.play.resolveDispute({ disputeId })).toMatchObject({
      status: 'RESOLVED',
      reversal: { kind: 'reversal', amount: '30.00' },
    });
    expect(await resourceOf('CUSTOMER.DISPUTE.RESOLVED', EVENT_SHAPES.dispute)).toMatchObject({
      dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR', amount_refunded: usd('30.00') },
    });
    expect(receiver.types()).toContain('PAYMENT.CAPTURE.REVERSED');
    await fetched(`/v1/customer/disputes/${disputeId}`, SHAPES.dispute);
    expect(stand.paypal.books().totals).toMatchObject({ USD: { balance: '-1.00', givenBack: '30.00' } });
  });

  it('are listed by state and transaction, in pages', async () => {
    const ids = ['1.00', '2.00', '3.00'].map((amount) => stand.play.payerPays({ amount }).captureId);
    const [first] = ids.map((paymentId) => stand.play.openDispute({ paymentId }).disputeId);
    stand.play.resolveDispute({ disputeId: first ?? '', outcome: 'RESOLVED_SELLER_FAVOUR' });
    const path = '/v1/customer/disputes';
    expect((await stand.get(`${path}?dispute_state=RESOLVED`)).body).toMatchObject({
      items: [{ dispute_id: first }],
    });
    expect((await stand.get(`${path}?disputed_transaction_id=${ids[1] ?? ''}`)).body).toMatchObject({
      items: [{}],
    });
    const page = (await stand.get(`${path}?page_size=2`)).body as {
      items: object[];
      links: { rel: string; href: string }[];
    };
    expect(page.items).toHaveLength(2);
    const next = new URL(page.links.find(({ rel }) => rel === 'next')?.href ?? '');
    expect((await stand.get(next.pathname + next.search)).body).toMatchObject({
      items: [{ dispute_id: first }],
    });
    expect((await stand.get(`${path}?page_size=51`)).status).toBe(400);
    expect((await stand.get(`${path}?start_time=2026-01-01T00:00:00.000Z`)).body).toMatchObject({
      details: [{ issue: 'INVALID_DATE_RANGE' }],
    });
  });
});
