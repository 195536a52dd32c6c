import { addCapture } from './capture-course.ts';
import type { NewCapture } from './capture-course.ts';
import { declineCapture } from './capture-course.ts';
import { openDispute, resolveDispute, updateDispute } from './dispute-course.ts';
import type { EventRow } from './event-book.ts';
import { addInvoice, payerOf, payInvoice } from './invoice-course.ts';
import { addOrder, approveOrder, captureOrder, expireApprovals } from './order-course.ts';
import { giveBack } from './refund-course.ts';
import type { ResourceVersion } from './rows.ts';
import { addSale, addSubscription, settleSale } from './sale-course.ts';
import { World } from './world.ts';

const AMOUNT = 3000;

type Play = (world: World, version: ResourceVersion) => void;

const PLAYS: Readonly<Record<string, Play>> = {
  'PAYMENT.CAPTURE.COMPLETED': (world, version) => void capture(world, version),
  'PAYMENT.CAPTURE.PENDING': (world, version) => void capture(world, version, 'PENDING'),
  'PAYMENT.CAPTURE.DECLINED': (world, version) =>
    declineCapture(world, capture(world, version, 'PENDING'), 'DECLINED'),
  'PAYMENT.CAPTURE.DENIED': (world, version) =>
    declineCapture(world, capture(world, version, 'PENDING'), 'DENIED'),
  'PAYMENT.CAPTURE.REFUNDED': (world, version) =>
    void giveBack(world, capture(world, version), { kind: 'refund' }),
  'PAYMENT.CAPTURE.REVERSED': (world, version) =>
    void giveBack(world, capture(world, version), { kind: 'reversal' }),
  'PAYMENT.SALE.COMPLETED': (world) => void sale(world),
  'PAYMENT.SALE.PENDING': (world) => void sale(world, true),
  'PAYMENT.SALE.DENIED': (world) => settleSale(world, sale(world, true), 'denied'),
  'PAYMENT.SALE.REFUNDED': (world) => void giveBack(world, sale(world), { kind: 'refund' }),
  'PAYMENT.SALE.REVERSED': (world) => void giveBack(world, sale(world), { kind: 'reversal' }),
  'CHECKOUT.ORDER.APPROVED': (world) => void order(world),
  'CHECKOUT.ORDER.COMPLETED': (world) => void captureOrder(world, order(world)),
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED': (world) => {
    order(world).approvedMs = 0;
    expireApprovals(world);
  },
  'INVOICING.INVOICE.PAID': (world) => {
    const money = { currency: 'USD', amount: AMOUNT };
    const invoice = addInvoice(world, {
      ...money,
      number: '0001',
      payer: payerOf(world, 'buyer@example.com'),
    });
    payInvoice(world, invoice, { amount: AMOUNT, layout: 'flat', as: 'sale' });
  },
  'CUSTOMER.DISPUTE.CREATED': (world) => void openDispute(world, capture(world, 'v2'), {}),
  'CUSTOMER.DISPUTE.UPDATED': (world) =>
    updateDispute(world, openDispute(world, capture(world, 'v2'), {}), { status: 'UNDER_REVIEW' }),
  'CUSTOMER.DISPUTE.RESOLVED': (world) =>
    void resolveDispute(world, openDispute(world, capture(world, 'v2'), {}), 'RESOLVED_SELLER_FAVOUR'),
};

/**
 * A sample event about things nobody can look up, made by playing it in a world of its own; undefined for a type that
 * has no sample. `like` lends its clock, its merchant and a desk that sends nothing.
 */
export function sampleEvent(like: World, type: string, version: ResourceVersion): EventRow | undefined {
  const play = PLAYS[type];
  if (play === undefined) return undefined;
  const { merchant, clock, ids, settings, desk } = like;
  const before = desk.events.length;
  desk.under('lost', () => play(new World({ merchant, clock, ids, settings, desk }), version));
  // A sample is not an event of the app: it does not stay in its list.
  return desk.events.splice(before).find((event) => event.type === type);
}

function capture(
  world: World,
  version: ResourceVersion,
  status: 'COMPLETED' | 'PENDING' = 'COMPLETED',
): ReturnType<typeof addCapture> {
  const isOld = version === 'v1';
  const wanted: NewCapture = {
    version,
    status,
    reason: status === 'PENDING' ? 'UNILATERAL' : null,
    currency: 'USD',
    amount: AMOUNT,
    fee: 154,
    platformFee: 0,
    settlement: null,
    invoiceId: '5840243-146',
    customId: null,
    orderId: isOld ? null : world.ids.transaction(),
    authorizationId: null,
    parentPayment: isOld ? world.ids.payment() : null,
    payer: payerOf(world, 'buyer@example.com'),
    payee: world.payee,
    source: 'paypal',
    finalCapture: true,
    valueDecimals: null,
  };
  return addCapture(world, wanted);
}

function sale(world: World, isPending = false): ReturnType<typeof addSale> {
  const payer = payerOf(world, 'buyer@example.com');
  const subscription = addSubscription(world, {
    currency: 'USD',
    amount: AMOUNT,
    subscriber: payer,
    customId: null,
  });
  return addSale(world, { currency: 'USD', amount: AMOUNT, payer, subscription, isPending });
}

function order(world: World): ReturnType<typeof addOrder> {
  const unit = {
    referenceId: 'default',
    currency: 'USD',
    amount: AMOUNT,
    invoiceId: null,
    customId: null,
    description: null,
    payee: world.payee,
    captureIds: [],
  };
  const row = addOrder(world, { intent: 'CAPTURE', units: [unit], returnUrl: null });
  approveOrder(world, row, payerOf(world, 'buyer@example.com'));
  return row;
}
