import {
  type FlowContext,
  type FlowResult,
  formatMoney,
  hasMoved,
  type Job,
  type PaypalTransaction,
  skipped,
  treatmentOf,
} from '@mlc/core';
import { captureLock } from '../running/locks.ts';
import { ask } from '../asking/review.ts';
import { captureSubject } from '../running/subjects.ts';
import { askAboutFee, isFeeGivenBack } from './fee-given-back.ts';
import { refundChanged } from './given-back.ts';
import { rowNow } from './listed-rows.ts';
import { untilItEnds } from './pending-capture.ts';
import { rowMoved } from './row-moved.ts';
import { wonBack } from './won-back.ts';

/**
 * A row of Transaction Search that is no payment from a payer; `CODE_GROUPS` says what is done about it. The row is PayPal's
 * own record. One that is pending is looked at until it ends: no later window of the list may show it.
 */
export function balanceMoved(job: Job, listed: PaypalTransaction): Promise<FlowResult> {
  const { id } = listed;
  return job.locks.withLock(captureLock(job, id), async () => {
    const row = await rowNow(job, listed);
    if (hasMoved(row)) return moved(job, row);
    const reason = `PayPal says ${row.status} of ${formatMoney(row.amount)} (${row.eventCode} ${id})`;
    if (row.status === 'P') return untilItEnds(job, { id, invoiceId: null, reason });
    return skipped('nothing-moved', reason);
  });
}

async function moved(job: Job, row: PaypalTransaction): Promise<FlowResult> {
  switch (treatmentOf(row)) {
    case 'given-back':
    case 'charged-back':
      return refundChanged(job, newsOf(row));
    case 'won-back':
      return wonBack(job, row);
    case 'unknown':
      return askWhatItWas(job, row);
    case 'ledger':
    case 'nothing':
    case 'payment':
    case 'to-bank':
      if (isFeeGivenBack(job, row)) return askBeside(rowMoved(job, row), () => askAboutFee(job, row));
      return (await isSentBack(job, row)) ? refundChanged(job, newsOf(row)) : rowMoved(job, row);
  }
}

function newsOf(row: PaypalTransaction) {
  return { refundId: row.id, captureId: row.referenceId, row };
}

/** Money sent as a payment of its own that names a payment of ours: given back by hand. */
async function isSentBack(
  { store }: FlowContext,
  { eventCode, amount, referenceId }: PaypalTransaction,
): Promise<boolean> {
  if (!eventCode.startsWith('T00') || amount.minor >= 0n || referenceId === null) return false;
  return (await store.ledger.ofSource(captureSubject(referenceId))).length > 0;
}

function askWhatItWas(job: Job, row: PaypalTransaction): Promise<FlowResult> {
  const { id, eventCode, amount } = row;
  return askBeside(rowMoved(job, row), () =>
    ask(job, {
      kind: 'unreadable_event',
      subject: { provider: 'paypal', type: 'transaction', id },
      amount,
      reasons: [
        `PayPal moved the balance by ${formatMoney(amount)} under code ${eventCode} (transaction ${id}), which is not known here.`,
        'It is in the ledger as a movement. Look at it in PayPal, and correct the invoice by hand where it is about one.',
      ],
      covers: eventCode,
    }),
  );
}

/** What the ledger records, and a question about it; none about what is part of the opening balance. */
async function askBeside(recorded: FlowResult, asks: () => Promise<FlowResult>): Promise<FlowResult> {
  if (recorded.state === 'skipped') return recorded;
  const question = await asks();
  return { ...recorded, effects: [...recorded.effects, ...question.effects] };
}
