import { convert } from './amounts.ts';
import type { Minor } from './amounts.ts';
import { captureEventWire } from './capture-wire.ts';
import { unprocessable } from './refusal.ts';
import type { CaptureRow, CaptureStatus } from './rows.ts';
import { spokenAmount } from './summaries.ts';
import { captureV1Wire } from './v1-wire.ts';
import type { World } from './world.ts';

/** A capture that comes to be; what is left to this module is its id, its time and what follows from its status. */
export type NewCapture = Omit<CaptureRow, 'id' | 'createdMs' | 'updatedMs' | 'refunded'>;

export type CaptureEvent = 'COMPLETED' | 'PENDING' | 'DENIED' | 'DECLINED';

const EVENT_OF: Partial<Record<CaptureStatus, CaptureEvent>> = {
  COMPLETED: 'COMPLETED',
  PENDING: 'PENDING',
  DECLINED: 'DECLINED',
};

/**
 * Books a capture: the row, the statement, the event. `event` tells another event than its status would; PayPal sends
 * DENIED about captures that are DECLINED (paypal.md 2.5). Refuses a repeated invoice id when the account blocks them.
 */
export function addCapture(world: World, wanted: NewCapture, event = EVENT_OF[wanted.status]): CaptureRow {
  refuseRepeatedInvoice(world, wanted.invoiceId);
  const now = world.now();
  const row: CaptureRow = {
    ...wanted,
    id: world.ids.transaction(),
    createdMs: now,
    updatedMs: now,
    refunded: 0,
  };
  world.captures.set(row.id, row);
  addToStatement(world, row);
  if (event !== undefined) raiseCapture(world, row, event);
  return row;
}

/** A pending capture comes through, under the same id. */
export function completeCapture(world: World, row: CaptureRow, fee: Minor = row.fee): void {
  expectPending(row);
  Object.assign(row, { status: 'COMPLETED', reason: null, fee, updatedMs: world.now() });
  world.statement.restate(row.id, row.updatedMs, { status: 'S', fee: -fee });
  addPlatformFee(world, row);
  addConversion(world, row);
  raiseCapture(world, row, 'COMPLETED', 'A pending capture payment was completed');
}

/** A pending capture comes to nothing. */
export function declineCapture(world: World, row: CaptureRow, event: 'DENIED' | 'DECLINED'): void {
  expectPending(row);
  Object.assign(row, { status: 'DECLINED', reason: null, updatedMs: world.now() });
  world.statement.restate(row.id, row.updatedMs, { status: 'D' });
  raiseCapture(world, row, event);
}

function expectPending({ status, id }: CaptureRow): void {
  if (status !== 'PENDING') throw unprocessable('CAPTURE_STATUS_NOT_VALID', { value: `${id} is ${status}` });
}

function refuseRepeatedInvoice(world: World, invoiceId: string | null): void {
  if (!world.settings.blockDuplicateInvoiceIds || invoiceId === null) return;
  const isRepeated = [...world.captures.values()].some((row) => row.invoiceId === invoiceId);
  if (isRepeated) {
    const field = "/purchase_units/@reference_id=='default'/invoice_id";
    throw unprocessable('DUPLICATE_INVOICE_ID', { field, value: invoiceId, location: 'body' });
  }
}

function addToStatement(world: World, row: CaptureRow): void {
  const status = row.status === 'COMPLETED' ? 'S' : row.status === 'PENDING' ? 'P' : 'D';
  const { id, currency, payer, amount, createdMs } = row;
  const about = {
    id,
    currency,
    payer,
    invoiceId: row.invoiceId,
    custom: row.customId,
    instrument: row.source === 'card' ? ('CREDITCARD' as const) : ('PAYPAL' as const),
    ...(row.orderId !== null && { reference: { id: row.orderId, type: 'ODR' as const } }),
  };
  // The authorization is a record of its own under the same id that never moves money (paypal.md 4.4).
  if (row.authorizationId !== null)
    world.statement.add(
      { ...about, code: 'T1300', isMemo: true },
      { atMs: createdMs, status: 'S', amount, fee: 0 },
    );
  const fee = status === 'S' ? -row.fee : 0;
  world.statement.add({ ...about, code: 'T0006' }, { atMs: createdMs, status, amount, fee });
  if (status !== 'S') return;
  addPlatformFee(world, row);
  addConversion(world, row);
}

/** The platform's part is a row of its own: the capture's own shows what PayPal takes. */
function addPlatformFee(world: World, { id, platformFee, currency, updatedMs }: CaptureRow): void {
  if (platformFee === 0) return;
  world.statement.add(
    { id: world.ids.transaction(), code: 'T0113', currency, payer: null, reference: { id, type: 'TXN' } },
    { atMs: updatedMs, status: 'S', amount: -platformFee, fee: 0 },
  );
}

/** What was earned leaves in one currency and arrives in the other. */
function addConversion(world: World, row: CaptureRow): void {
  const { settlement, currency, payer, updatedMs } = row;
  if (settlement === null) return;
  const net = row.amount - row.fee - row.platformFee;
  const received = convert(net, currency, settlement.rate, settlement.currency);
  const leg = (code: string, of: string, amount: Minor): void =>
    world.statement.add(
      { id: world.ids.transaction(), code, currency: of, payer, reference: { id: row.id, type: 'TXN' } },
      { atMs: updatedMs, status: 'S', amount, fee: 0 },
    );
  leg('T0200', currency, -net);
  leg('T0200', settlement.currency, received);
}

const SUMMARIES: Readonly<Record<CaptureEvent, (amount: string) => string>> = {
  COMPLETED: (amount) => `Payment completed for ${amount}`,
  PENDING: (amount) => `Payment pending for ${amount}`,
  DENIED: (amount) => `A ${amount} capture payment was denied`,
  DECLINED: (amount) => `A payment capture for ${amount} was declined.`,
};

function raiseCapture(world: World, row: CaptureRow, event: CaptureEvent, summary?: string): void {
  const isOld = row.version === 'v1';
  world.desk.raise({
    type: `PAYMENT.CAPTURE.${event}`,
    resourceType: 'capture',
    version: row.version,
    summary: summary ?? SUMMARIES[event](spokenAmount(row.amount, row.currency)),
    resource: isOld ? captureV1Wire(row) : captureEventWire(row, world.settings.captureEventLacks),
    transactionIds: [row.id],
  });
}
