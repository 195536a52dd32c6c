import type { Minor } from './amounts.ts';
import { disputeWire } from './dispute-wire.ts';
import { fullName } from './order-wire.ts';
import { giveBack } from './refund-course.ts';
import { unprocessable } from './refusal.ts';
import type { CaptureRow, DisputeRow, DisputeStatus, RefundRow, SaleRow } from './rows.ts';
import type { World } from './world.ts';

export interface NewDispute {
  readonly amount?: Minor;
  readonly reason?: string;
  readonly channel?: DisputeRow['channel'];
  readonly stage?: DisputeRow['stage'];
}

/** Outcomes after which the buyer has the money. */
const LOST: ReadonlySet<string> = new Set(['RESOLVED_BUYER_FAVOUR', 'ACCEPTED']);

/** A buyer complains: PayPal holds the money, nothing is given back yet. */
export function openDispute(world: World, payment: CaptureRow | SaleRow, wanted: NewDispute): DisputeRow {
  const now = world.now();
  const isCapture = 'status' in payment;
  const row: DisputeRow = {
    id: world.ids.dispute(),
    transactionIds: [payment.id],
    reason: wanted.reason ?? 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
    status: 'OPEN',
    currency: payment.currency,
    amount: wanted.amount ?? payment.amount - payment.refunded,
    stage: wanted.stage ?? (wanted.channel === 'EXTERNAL' ? 'CHARGEBACK' : 'INQUIRY'),
    channel: wanted.channel ?? 'INTERNAL',
    outcome: null,
    amountRefunded: 0,
    invoiceNumber: isCapture ? payment.invoiceId : payment.invoiceNumber || null,
    custom: isCapture ? payment.customId : payment.custom,
    buyerName: fullName(payment.payer),
    createdMs: now,
    updatedMs: now,
  };
  world.disputes.set(row.id, row);
  moveHold(world, row, 'T1110');
  raiseDispute(world, row, 'CREATED', 'A new dispute opened with Case # ');
  return row;
}

export function updateDispute(
  world: World,
  row: DisputeRow,
  changes: { status?: DisputeStatus; stage?: DisputeRow['stage'] },
): void {
  refuseResolved(row);
  Object.assign(row, changes, { updatedMs: world.now() });
  raiseDispute(world, row, 'UPDATED', 'A dispute was updated with case # ');
}

/** Ends it: the hold is released, and taken for good when the buyer wins; answers the reversal then. */
export function resolveDispute(world: World, row: DisputeRow, outcome: string): RefundRow | null {
  refuseResolved(row);
  Object.assign(row, { status: 'RESOLVED', outcome, updatedMs: world.now() });
  moveHold(world, row, 'T1111');
  const reversal = LOST.has(outcome) ? takeBack(world, row) : null;
  row.amountRefunded = reversal?.amount ?? 0;
  raiseDispute(world, row, 'RESOLVED', 'A dispute was resolved with case # ');
  return reversal;
}

function takeBack(world: World, row: DisputeRow): RefundRow | null {
  const id = row.transactionIds[0] ?? '';
  const payment = world.captures.get(id) ?? world.sales.get(id);
  if (payment === undefined) return null;
  const code = row.channel === 'EXTERNAL' ? 'T1201' : 'T1106';
  return giveBack(world, payment, { kind: 'reversal', amount: row.amount, code });
}

function refuseResolved({ status, id }: DisputeRow): void {
  if (status === 'RESOLVED') throw unprocessable('DISPUTE_ALREADY_RESOLVED', { value: id });
}

/** T1110 holds, T1111 releases. */
function moveHold(world: World, row: DisputeRow, code: 'T1110' | 'T1111'): void {
  const id = row.transactionIds[0] ?? '';
  const amount = code === 'T1110' ? -row.amount : row.amount;
  const payer = (world.captures.get(id) ?? world.sales.get(id))?.payer ?? null;
  world.statement.add(
    { id: world.ids.transaction(), code, currency: row.currency, payer, reference: { id, type: 'TXN' } },
    { atMs: world.now(), status: 'S', amount, fee: 0 },
  );
}

function raiseDispute(
  world: World,
  row: DisputeRow,
  event: 'CREATED' | 'UPDATED' | 'RESOLVED',
  summary: string,
): void {
  world.desk.raise({
    type: `CUSTOMER.DISPUTE.${event}`,
    resourceType: 'dispute',
    version: 'v1',
    summary: summary + row.id,
    resource: disputeWire(row, world),
    transactionIds: [row.id, ...row.transactionIds],
  });
}
