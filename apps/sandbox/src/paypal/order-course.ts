import { usualFee } from './amounts.ts';
import { addCapture } from './capture-course.ts';
import type { CaptureEvent, NewCapture } from './capture-course.ts';
import { orderEventWire } from './order-wire.ts';
import { unprocessable } from './refusal.ts';
import type { CaptureRow, OrderRow, Payer, PaymentSource, PurchaseUnit } from './rows.ts';
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;

export type NewOrder = Pick<OrderRow, 'intent' | 'units' | 'returnUrl'> & { status?: OrderRow['status'] };

/** What may be said about the captures of an order beside what the order says. */
export type CaptureWishes = Partial<
  Pick<
    NewCapture,
    | 'status'
    | 'reason'
    | 'fee'
    | 'platformFee'
    | 'settlement'
    | 'authorizationId'
    | 'finalCapture'
    | 'valueDecimals'
  >
> & { event?: CaptureEvent };

export function addOrder(world: World, wanted: NewOrder): OrderRow {
  const now = world.now();
  const row: OrderRow = {
    status: 'CREATED',
    ...wanted,
    id: world.ids.transaction(),
    payer: null,
    source: 'paypal',
    approvedMs: null,
    createdMs: now,
    updatedMs: now,
  };
  world.orders.set(row.id, row);
  return row;
}

/** The buyer says yes: no money moves. */
export function approveOrder(
  world: World,
  row: OrderRow,
  payer: Payer,
  source: PaymentSource = 'paypal',
): void {
  if (row.status !== 'CREATED' && row.status !== 'PAYER_ACTION_REQUIRED')
    throw unprocessable('ORDER_ALREADY_APPROVED', { value: `${row.id} is ${row.status}` });
  const now = world.now();
  Object.assign(row, { status: 'APPROVED', payer, source, approvedMs: now, updatedMs: now });
  raiseOrder(world, row, 'CHECKOUT.ORDER.APPROVED', 'An order has been approved by buyer');
}

/** Captures every purchase unit. Refuses what PayPal refuses. */
export function captureOrder(world: World, row: OrderRow, wishes: CaptureWishes = {}): CaptureRow[] {
  if (row.status === 'COMPLETED') throw unprocessable('ORDER_ALREADY_CAPTURED');
  if (row.intent !== 'CAPTURE' && wishes.authorizationId === undefined)
    throw unprocessable('ACTION_DOES_NOT_MATCH_INTENT');
  const { payer } = row;
  if (row.status !== 'APPROVED' || payer === null) throw unprocessable('ORDER_NOT_APPROVED');
  const { event, ...wanted } = wishes;
  const captures = row.units.map((unit) => {
    const capture = addCapture(world, newCapture(row, unit, payer, wanted), event);
    unit.captureIds.push(capture.id);
    return capture;
  });
  Object.assign(row, { status: 'COMPLETED', updatedMs: world.now() });
  raiseOrder(world, row, 'CHECKOUT.ORDER.COMPLETED', 'Checkout Order Completed');
  return captures;
}

/** Approvals nobody used for too long are taken back, and the order is gone (paypal.md 2.7, 5.2). */
export function expireApprovals(world: World): void {
  const before = world.now() - world.settings.approvalHours * HOUR_MS;
  for (const row of world.orders.values()) {
    if (row.status !== 'APPROVED' || row.approvedMs === null || row.approvedMs > before) continue;
    world.orders.delete(row.id);
    raiseOrder(
      world,
      row,
      'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
      'A payment has been reversed after approval.',
    );
  }
}

function newCapture(row: OrderRow, unit: PurchaseUnit, payer: Payer, wishes: CaptureWishes): NewCapture {
  const { currency, amount, invoiceId, customId, payee } = unit;
  return {
    version: 'v2',
    status: 'COMPLETED',
    reason: null,
    fee: usualFee(amount, currency),
    platformFee: 0,
    settlement: null,
    authorizationId: null,
    finalCapture: true,
    valueDecimals: null,
    ...wishes,
    currency,
    amount,
    invoiceId,
    customId,
    payee,
    orderId: row.id,
    parentPayment: null,
    payer,
    source: row.source,
  };
}

function raiseOrder(world: World, row: OrderRow, type: string, summary: string): void {
  const captureIds = row.units.flatMap((unit) => unit.captureIds);
  world.desk.raise({
    type,
    resourceType: 'checkout-order',
    version: 'v2',
    summary,
    resource: orderEventWire(row, world.captures),
    transactionIds: [row.id, ...captureIds],
  });
}
