import type { FlowContext, Invoice, Money, ReviewKind, Subject } from '@mlc/core';
import { isAnswered, type Question } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';

/** A debit that would be created. */
export interface PreviewedCollection {
  readonly invoiceId: string;
  readonly invoiceNumber: string;
  /** The client's name. */
  readonly client: string;
  readonly amount: Money;
  readonly mandateId: string;
  /** YYYY-MM-DD; null when GoCardless does not say when the mandate can be charged next. */
  readonly chargeDate: string | null;
}

/** What stands in the way of collecting an invoice. */
export interface Obstacle {
  readonly kind: ReviewKind;
  readonly subject: Subject;
  /** Sentences a finance person understands. */
  readonly why: string;
}

/** An open invoice that is as people decided, or being collected already. */
export interface LeftAlone {
  readonly invoiceId: string;
  readonly invoiceNumber: string;
  readonly why: string;
}

/** What would come of one invoice. */
export type Foreseen =
  | { readonly kind: 'collection'; readonly collection: PreviewedCollection }
  | { readonly kind: 'obstacle'; readonly obstacle: Obstacle }
  | { readonly kind: 'left'; readonly left: LeftAlone };

/** The invoice would be left as it is. */
export function leftAlone({ id, number }: Invoice, why: string): Foreseen {
  return { kind: 'left', left: { invoiceId: id, invoiceNumber: number, why } };
}

/** The invoice would not be collected, and a person may not expect that. */
export function inTheWay({ id }: Invoice, kind: ReviewKind, why: string): Foreseen {
  return { kind: 'obstacle', obstacle: { kind, subject: invoiceSubject(id), why } };
}

/** A run would ask this question, unless a person answered it before. */
export async function wouldAsk(
  context: FlowContext,
  invoice: Invoice,
  question: Question,
): Promise<Foreseen> {
  if (await isAnswered(context, question))
    return leftAlone(invoice, `a person already answered this question (${question.kind})`);
  return inTheWay(invoice, question.kind, question.reasons.map(asSentence).join(' '));
}

function asSentence(reason: string): string {
  return /[.!?)]$/.test(reason) ? reason : `${reason}.`;
}
