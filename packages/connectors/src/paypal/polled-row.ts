import {
  hasMoved,
  type Money,
  type PaypalTransaction,
  type PolledEvent,
  type PolledIdentity,
  transactionKey,
  treatmentOf,
} from '@mlc/core';
import { BALANCE_EVENT, POLLED_ID, rowPayload } from './balance-events.ts';

const ONLY_POLLED: PolledIdentity = { kind: 'only-polled' };

/**
 * A row of Transaction Search as the event that would have told of it, with the row in it: it may be all there is (paypal.md
 * appendix C). Null for one that means nothing.
 */
export function polledRow(row: PaypalTransaction): PolledEvent | null {
  const type = typeOf(row);
  if (type === null || isNothing(row)) return null;
  const externalEventId = `${POLLED_ID}${transactionKey(row)}:${stateOf(row)}`;
  return {
    type,
    externalEventId,
    resourceId: row.id,
    payload: rowPayload(externalEventId, type, row),
    at: new Date(row.initiatedAt),
    identity: type.startsWith('PAYMENT.') ? objectState(row) : ONLY_POLLED,
  };
}

/** What of a row changes: seen in another state, it is looked at again. */
function stateOf({ status, fee }: PaypalTransaction): string {
  return fee === null || fee.minor === 0n ? status : `${status}:${fee.minor}${fee.currency}`;
}

const OF_PAYMENTS: Readonly<Record<string, string>> = {
  S: 'PAYMENT.CAPTURE.COMPLETED',
  P: 'PAYMENT.CAPTURE.PENDING',
  D: 'PAYMENT.CAPTURE.DENIED',
};

/** Null for what moves no money of the account and never will. */
function typeOf(row: PaypalTransaction): string | null {
  const treatment = treatmentOf(row);
  if (treatment === 'payment') return OF_PAYMENTS[row.status] ?? 'PAYMENT.CAPTURE.UPDATED';
  if (treatment === 'given-back')
    return row.eventCode === 'T1107' ? 'PAYMENT.CAPTURE.REFUNDED' : 'PAYMENT.CAPTURE.REVERSED';
  const isToCome = hasMoved(row) || row.status === 'P';
  return treatment === 'nothing' || !isToCome ? null : `${BALANCE_EVENT}${row.eventCode}`;
}

function isNothing({ amount, fee }: PaypalTransaction): boolean {
  return amount.minor === 0n && (fee === null || fee.minor === 0n);
}

function objectState(row: PaypalTransaction): PolledIdentity {
  const { id, updatedAt } = row;
  const changedAt = new Date(updatedAt);
  const sourceType = treatmentOf(row) === 'payment' ? 'capture' : 'refund';
  return {
    kind: 'object-state',
    changed: { earliest: changedAt, latest: changedAt },
    noun: null,
    booking: { by: 'source', provider: 'paypal', sourceId: id },
    part: { key: transactionKey(row), counted: { sourceType, amounts: movedBy(row) } },
    ...(hasMoved(row) ? { moved: true } : {}),
  };
}

/** What the row moved, once per currency: PayPal can charge a fee in another one. */
function movedBy(row: PaypalTransaction): readonly Money[] {
  if (!hasMoved(row)) return [];
  const { amount, fee } = row;
  if (fee === null || fee.minor === 0n) return [amount];
  if (fee.currency !== amount.currency) return [amount, fee];
  return [{ ...amount, minor: amount.minor + fee.minor }];
}
