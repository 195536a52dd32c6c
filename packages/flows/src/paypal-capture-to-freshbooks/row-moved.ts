import {
  type BalanceRow,
  dateIn,
  type FlowResult,
  formatMoney,
  type Job,
  type PaymentFact,
  type PaypalTransaction,
  rowEntries,
  skipped,
  step,
  transactionKey,
  treatmentOf,
} from '@mlc/core';
import { isInOpening } from '../ledger/in-ledger.ts';

/** Only the ledger says that the balance moved. To be called under the lock of the row's id. */
export function rowMoved(job: Job, row: PaypalTransaction): FlowResult {
  const { id, eventCode, amount } = row;
  const factDate = dateIn(job.business.timezone, new Date(row.initiatedAt));
  if (isInOpening(job, { provider: 'paypal', date: factDate }))
    return skipped('before-go-live', `${factDate} is before go-live: part of the opening balance`);
  const source = { provider: 'paypal', type: 'transaction', id };
  const fact: PaymentFact = { source, amount, factDate, eventId: job.event.id };
  return {
    state: 'done',
    reason: `PayPal's balance moved by ${formatMoney(amount)} (${eventCode})`,
    details: { transactionId: id, eventCode, amountMinor: Number(amount.minor), currency: amount.currency },
    effects: [
      step('ledger', async (tx) => {
        const entries = rowEntries(fact, placeOf(row), await tx.ledger.ofSource(source));
        if (entries.length > 0) await tx.ledger.record(entries);
      }),
    ],
  };
}

/** The result with further rows of the id beside it, whatever told of them: what told of one may have been of another. */
export function withRowsMoved(
  job: Job,
  { result, rows }: { readonly result: FlowResult; readonly rows: readonly PaypalTransaction[] },
): FlowResult {
  const moved = rows.flatMap((row) => rowMoved(job, row).effects);
  return { ...result, effects: [...moved, ...result.effects] };
}

/** Rows of one id are told apart, and a row is the same one whatever becomes of its status and fee. */
export function placeOf(row: PaypalTransaction): BalanceRow {
  const { id, eventCode, fee } = row;
  return {
    place: `paypal:${transactionKey(row)}`,
    formerPlace: `paypal:${id}:${eventCode}`,
    note: `PayPal ${eventCode} ${id}`,
    fee,
    isToBank: treatmentOf(row) === 'to-bank',
  };
}
