import {
  addDays,
  dateIn,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type Invoice,
  type Job,
  type Money,
  type Reading,
  settles,
  startOfDay,
  WAITING_FOR_LIMIT,
} from '@mlc/core';
import { ask, type Question, toldToGoAhead } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { OBSTACLES } from './questions.ts';

/** An answer is about this invoice at this amount, whatever the limit was or becomes. */
function coversOf(limit: 'debit' | 'day', { minor, currency }: Money): string {
  return `${limit} limit, ${minor} ${currency}`;
}

/** What to ask when the debit would be larger than the business allows; null when it is not, or a person said to go ahead. */
export async function sizeQuestion(context: FlowContext, invoice: Invoice): Promise<Question | null> {
  const { outstanding, number } = invoice;
  const maximum = context.business.policy.limits.maxDebitMinor[outstanding.currency];
  if (maximum === undefined || outstanding.minor <= BigInt(maximum)) return null;
  const limit = formatMoney({ minor: BigInt(maximum), currency: outstanding.currency });
  const question: Question = {
    kind: 'limit',
    subject: invoiceSubject(invoice.id),
    amount: outstanding,
    reasons: [
      `Invoice ${number} of ${formatMoney(outstanding)} is above the business's limit of ${limit} per debit ` +
        '(policy.limits.maxDebitMinor): nothing was sent.',
      'Retry debits this amount all the same; done or ignore leaves the invoice as it is.',
    ],
    covers: coversOf('debit', outstanding),
  };
  return (await toldToGoAhead(context, question)) ? null : question;
}

/** How many debits of a currency may go out on the business's day. */
export interface DayLimit {
  readonly maximum: number;
  readonly currency: string;
  /** The day: from its first moment to that of the next one. */
  readonly within: { readonly from: Date; readonly to: Date };
  /** What to ask when they are used up. */
  readonly question: Question;
}

/** The limit the invoice's debit falls under; null when there is none, or a person said to go ahead. */
export async function dayLimit(context: FlowContext, invoice: Invoice): Promise<DayLimit | null> {
  const { outstanding, number } = invoice;
  const { currency } = outstanding;
  const maximum = context.business.policy.limits.maxDebitsPerDay[currency];
  if (maximum === undefined) return null;
  const { timezone } = context.business;
  const today = dateIn(timezone, context.clock.now());
  const question: Question = {
    kind: 'limit',
    subject: invoiceSubject(invoice.id),
    amount: outstanding,
    reasons: [
      `Invoice ${number} of ${formatMoney(outstanding)} was not debited: ${maximum} debits in ${currency} were sent on ${today}, ` +
        'as many as the business allows per day (policy.limits.maxDebitsPerDay).',
      'It is sent by itself on the next day that has room. Retry sends it at once all the same; done or ignore leaves it.',
    ],
    covers: coversOf('day', outstanding),
  };
  if (await toldToGoAhead(context, question)) return null;
  const within = { from: startOfDay(timezone, today), to: startOfDay(timezone, addDays(today, 1)) };
  return { maximum, currency, within, question };
}

/**
 * True when no debit may be added. Asked in the transaction that adds one, no other transaction asks until its end: of two
 * workers only one finds the last place.
 */
export async function isUsedUp(
  { collections }: Pick<Reading, 'collections'>,
  { maximum, currency, within }: DayLimit,
): Promise<boolean> {
  return (await collections.countCalled(currency, within)) >= maximum;
}

/** The debit waits for the next day, and a person is asked meanwhile; one they said to leave is left. */
export async function waitForRoom(job: Job, { question, within }: DayLimit): Promise<FlowResult> {
  const asked = await ask(job, question);
  if (asked.state === 'skipped') return asked;
  const others = OBSTACLES.filter((kind) => kind !== 'limit');
  const reason = question.reasons[0] ?? '';
  return {
    state: 'parked',
    reason,
    waitingFor: WAITING_FOR_LIMIT,
    recheckAt: within.to,
    effects: [...asked.effects, settles(others, question.subject, 'the question is limit now')],
  };
}
