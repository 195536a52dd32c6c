import {
  dateIn,
  feeEntry,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  type Money,
  movementEntry,
  type NewLedgerEntry,
  type PaymentFact,
  type PaypalTransaction,
  skipped,
  withdrawalEntry,
} from '@mlc/core';
import { isInOpening } from '../shared/ledger.ts';
import { recordFirst, refundChanged } from './complaints.ts';

/** A withdrawal to the bank, by the merchant or by itself (paypal.md 4.4). */
const WITHDRAWALS: ReadonlySet<string> = new Set(['T0400', 'T0403']);
/** Chargebacks and their ends. */
const CHARGEBACK = 'T12';
const MOVED: ReadonlySet<string> = new Set(['S', 'V']);

/**
 * A row of Transaction Search that is neither a payment nor a refund: only the ledger says so. The row is PayPal's own
 * record, so nothing is fetched, but for a chargeback: PayPal may tell of it as a refund as well, and then it is that one.
 */
export async function balanceMoved(
  context: FlowContext,
  inbound: InboundEvent,
  row: PaypalTransaction,
): Promise<FlowResult> {
  const { id, eventCode, amount, referenceId } = row;
  if (!MOVED.has(row.status)) return skipped('nothing-moved', `PayPal says ${row.status}: nothing moved`);
  if (eventCode.startsWith(CHARGEBACK)) {
    if ((await context.captures.getRefund(id)) !== null)
      return refundChanged(context, inbound, { refundId: id, captureId: referenceId });
    if (referenceId !== null) await recordFirst(context, inbound, referenceId);
  }
  const date = dateIn(context.business.timezone, new Date(row.initiatedAt));
  if (isInOpening(context, { provider: 'paypal', date }))
    return skipped('before-go-live', `${date} is before go-live: part of the opening balance`);
  const source = { provider: 'paypal', type: 'transaction', id };
  const entries = entriesOf({ source, amount, factDate: date, eventId: inbound.id }, row);
  return {
    state: 'done',
    reason: `PayPal's balance moved by ${formatMoney(amount)} (${eventCode})`,
    details: { transactionId: id, eventCode, amountMinor: Number(amount.minor), currency: amount.currency },
    record: async (tx) => {
      await tx.ledger.record(entries);
    },
  };
}

function entriesOf(fact: PaymentFact, { id, eventCode, amount, fee }: PaypalTransaction): NewLedgerEntry[] {
  const place = `paypal:${id}:${eventCode}`;
  const note = `PayPal ${eventCode} ${id}`;
  const isOut = WITHDRAWALS.has(eventCode) && amount.minor < 0n;
  const moved = isOut ? withdrawalEntry : movementEntry;
  return [
    ...(amount.minor === 0n ? [] : [moved(fact, { place, note })]),
    ...(fee === null || fee.minor === 0n
      ? []
      : [feeEntry({ ...fact, amount: cost(fee) }, { place, payoutId: null, note: `fee of ${note}` })]),
  ];
}

/** Transaction Search writes a cost as a negative amount. */
function cost(fee: Money): Money {
  return { ...fee, minor: -fee.minor };
}
