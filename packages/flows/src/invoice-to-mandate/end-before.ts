import type { Collection, FlowContext } from '@mlc/core';
import { notCollectedQuestion } from '../debits/not-collected.ts';
import { type Question, toldToGoAhead } from '../asking/review.ts';
import { unbookedEnd } from '../debits/unbooked-end.ts';
import { type OnMandates, planAroundSchedules } from './around-debits.ts';
import type { NextStep, ToCollect } from './next-step.ts';

/** How the debit before this one came to nothing, as far as that is (still) a question. */
export type EndBefore =
  | { readonly kind: 'none' }
  | { readonly kind: 'released' }
  | { readonly kind: 'not-collected'; readonly question: Question };

export async function endBefore(context: FlowContext, { invoice, last }: ToCollect): Promise<EndBefore> {
  const end = last === null ? null : await unbookedEnd(context, last);
  if (last === null || end === null) return { kind: 'none' };
  const question = notCollectedQuestion(invoice, last, end);
  return (await toldToGoAhead(context, question))
    ? { kind: 'released' }
    : { kind: 'not-collected', question };
}

/** It is asked about, unless the schedule that planned the debit has another one for the invoice now. */
export async function afterEnd(
  context: FlowContext,
  { invoice, last }: ToCollect,
  { before, ...onMandates }: OnMandates & { readonly before: EndBefore },
): Promise<NextStep> {
  if (before.kind !== 'not-collected') return ended(last);
  const isPlanned = last !== null && last.paymentId === null && last.scheduleId !== null;
  const scheduled = isPlanned ? await planAroundSchedules(context, invoice, onMandates) : null;
  return scheduled?.kind === 'link' ? scheduled : { kind: 'ask', question: before.question };
}

function ended(last: Collection | null): NextStep {
  const debit = `debit ${last?.paymentId ?? ''} (attempt ${last?.attempt ?? 0})`;
  return {
    kind: 'leave',
    because: 'not-repeated',
    reason: `${debit} ended as ${last?.state ?? ''}; it is not repeated by itself: retry it in GoCardless or release the invoice`,
    obstacle: last?.state === 'charged_back' ? 'chargeback' : 'late_failure',
  };
}
