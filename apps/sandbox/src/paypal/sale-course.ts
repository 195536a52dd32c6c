import { usualFee } from './amounts.ts';
import type { Minor } from './amounts.ts';
import { unprocessable } from './refusal.ts';
import type { Payer, SaleRow, SubscriptionRow } from './rows.ts';
import { spokenAmount } from './summaries.ts';
import { saleWire } from './v1-wire.ts';
import type { World } from './world.ts';

export interface NewSale {
  readonly currency: string;
  readonly amount: Minor;
  readonly payer: Payer;
  readonly fee?: Minor;
  /** null: a classic checkout. */
  readonly subscription: SubscriptionRow | null;
  readonly invoiceNumber?: string;
  readonly custom?: string | null;
  readonly isPending?: boolean;
  readonly isEcheck?: boolean;
}

/** Books a sale: the row, the statement, the event. */
export function addSale(world: World, wanted: NewSale): SaleRow {
  const { currency, amount, payer, subscription } = wanted;
  const now = world.now();
  const row: SaleRow = {
    id: world.ids.transaction(),
    state: wanted.isPending === true ? 'pending' : 'completed',
    currency,
    amount,
    fee: wanted.fee ?? usualFee(amount, currency),
    paymentMode: wanted.isEcheck === true ? 'ECHECK' : 'INSTANT_TRANSFER',
    subscriptionId: subscription?.id ?? null,
    parentPayment: subscription === null ? world.ids.payment() : null,
    invoiceNumber: wanted.invoiceNumber ?? '',
    custom: wanted.custom ?? subscription?.customId ?? null,
    payer,
    refunded: 0,
    createdMs: now,
    updatedMs: now,
  };
  world.sales.set(row.id, row);
  subscription?.saleIds.push(row.id);
  addToStatement(world, row);
  raiseSale(world, row, row.state === 'pending' ? 'PENDING' : 'COMPLETED');
  return row;
}

/** A pending sale comes through, or is denied. */
export function settleSale(world: World, row: SaleRow, state: 'completed' | 'denied'): void {
  if (row.state !== 'pending')
    throw unprocessable('TRANSACTION_STATUS_NOT_VALID', { value: `${row.id} is ${row.state}` });
  Object.assign(row, { state, updatedMs: world.now() });
  const isPaid = state === 'completed';
  world.statement.restate(row.id, row.updatedMs, isPaid ? { status: 'S', fee: -row.fee } : { status: 'D' });
  raiseSale(world, row, isPaid ? 'COMPLETED' : 'DENIED');
}

/** A subscription that is active; nothing is collected until a sale is made. */
export function addSubscription(
  world: World,
  wanted: Pick<SubscriptionRow, 'currency' | 'amount' | 'subscriber' | 'customId'>,
): SubscriptionRow {
  const now = world.now();
  const row: SubscriptionRow = {
    ...wanted,
    id: world.ids.subscription(),
    planId: world.ids.plan(),
    status: 'ACTIVE',
    saleIds: [],
    createdMs: now,
    updatedMs: now,
  };
  world.subscriptions.set(row.id, row);
  return row;
}

function addToStatement(world: World, row: SaleRow): void {
  const { id, currency, payer, amount, createdMs, custom, subscriptionId } = row;
  const isPaid = row.state === 'completed';
  world.statement.add(
    {
      id,
      code: subscriptionId === null ? 'T0006' : 'T0002',
      currency,
      payer,
      custom,
      ...(row.invoiceNumber !== '' && { invoiceId: row.invoiceNumber }),
      ...(subscriptionId !== null && { reference: { id: subscriptionId, type: 'SUB' } }),
    },
    { atMs: createdMs, status: isPaid ? 'S' : 'P', amount, fee: isPaid ? -row.fee : 0 },
  );
}

function raiseSale(world: World, row: SaleRow, event: 'COMPLETED' | 'PENDING' | 'DENIED'): void {
  world.desk.raise({
    type: `PAYMENT.SALE.${event}`,
    resourceType: 'sale',
    version: 'v1',
    summary: `Payment ${event.toLowerCase()} for ${spokenAmount(row.amount, row.currency)}`,
    resource: saleWire(row),
    transactionIds: [row.id],
  });
}
