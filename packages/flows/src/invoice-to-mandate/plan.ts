import {
  type BookClient,
  chooseMandate,
  type Collection,
  type Creditor,
  dateIn,
  type Debit,
  type EndingCode,
  firstChargeDate,
  type FlowContext,
  type Invoice,
  type Mandate,
  type MandateChoice,
  periodOf,
  type ReviewKind,
} from '@mlc/core';
import { questionWhilePending } from '../shared/pending-risk.ts';
import { notCollectedQuestion } from '../shared/not-collected.ts';
import { type Question, toldToGoAhead } from '../shared/review.ts';
import { unbookedEnd } from '../shared/unbooked-end.ts';
import { consentQuestion } from './consent-room.ts';
import type { DebitPlan } from './create-debit.ts';
import { chargeDateFor, decideSchedule, mayCollectAgain, type ScheduledDebit } from './decide.ts';
import { findCustomer, type Payer } from './find-customer.ts';
import { decideLive } from './decide-live.ts';
import { debitsOn, lookBackFrom, looseDebits } from './find-live.ts';
import { findUnlinkedSchedules } from './find-schedules.ts';
import { sizeQuestion } from './limits.ts';
import type { Missing } from './no-mandate.ts';
import {
  creditorQuestion,
  currencyQuestion,
  customerQuestion,
  liveQuestion,
  scheduleQuestion,
} from './questions.ts';

/** An invoice to collect, the number its debit gets, and the debit before it. */
export interface ToCollect {
  readonly invoice: Invoice;
  readonly attempt: number;
  readonly last: Collection | null;
}

/** What is next for an invoice that is to be collected and has no debit under way. */
export type NextStep =
  | {
      readonly kind: 'leave';
      readonly because: EndingCode;
      readonly reason: string;
      /** What a preview calls it. */
      readonly obstacle: ReviewKind;
    }
  /** FreshBooks does not show (yet) what the invoice names. */
  | { readonly kind: 'not-shown'; readonly says: string }
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'without-mandate'; readonly client: BookClient; readonly missing: Missing }
  | { readonly kind: 'link'; readonly debit: ScheduledDebit }
  | { readonly kind: 'link-debit'; readonly debit: Debit }
  | { readonly kind: 'adopt'; readonly debits: readonly Debit[] }
  | {
      readonly kind: 'create';
      readonly plan: DebitPlan;
      /** What "as soon as possible" is for this mandate, YYYY-MM-DD; null when GoCardless does not say. */
      readonly earliestDate: string | null;
    };

/** The next step, and the customer it was found for (to be kept when it is new; null when none is certain). */
export interface Planned {
  readonly customer: Pick<Payer, 'customerId' | 'why' | 'isNew' | 'replaces'> | null;
  readonly step: NextStep;
}

/** Rows "customer unknown" to "otherwise" of design section 4. Changes nothing but the mirror, which is a cache. */
export async function planCollection(context: FlowContext, wanted: ToCollect): Promise<Planned> {
  const { invoice } = wanted;
  const client = await context.books.getClient(invoice.clientId);
  if (client === null) {
    const says = `has no client ${invoice.clientId}, for whom invoice ${invoice.number} is`;
    return { customer: null, step: { kind: 'not-shown', says } };
  }
  const match = await findCustomer(context, client, invoice);
  if (match.kind === 'several')
    return {
      customer: null,
      step: { kind: 'ask', question: customerQuestion(context, { invoice, client, match }) },
    };
  if (match.kind === 'none') {
    const missing = { customerId: null, why: match.why };
    return { customer: null, step: { kind: 'without-mandate', client, missing } };
  }
  return { customer: match, step: await planOnCustomer(context, wanted, { client, payer: match }) };
}

async function planOnCustomer(
  context: FlowContext,
  wanted: ToCollect,
  { client, payer }: { client: BookClient; payer: Payer },
): Promise<NextStep> {
  const { invoice, last } = wanted;
  const { customerId, mandates } = payer;
  const choice = chooseMandate(mandates, invoice.outstanding.currency);
  const { takenOn, from } = daysOf(context, invoice, choice);
  const debits = await debitsOn(context, mandates, from);
  const live = await planAroundLive(context, invoice, { mandates, debits });
  if (live !== null && live.kind !== 'ask') return live;
  const before = await endBefore(context, wanted);
  if (choice.kind === 'none')
    return withoutUsable(context, before, {
      client,
      missing: { customerId, why: whyNone(payer, choice.why) },
    });
  if (choice.kind === 'other-currency')
    return { kind: 'ask', question: currencyQuestion(invoice, choice.currencies) };
  const { mandate } = choice;
  if (before.kind !== 'released' && !mayCollectAgain(last, mandate, invoice.outstanding))
    return afterEnd(context, wanted, { mandates, debits, before });
  if (live !== null) return live;
  const scheduled = await planBeforeDebit(context, { invoice, client }, { mandates, debits });
  if (scheduled !== null) return scheduled;
  const measured = { mandate, takenOn, debits };
  const asked =
    consentQuestion(invoice, measured) ??
    (await sizeQuestion(context, invoice)) ??
    (await questionWhilePending(context, invoice));
  if (asked !== null) return { kind: 'ask', question: asked };
  return planDebit(context, wanted, {
    measured,
    details: { customerId, customerWhy: payer.why, mandateWhy: choice.why },
  });
}

/** The day a debit made now would be taken, and since when debits on the mandates matter. */
function daysOf(
  context: FlowContext,
  invoice: Invoice,
  choice: MandateChoice,
): { readonly takenOn: string; readonly from: string } {
  const today = todayOf(context);
  const lookBack = lookBackFrom(invoice, today);
  if (choice.kind !== 'one') return { takenOn: today, from: lookBack };
  const takenOn = takenOnOf(context, invoice, choice.mandate);
  const period = periodOf(choice.mandate, takenOn);
  return { takenOn, from: period !== null && period.from < lookBack ? period.from : lookBack };
}

/** One question about the invoice is enough; the other policies than `review` do something about the mandate. */
function withoutUsable(
  { business }: FlowContext,
  before: EndBefore,
  without: { readonly client: BookClient; readonly missing: Missing },
): NextStep {
  if (before.kind === 'not-collected' && business.policy.noMandate === 'review')
    return { kind: 'ask', question: before.question };
  return { kind: 'without-mandate', ...without };
}

function whyNone({ elsewhere }: Payer, why: string): string {
  return elsewhere ?? why;
}

/** Whose mandate it is comes before what else may collect the invoice. */
async function planBeforeDebit(
  context: FlowContext,
  { invoice, client }: { readonly invoice: Invoice; readonly client: BookClient },
  onMandates: OnMandates,
): Promise<NextStep | null> {
  const creditors = await creditorsToChooseFrom(context);
  if (creditors.length > 0) return { kind: 'ask', question: creditorQuestion(invoice, client, creditors) };
  return planAroundSchedules(context, invoice, onMandates);
}

/** The creditors of the account when there are several and the business file names none of them; else none. */
async function creditorsToChooseFrom({ debits }: FlowContext): Promise<readonly Creditor[]> {
  if (debits.creditorId !== null) return [];
  const creditors = await debits.listCreditors();
  return creditors.length > 1 ? creditors : [];
}

function planDebit(
  context: FlowContext,
  { invoice, attempt }: ToCollect,
  { measured, details }: Pick<DebitPlan, 'measured' | 'details'>,
): NextStep {
  const { mandate } = measured;
  const { policy } = context.business;
  const chargeDate = chargeDateFor(policy, invoice.dueDate, mandate, todayOf(context));
  const wantedDate = policy.chargeDate === 'due-date' ? (invoice.dueDate ?? '') : null;
  return {
    kind: 'create',
    plan: { invoice, attempt, ...onMandate(mandate), chargeDate, wantedDate, measured, details },
    earliestDate: firstChargeDate(mandate),
  };
}

/** The day a debit made now would be taken, YYYY-MM-DD. */
function takenOnOf(context: FlowContext, invoice: Invoice, mandate: Mandate): string {
  const today = todayOf(context);
  const asked = chargeDateFor(context.business.policy, invoice.dueDate, mandate, today);
  return asked ?? firstChargeDate(mandate) ?? today;
}

function onMandate({ id, creditorId }: Mandate): Pick<DebitPlan, 'mandateId' | 'creditorId'> {
  return { mandateId: id, creditorId: creditorId ?? null };
}

function todayOf({ business, clock }: FlowContext): string {
  return dateIn(business.timezone, clock.now());
}

/** How the debit before this one came to nothing, as far as that is (still) a question. */
type EndBefore =
  | { readonly kind: 'none' }
  | { readonly kind: 'released' }
  | { readonly kind: 'not-collected'; readonly question: Question };

async function endBefore(context: FlowContext, { invoice, last }: ToCollect): Promise<EndBefore> {
  const end = last === null ? null : await unbookedEnd(context, last);
  if (last === null || end === null) return { kind: 'none' };
  const question = notCollectedQuestion(invoice, last, end);
  return (await toldToGoAhead(context, question))
    ? { kind: 'released' }
    : { kind: 'not-collected', question };
}

/** It is asked about, unless the schedule that planned the debit has another one for the invoice now. */
async function afterEnd(
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

/** What the client's mandates hold. */
interface OnMandates {
  readonly mandates: readonly Mandate[];
  readonly debits: readonly Debit[];
}

/** Whether a debit made elsewhere collects it already, or might; null when none does. */
async function planAroundLive(
  context: FlowContext,
  invoice: Invoice,
  onMandates: OnMandates,
): Promise<Extract<NextStep, { kind: 'adopt' | 'link-debit' | 'ask' }> | null> {
  const decision = decideLive(await looseDebits(context, invoice, onMandates), invoice);
  switch (decision.kind) {
    case 'none':
      return null;
    case 'adopt':
      return decision;
    case 'link':
      return { kind: 'link-debit', debit: decision.debit };
    case 'risk': {
      const question = liveQuestion(invoice, decision.debits);
      return (await toldToGoAhead(context, question)) ? null : { kind: 'ask', question };
    }
  }
}

/** Whether a subscription or instalment schedule collects it already; null when nothing stands in the way. */
async function planAroundSchedules(
  context: FlowContext,
  invoice: Invoice,
  { mandates, debits }: OnMandates,
): Promise<NextStep | null> {
  const dueDate = invoice.dueDate ?? invoice.createdDate;
  const inCurrency = mandates.filter((mandate) => mandate.currency === invoice.outstanding.currency);
  const unlinked = await findUnlinkedSchedules(context, inCurrency, {
    outstanding: invoice.outstanding,
    dueDate,
    debits,
  });
  const decision = decideSchedule(unlinked, invoice.outstanding, dueDate);
  if (decision.kind === 'none') return null;
  if (decision.kind === 'link') return { kind: 'link', debit: decision.debit };
  const question = scheduleQuestion(invoice, decision);
  return (await toldToGoAhead(context, question)) ? null : { kind: 'ask', question };
}
