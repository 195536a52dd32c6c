import {
  type BookClient,
  chooseMandate,
  type CustomerMatch,
  dateIn,
  firstChargeDate,
  type FlowContext,
  type Invoice,
  type Mandate,
  type MandateChoice,
  periodOf,
} from '@mlc/core';
import { once } from '../running/once.ts';
import { questionWhilePending } from '../debits/pending-risk.ts';
import { planAroundLive, planBeforeDebit } from './around-debits.ts';
import { consentQuestion } from './consent-room.ts';
import type { DebitPlan } from './debit-plan.ts';
import { chargeDateFor, mayCollectAgain } from './decide.ts';
import { afterEnd, type EndBefore, endBefore } from './end-before.ts';
import { noClient, withClient } from './next-step.ts';
import { type AskClient, findCustomer, type Payer } from './find-customer.ts';
import { debitsOn, lookBackFrom } from './find-live.ts';
import { sizeQuestion } from './limits.ts';
import type { NextStep, Planned, ToCollect } from './next-step.ts';
import type { Missing } from './no-mandate.ts';
import { currencyQuestion, customerQuestion } from './questions.ts';

/** Rows "customer unknown" to "otherwise" of design section 4. Changes nothing but the mirror, which is a cache. */
export async function planCollection(context: FlowContext, wanted: ToCollect): Promise<Planned> {
  const { invoice } = wanted;
  const askClient = once(() => context.books.getClient(invoice.clientId));
  const match = await findCustomer(context, invoice, askClient);
  if (match.kind === 'one')
    return { customer: match, step: await planOnCustomer(context, wanted, { askClient, payer: match }) };
  if (match.kind === 'no-client') return { customer: null, step: noClient(invoice) };
  const step = await withClient(askClient, invoice, (client) => unclear(context, match, { invoice, client }));
  return { customer: null, step };
}

/** The client is not one customer, as far as that can be told. */
function unclear(
  context: FlowContext,
  match: Exclude<CustomerMatch, { kind: 'one' }>,
  { invoice, client }: { readonly invoice: Invoice; readonly client: BookClient },
): NextStep {
  switch (match.kind) {
    case 'several':
      return { kind: 'ask', question: customerQuestion(context, { invoice, client, match }) };
    case 'none':
      return { kind: 'without-mandate', client, missing: { customerId: null, why: match.why } };
  }
}

async function planOnCustomer(
  context: FlowContext,
  wanted: ToCollect,
  { askClient, payer }: { askClient: AskClient; payer: Payer },
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
    return withClient(askClient, invoice, (client) =>
      withoutUsable(context, before, {
        client,
        missing: { customerId, why: whyNone(payer, choice.why) },
      }),
    );
  if (choice.kind === 'other-currency')
    return { kind: 'ask', question: currencyQuestion(invoice, choice.currencies) };
  const { mandate } = choice;
  if (before.kind !== 'released' && !mayCollectAgain(last, mandate, invoice.outstanding))
    return afterEnd(context, wanted, { mandates, debits, before });
  if (live !== null) return live;
  const scheduled = await planBeforeDebit(context, { invoice, askClient }, { mandates, debits });
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
