import {
  type BalanceRow,
  dateIn,
  type FlowContext,
  type FlowResult,
  formatMoney,
  hasMoved,
  type InboundEvent,
  type PaypalTransaction,
  rowEntries,
  skipped,
  transactionKey,
  treatmentOf,
  WriteHeldError,
} from '@mlc/core';
import { isInOpening } from '../shared/ledger.ts';
import { captureLock } from '../shared/locks.ts';
import { recordFirst, refundChanged } from './complaints.ts';

/** Chargebacks and their ends. */
const CHARGEBACK = 'T12';

/**
 * A row of Transaction Search that is neither a payment nor a refund: only the ledger says so. The row is PayPal's own
 * record, so nothing is fetched, but for a chargeback: PayPal may tell of it as a refund as well, and then it is that one.
 */
export async function balanceMoved(
  context: FlowContext,
  inbound: InboundEvent,
  row: PaypalTransaction,
): Promise<FlowResult> {
  const { id, eventCode, referenceId } = row;
  if (!hasMoved(row)) return skipped('nothing-moved', `PayPal says ${row.status}: nothing moved`);
  if (!eventCode.startsWith(CHARGEBACK)) return recordRow(context, inbound, row);
  if ((await context.captures.getRefund(id)) !== null)
    return refundChanged(context, inbound, { refundId: id, captureId: referenceId });
  const waitFor = referenceId === null ? null : await recordFirst(context, inbound, referenceId);
  const result = await recordRow(context, inbound, row);
  if (!(waitFor instanceof WriteHeldError)) return result;
  await context.store.transaction(async (tx) => result.record?.(tx));
  throw waitFor;
}

async function recordRow(
  context: FlowContext,
  inbound: InboundEvent,
  row: PaypalTransaction,
): Promise<FlowResult> {
  const { id, eventCode, amount } = row;
  const date = dateIn(context.business.timezone, new Date(row.initiatedAt));
  if (isInOpening(context, { provider: 'paypal', date }))
    return skipped('before-go-live', `${date} is before go-live: part of the opening balance`);
  const source = { provider: 'paypal', type: 'transaction', id };
  const fact = { source, amount, factDate: date, eventId: inbound.id };
  return context.locks.withLock(captureLock(context, id), () =>
    Promise.resolve({
      state: 'done',
      reason: `PayPal's balance moved by ${formatMoney(amount)} (${eventCode})`,
      details: { transactionId: id, eventCode, amountMinor: Number(amount.minor), currency: amount.currency },
      record: async (tx) => {
        const entries = rowEntries(fact, placeOf(row), await tx.ledger.ofSource(source));
        if (entries.length > 0) await tx.ledger.record(entries);
      },
    }),
  );
}

/** Rows of one id are told apart, and a row is the same one whatever becomes of its status and fee. */
function placeOf(row: PaypalTransaction): BalanceRow {
  const { id, eventCode, fee } = row;
  return {
    place: `paypal:${transactionKey(row)}`,
    formerPlace: `paypal:${id}:${eventCode}`,
    note: `PayPal ${eventCode} ${id}`,
    fee,
    isToBank: treatmentOf(row) === 'to-bank',
  };
}
