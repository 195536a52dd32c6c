import { type Collection, type Debit, type FlowContext, formatMoney, sameMoney } from '@mlc/core';
import { notShown } from '../running/not-shown.ts';
import { type Question } from '../asking/review.ts';
import { debitSubject } from '../running/subjects.ts';

/** What stands at GoCardless under the key of a debit that was to be created. */
export type UnderKey =
  | { readonly kind: 'as-meant'; readonly debit: Debit }
  /** Made for this invoice by an earlier installation: it is this attempt, and decides as such. */
  | { readonly kind: 'adopt'; readonly debit: Debit }
  | { readonly kind: 'ask'; readonly question: Question };

/** Rejects with `not-ready` while GoCardless names the debit and does not show it. */
export async function standsUnderKey(
  context: FlowContext,
  collection: Collection,
  debitId: string,
): Promise<UnderKey> {
  const debit = await context.debits.getDebit(debitId);
  if (debit === null) {
    const says = `does not show payment ${debitId}, which stands under the key of invoice ${collection.invoiceNumber}`;
    throw notShown({ provider: 'GoCardless', operation: 'getDebit', says });
  }
  const isOnMandate = debit.mandateId === collection.mandateId;
  const isAsMeant = isOnMandate && sameMoney(debit.amount, collection.amount);
  const isOver = ENDED.has(debit.status);
  if (isAsMeant && !isOver) return { kind: 'as-meant', debit };
  // One that may still take money from another mandate is not what anybody meant.
  if ((isOver || isOnMandate) && isOfAttempt(context, collection, debit)) return { kind: 'adopt', debit };
  if (isAsMeant) return { kind: 'as-meant', debit };
  return { kind: 'ask', question: keyQuestion(collection, debit) };
}

const ENDED: ReadonlySet<string> = new Set([
  'failed',
  'cancelled',
  'customer_approval_denied',
  'charged_back',
]);

function isOfAttempt(
  { books }: FlowContext,
  { invoiceId, idempotencyKey }: Collection,
  { metadata }: Debit,
): boolean {
  return (
    metadata['mlc_collection'] === idempotencyKey &&
    metadata['freshbooks_invoice_id'] === invoiceId &&
    (metadata['freshbooks_account_id'] ?? books.accountId) === books.accountId
  );
}

function keyQuestion({ invoiceNumber, amount, mandateId }: Collection, debit: Debit): Question {
  const found = `${formatMoney(debit.amount)} on mandate ${debit.mandateId}`;
  return {
    kind: 'amount_mismatch',
    subject: debitSubject(debit.id),
    amount,
    reasons: [
      `GoCardless already has payment ${debit.id} under the key of invoice ${invoiceNumber}, but it is ${found} ` +
        `instead of ${formatMoney(amount)} on mandate ${mandateId}.`,
    ],
    covers: `${formatMoney(debit.amount)} on ${debit.mandateId}`,
  };
}
