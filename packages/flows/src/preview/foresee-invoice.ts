import {
  type BookClient,
  type Collection,
  ConnectorError,
  type Invoice,
  type Policy,
  stateOfDebit,
} from '@mlc/core';
import { enoughReason } from '../invoice-to-mandate/collect-invoice.ts';
import { plannedCollection } from '../invoice-to-mandate/debit-plan.ts';
import { roomQuestion } from '../invoice-to-mandate/consent-room.ts';
import { dayLimit, isUsedUp } from '../invoice-to-mandate/limits.ts';
import type { Leave } from '../debits/eligibility.ts';
import { linkedCollection, linkedReason } from '../invoice-to-mandate/link-schedule.ts';
import { looseCollection, looseReason } from '../invoice-to-mandate/link-debit.ts';
import type { Missing } from '../invoice-to-mandate/no-mandate.ts';
import type { NextStep, ToCollect } from '../invoice-to-mandate/next-step.ts';
import { planCollection } from '../invoice-to-mandate/plan.ts';
import { mandateQuestion } from '../invoice-to-mandate/questions.ts';
import type { Wanted } from '../invoice-to-mandate/fit.ts';
import { type Situation, situationOf } from '../invoice-to-mandate/situation.ts';
import { severalQuestion } from '../debits/several-debits.ts';
import { asOne, unfitQuestion } from '../invoice-to-mandate/unfit.ts';
import type { Question } from '../asking/review.ts';
import { type Outlook, outlookOf, tooLateQuestion } from '../debits/withdraw.ts';
import { type Foreseen, inTheWay, leftAlone, wouldAsk } from './foreseen.ts';
import type { DryContext } from './dry-store.ts';

/** What `collectInvoice` would do about this invoice now. */
export async function foreseeInvoice(context: DryContext, invoice: Invoice): Promise<Foreseen> {
  try {
    const situation = await situationOf(context, invoice.id, { invoice });
    switch (situation.kind) {
      case 'leave':
        return await foreseeLeaving(context, invoice, situation);
      case 'stopped':
        return await foreseeStopped(context, situation);
      case 'advance':
        return await foreseeAdvance(context, situation);
    }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (error.kind === 'not-ready') return leftAlone(invoice, error.message);
    if (error.kind !== 'outcome-unknown') throw error;
    return leftAlone(invoice, 'its debit was asked for a moment ago and the answer is not known yet');
  }
}

function foreseeStopped(
  context: DryContext,
  { invoice, stop }: Extract<Situation, { kind: 'stopped' }>,
): Promise<Foreseen> {
  if (stop.kind === 'asked') return wouldAsk(context, invoice, stop.question);
  const why = `Invoice ${invoice.number} is not collected: ${stop.why}.`;
  return Promise.resolve(inTheWay(invoice, 'unmatched_payment', why));
}

async function foreseeLeaving(
  context: DryContext,
  invoice: Invoice,
  { eligibility, current }: { eligibility: Leave; current: readonly Collection[] },
): Promise<Foreseen> {
  const { tooLate: kind, reason } = eligibility;
  const tooLate: Question[] = [];
  for (const collection of current) {
    const outlook = await outlookOf(context, collection);
    if (outlook.kind === 'too-late')
      tooLate.push(tooLateQuestion({ collection, debit: outlook.debit, kind, why: reason }));
  }
  const [first, ...others] = tooLate;
  if (first !== undefined) return wouldAsk(context, invoice, asOne(first, others));
  if (current.length === 0) return foreseeLeft(invoice, eligibility, reason);
  const attempts = current.map(({ attempt }) => attempt).join(', ');
  return foreseeLeft(invoice, eligibility, `${reason}; debit of attempt ${attempts} would be cancelled`);
}

function foreseeLeft(invoice: Invoice, { obstacle }: Leave, why: string): Foreseen {
  if (obstacle === null) return leftAlone(invoice, why);
  return inTheWay(invoice, obstacle, `Invoice ${invoice.number} is not collected: ${why}.`);
}

async function foreseeAdvance(
  context: DryContext,
  { invoice, existing }: Extract<Situation, { kind: 'advance' }>,
): Promise<Foreseen> {
  switch (existing.kind) {
    case 'free':
      return foreseeStep(context, { invoice, attempt: existing.nextAttempt, last: existing.last });
    case 'resume':
      return foreseeResumed(context, invoice, existing.collection);
    case 'enough':
      return leftAlone(invoice, enoughReason(existing.collection));
    case 'replace':
      return foreseeReplaced(context, invoice, existing);
    case 'too-late':
      return wouldAsk(context, invoice, unfitQuestion(existing.collection, existing.wanted));
    case 'several':
      return wouldAsk(context, invoice, severalQuestion(existing.collections));
  }
}

function foreseeResumed(context: DryContext, invoice: Invoice, collection: Collection): Promise<Foreseen> {
  if (collection.calledAt !== null) return Promise.resolve(leftAlone(invoice, enoughReason(collection)));
  return foreseeStep(context, { invoice, attempt: collection.attempt, last: collection });
}

async function foreseeReplaced(
  context: DryContext,
  invoice: Invoice,
  { collection, wanted }: { collection: Collection; wanted: Wanted },
): Promise<Foreseen> {
  const outlook = await outlookOf(context, collection);
  if (outlook.kind === 'too-late')
    return wouldAsk(context, invoice, unfitQuestion(collection, wanted, outlook.debit));
  const attempts = await context.store.collections.ofInvoice(invoice.id);
  const attempt = Math.max(...attempts.map((one) => one.attempt)) + 1;
  return foreseeStep(context, { invoice, attempt, last: afterWithdrawal(collection, outlook) });
}

/** The collection as `withdraw` would leave it. */
function afterWithdrawal(
  collection: Collection,
  outlook: Exclude<Outlook, { kind: 'too-late' }>,
): Collection {
  if (outlook.kind !== 'ended-before') return { ...collection, state: 'cancelled', endedBy: 'us' };
  return { ...collection, state: stateOfDebit(outlook.debit.status), willAttemptRetry: false };
}

async function foreseeStep(context: DryContext, wanted: ToCollect): Promise<Foreseen> {
  const { invoice } = wanted;
  const { customer, step } = await planCollection(context, wanted);
  if (customer !== null) context.store.rememberLink(invoice.clientId, customer.customerId);
  switch (step.kind) {
    case 'leave':
      return inTheWay(invoice, step.obstacle, `Invoice ${invoice.number} is not collected: ${step.reason}.`);
    case 'not-shown':
      return inTheWay(
        invoice,
        'no_mandate',
        `Invoice ${invoice.number} is not collected: FreshBooks ${step.says}.`,
      );
    case 'ask':
      return wouldAsk(context, invoice, step.question);
    case 'without-mandate':
      return foreseeWithoutMandate(context, invoice, step);
    case 'link': {
      const attempts = await context.store.collections.ofInvoice(invoice.id);
      context.store.rememberCollection(linkedCollection(context, invoice, { debit: step.debit, attempts }));
      return leftAlone(invoice, linkedReason(step.debit));
    }
    case 'link-debit': {
      const attempts = await context.store.collections.ofInvoice(invoice.id);
      context.store.rememberCollection(looseCollection(context, invoice, { debit: step.debit, attempts }));
      return leftAlone(invoice, looseReason(step.debit));
    }
    case 'adopt': {
      const debits = step.debits.map(({ id }) => id).join(', ');
      return leftAlone(invoice, `debited before by an earlier installation: ${debits} would be followed`);
    }
    case 'create':
      return foreseeDebit(context, invoice, step);
  }
}

const INSTEAD_OF_ASKING: Readonly<Record<Exclude<Policy['noMandate'], 'review'>, string>> = {
  pause: 'It waits until a mandate appears (policy noMandate: pause).',
  request:
    'The finance team gets a link with which the client sets up a mandate (policy noMandate: request).',
};

function foreseeWithoutMandate(
  context: DryContext,
  invoice: Invoice,
  { client, missing }: { client: BookClient; missing: Missing },
): Promise<Foreseen> {
  const { noMandate } = context.business.policy;
  const question = mandateQuestion(invoice, client, missing);
  if (noMandate === 'review') return wouldAsk(context, invoice, question);
  const why = `${question.reasons[0] ?? ''} ${INSTEAD_OF_ASKING[noMandate]}`;
  return Promise.resolve(inTheWay(invoice, question.kind, why));
}

async function foreseeDebit(
  context: DryContext,
  invoice: Invoice,
  { plan, earliestDate }: Extract<NextStep, { kind: 'create' }>,
): Promise<Foreseen> {
  const limit = await dayLimit(context, invoice);
  if (limit !== null && (await isUsedUp(context.store, limit)))
    return wouldAsk(context, invoice, limit.question);
  const noRoom = await roomQuestion(context.store, invoice, plan.measured);
  if (noRoom !== null) return wouldAsk(context, invoice, noRoom);
  context.store.rememberCollection(plannedCollection(context, plan));
  const client = await context.books.getClient(invoice.clientId);
  return {
    kind: 'collection',
    collection: {
      invoiceId: invoice.id,
      invoiceNumber: invoice.number,
      client: client?.name ?? invoice.clientId,
      amount: invoice.outstanding,
      mandateId: plan.mandateId,
      chargeDate: plan.chargeDate ?? earliestDate,
    },
  };
}
