import type { Collection, Debit, ReviewKind } from '@mlc/core';
import type { Question } from '../asking/review.ts';
import { tooLateQuestion } from '../debits/withdraw.ts';
import { differencesOf, differenceWhy, type Wanted } from './fit.ts';

/** A debit that does not agree with its invoice and can no longer be stopped; `debit` is as GoCardless has it now. */
export function unfitQuestion(collection: Collection, wanted: Wanted, debit: Debit | null = null): Question {
  const kind = unfitKind(collection, wanted);
  const why = differenceWhy(collection, wanted);
  const question = tooLateQuestion({ collection, debit, kind, why });
  return kind === 'double_payment_risk'
    ? { ...question, covers: `${question.covers ?? ''}: ${why}` }
    : question;
}

/** Money of another client, or for another creditor, does not pay this invoice: its own debit would be a second one. */
function unfitKind(collection: Collection, wanted: Wanted): ReviewKind {
  const [weightiest] = differencesOf(collection, wanted);
  return weightiest === 'client' || weightiest === 'creditor' ? 'double_payment_risk' : 'amount_mismatch';
}

/** Several questions of one kind about one invoice, as one. */
export function asOne(first: Question, others: readonly Question[]): Question {
  const all = [first, ...others];
  return {
    ...first,
    reasons: all.flatMap(({ reasons }) => reasons),
    covers: all.map(({ covers }) => covers ?? '').join('; '),
  };
}
