import type { Minor } from './amounts.ts';
import { refundEventWire } from './refund-wire.ts';
import { unprocessable } from './refusal.ts';
import type { CaptureRow, RefundRow, RefundStatus, SaleRow } from './rows.ts';
import { spokenAmount } from './summaries.ts';
import { refundV1Wire } from './v1-wire.ts';
import type { World } from './world.ts';

const DAY_MS = 86_400_000;
const REFUND_DAYS_MAX = 180;
/** Refund by the merchant, reversal by PayPal (paypal.md 4.4). */
const CODES: Readonly<Record<RefundRow['kind'], string>> = { refund: 'T1107', reversal: 'T1106' };

export interface NewRefund {
  readonly kind: RefundRow['kind'];
  /** Everything that is left when left out. */
  readonly amount?: Minor;
  /** Part of PayPal's fee that comes back; usually nothing. */
  readonly feeReturned?: Minor;
  readonly status?: Extract<RefundStatus, 'COMPLETED' | 'PENDING'>;
  readonly note?: string | null;
  readonly invoiceId?: string | null;
  /** In Transaction Search; by its kind when left out. */
  readonly code?: string;
}

/** Money of a capture or a sale goes back, or is taken back. Refuses what PayPal refuses (paypal.md 5.3). */
export function giveBack(world: World, payment: CaptureRow | SaleRow, wanted: NewRefund): RefundRow {
  const left = payment.amount - payment.refunded;
  const amount = wanted.amount ?? left;
  refuseImpossible(world, payment, wanted.kind, amount);
  const row = refundRow(world, payment, { ...wanted, amount });
  payment.refunded += amount;
  restand(world, payment);
  world.refunds.set(row.id, row);
  addToStatement(world, payment, row, wanted.code ?? CODES[row.kind]);
  raiseRefund(world, row);
  return row;
}

/** A pending refund comes through, or does not; the money of one that fails is the merchant's again. */
export function settleRefund(
  world: World,
  row: RefundRow,
  status: 'COMPLETED' | 'FAILED' | 'CANCELLED',
): void {
  if (row.status !== 'PENDING')
    throw unprocessable('REFUND_STATUS_NOT_VALID', { value: `${row.id} is ${row.status}` });
  Object.assign(row, { status, updatedMs: world.now() });
  world.statement.restate(row.id, row.updatedMs, { status: status === 'COMPLETED' ? 'S' : 'D' });
  const payment = world.captures.get(row.paymentId) ?? world.sales.get(row.paymentId);
  if (status !== 'COMPLETED' && payment !== undefined) {
    payment.refunded -= row.amount;
    restand(world, payment);
  }
  const event = status === 'COMPLETED' ? 'COMPLETED' : 'FAILED';
  raiseRefund(world, row, `PAYMENT.REFUND.${event}`);
}

function refuseImpossible(world: World, payment: CaptureRow | SaleRow, kind: string, amount: Minor): void {
  const isPending = 'status' in payment ? payment.status === 'PENDING' : payment.state === 'pending';
  const isDead = 'status' in payment ? payment.status === 'DECLINED' : payment.state === 'denied';
  if (isPending) throw unprocessable('PENDING_CAPTURE');
  if (isDead) throw unprocessable('REFUND_NOT_ALLOWED');
  if (payment.refunded >= payment.amount) throw unprocessable('CAPTURE_FULLY_REFUNDED');
  if (payment.refunded + amount > payment.amount) throw unprocessable('REFUND_AMOUNT_EXCEEDED');
  if (kind === 'reversal') return;
  if (world.now() - payment.createdMs > REFUND_DAYS_MAX * DAY_MS)
    throw unprocessable('REFUND_TIME_LIMIT_EXCEEDED');
  const isDisputed = [...world.disputes.values()].some(
    ({ transactionIds, status }) => transactionIds.includes(payment.id) && status !== 'RESOLVED',
  );
  if (isDisputed) throw unprocessable('TRANSACTION_DISPUTED');
}

function refundRow(
  world: World,
  payment: CaptureRow | SaleRow,
  wanted: NewRefund & { amount: Minor },
): RefundRow {
  const now = world.now();
  const isCapture = 'status' in payment;
  return {
    id: world.ids.transaction(),
    kind: wanted.kind,
    of: isCapture ? 'capture' : 'sale',
    paymentId: payment.id,
    version: isCapture ? payment.version : 'v1',
    status: wanted.status ?? 'COMPLETED',
    currency: payment.currency,
    amount: wanted.amount,
    feeReturned: wanted.feeReturned ?? 0,
    totalRefunded: payment.refunded + wanted.amount,
    invoiceId: wanted.invoiceId ?? (isCapture ? payment.invoiceId : null),
    customId: isCapture ? payment.customId : null,
    note: wanted.note ?? (wanted.kind === 'reversal' ? 'Payment reversed' : null),
    createdMs: now,
    updatedMs: now,
  };
}

/** What the payment is after something went back; a reversal leaves no other trace in it (an assumption). */
function restand(world: World, payment: CaptureRow | SaleRow): void {
  payment.updatedMs = world.now();
  const { refunded, amount } = payment;
  const stand = refunded === 0 ? 'COMPLETED' : refunded < amount ? 'PARTIALLY_REFUNDED' : 'REFUNDED';
  if ('status' in payment) payment.status = stand;
  else payment.state = stand.toLowerCase() as SaleRow['state'];
  world.statement.restate(payment.id, payment.updatedMs, { status: refunded < amount ? 'S' : 'V' });
}

function addToStatement(world: World, payment: CaptureRow | SaleRow, row: RefundRow, code: string): void {
  const status = row.status === 'PENDING' ? 'P' : 'S';
  const { id, currency, invoiceId, customId, amount, feeReturned, createdMs } = row;
  world.statement.add(
    {
      id,
      code,
      currency,
      payer: payment.payer,
      invoiceId,
      custom: customId,
      reference: { id: payment.id, type: 'TXN' },
    },
    { atMs: createdMs, status, amount: -amount, fee: feeReturned },
  );
}

function raiseRefund(world: World, row: RefundRow, type?: string): void {
  const verb = row.kind === 'refund' ? 'refunded' : 'reversed';
  const noun = row.of === 'sale' ? 'sale' : 'capture';
  const isNew = row.version === 'v2';
  world.desk.raise({
    type: type ?? `PAYMENT.${noun.toUpperCase()}.${verb.toUpperCase()}`,
    // Of v1 the refund is told as if it were the payment (paypal.md 2.8, A.3).
    resourceType: isNew ? 'refund' : noun,
    version: row.version,
    summary: `A ${spokenAmount(row.amount, row.currency)} ${noun} payment was ${verb}`,
    resource: isNew ? refundEventWire(row) : refundV1Wire(row),
    transactionIds: [row.id, row.paymentId],
  });
}
