import {
  type FlowContext,
  type Money,
  noteCarriesKey,
  payoutSubject,
  type Posting,
  sameMoney,
  type Subject,
} from '@mlc/core';
import { feeExpenses } from './book-expense.ts';
import { numberOfPosting } from './journal-entries.ts';
import { type Question } from '../asking/review.ts';
import { captureSubject, invoiceSubject, sourceSubject } from '../running/subjects.ts';

/** An entry that FreshBooks holds of a posting. */
export interface Standing {
  readonly id: string;
  /** False when it is not the amount of the posting: FreshBooks made a client credit of the rest. */
  readonly isWhole: boolean;
}

/** How FreshBooks is looked at for one kind of posting. */
export interface Look {
  /** What people call such an entry. */
  readonly title: string;
  /** Of the audit log. */
  readonly subject: Subject;
  /** What is asked when there is more than one. */
  readonly question: Pick<Question, 'kind' | 'subject'>;
  /** All entries of the posting that stand. */
  readonly find: () => Promise<readonly Standing[]>;
  /** Repeating it changes nothing. Null where FreshBooks deletes nothing. */
  readonly takeBack: ((id: string) => Promise<void>) | null;
  /** A sentence on what is left to do for a person; may be empty. */
  readonly advice: (doubles: string) => string;
}

/** How the books are looked at for this posting; null for one that makes no entry there. */
export async function secondLookOf(context: FlowContext, posting: Posting): Promise<Look | null> {
  if (posting.kind === 'payment' && posting.invoiceId !== null)
    return paymentLook(context, posting, posting.invoiceId);
  if (posting.kind === 'fee') return expenseLook(context, posting);
  const number = await numberOfPosting(context, posting);
  return number === null ? null : journalLook(context, posting, number);
}

function paymentLook({ books }: FlowContext, posting: Posting, invoiceId: string): Look {
  return {
    title: 'payment',
    subject: invoiceSubject(invoiceId),
    question: { kind: 'overpayment', subject: sourceSubject(posting.source) },
    find: async () => {
      const payments = await books.listPayments(invoiceId);
      return payments.filter(({ note }) => noteCarriesKey(note, posting.key)).map(standingOf(posting));
    },
    takeBack: (id) => books.deletePayment(id),
    advice: () => 'Check that no client credit was left behind.',
  };
}

function expenseLook(context: FlowContext, posting: Posting): Look {
  const subject = subjectOf(posting);
  return {
    title: 'expense',
    subject,
    question: { kind: 'amount_mismatch', subject },
    find: async () => (await feeExpenses(context, posting, posting.date)).map(standingOf(posting)),
    takeBack: (id) => context.books.deleteExpense(id),
    advice: () => '',
  };
}

/**
 * One too many is not mirrored by itself: a third entry that nobody can delete, on the strength of one look, would be the
 * worse risk.
 */
function journalLook({ books }: FlowContext, posting: Posting, number: string): Look {
  const subject = subjectOf(posting);
  return {
    title: `journal entry ${number}`,
    subject,
    question: { kind: 'amount_mismatch', subject },
    find: async () => (await books.listJournalEntries(number)).map(({ id }) => ({ id, isWhole: true })),
    takeBack: null,
    advice: (doubles) =>
      `FreshBooks deletes no journal entry: enter the opposite of ${doubles} there by hand, then resolve this with done.`,
  };
}

function standingOf({ amount: whole }: Posting) {
  return ({ id, amount }: { id: string; amount: Money }): Standing => ({
    id,
    isWhole: sameMoney(amount, whole),
  });
}

/** What a fee was charged for, or a journal entry tells of. */
function subjectOf({ source: { provider, id } }: Posting): Subject {
  return provider === 'paypal' ? captureSubject(id) : payoutSubject(id);
}
