import {
  type Collection,
  type Debit,
  type Effect,
  type FlowContext,
  type FlowResult,
  type Invoice,
  type Job,
  type Mandate,
  namingOfDebit,
  rerunsInvoices,
  sameMoney,
  textsOf,
} from '@mlc/core';
import { allInFlight, isWithdrawable, knownCollections, runningOf } from '../debits/in-flight.ts';
import { invoiceLock } from '../running/locks.ts';
import { namesAnother } from '../booking/find-invoices.ts';
import { ask, isAnswered, opensQuestion } from '../asking/review.ts';
import { besideQuestion, severalQuestion } from '../debits/several-debits.ts';

/** Statuses of a debit that has not brought its money yet and may. */
const BEFORE_MONEY: readonly string[] = ['pending_customer_approval', 'pending_submission', 'submitted'];
/** Statuses of a debit that brings no money, unless it is retried. */
const ENDED: readonly string[] = ['failed', 'cancelled', 'customer_approval_denied', 'charged_back'];

/**
 * The result of a debit's run, with what it means for other debits of its invoice: one that is under way again beside another is
 * a question at once, and when one ends, what is left is looked at.
 */
export async function besideOthers(
  job: Job,
  { debit, invoiceId }: { debit: Debit; invoiceId: string },
  result: FlowResult,
): Promise<FlowResult> {
  const isEnded = ENDED.includes(debit.status);
  if (!isEnded && !BEFORE_MONEY.includes(debit.status)) return result;
  if ((await job.store.collections.ofInvoice(invoiceId)).length < 2) return result;
  const running = runningOf(await knownCollections(job, invoiceId));
  if (isEnded) return running.length === 0 ? result : also(result, rerunsInvoices([invoiceId]));
  if (running.length < 2) return result;
  const question = severalQuestion(running);
  if (await isAnswered(job, question)) return result;
  return also(result, opensQuestion(job.event, question));
}

/** A debit that nobody here made ended: invoices that were not collected because of it are looked at again. */
export async function lookAgainWithout(
  context: FlowContext,
  debit: Debit,
  result: FlowResult,
): Promise<FlowResult> {
  if (!ENDED.includes(debit.status)) return result;
  const asked = await context.store.reviews.openOfKind('double_payment_risk');
  const about = asked.filter(({ covers }) => covers?.split(' ').includes(debit.id) === true);
  if (about.length === 0) return result;
  return also(result, rerunsInvoices(about.map(({ subject }) => subject.id)));
}

function also(result: FlowResult, effect: Effect): FlowResult {
  return { ...result, effects: [...result.effects, effect] };
}

/**
 * A debit that nobody here made and that is under way: when one of ours runs for the invoice it names, or for its amount on the
 * same client, the client might be charged twice. Asked at once; nothing is cancelled by itself, because a debit may fail.
 * Null: it stands beside none of ours.
 */
export async function askBesideOurs(job: Job, debit: Debit): Promise<FlowResult | null> {
  if (!BEFORE_MONEY.includes(debit.status) || debit.mandateId === '') return null;
  const mandate = await job.debits.getMandate(debit.mandateId);
  if (mandate === null) return null;
  for (const collection of await oursOn(job, mandate)) {
    const asked = await job.locks.withLock(invoiceLock(job, collection.invoiceId), () =>
      askAboutBoth(job, { debit, collection }),
    );
    if (asked !== null) return asked;
  }
  return null;
}

/** Debits under way of the clients that this payer is. */
async function oursOn(context: FlowContext, { customerId }: Mandate): Promise<Collection[]> {
  const found: Collection[] = [];
  for (const clientId of await context.store.clients.clientsOf(customerId)) {
    found.push(...(await context.store.collections.liveOfClient(clientId)).filter(isWithdrawable));
  }
  return found;
}

async function askAboutBoth(
  job: Job,
  { debit, collection }: { debit: Debit; collection: Collection },
): Promise<FlowResult | null> {
  const inFlight = allInFlight(await knownCollections(job, collection.invoiceId));
  const current = inFlight.find((one) => one.collection.id === collection.id)?.collection;
  if (current === undefined || current.paymentId === debit.id) return null;
  const invoice = { id: current.invoiceId, number: current.invoiceNumber };
  if (!(await mayPay(job, debit, { invoice, collection: current }))) return null;
  return ask(job, besideQuestion(current, debit));
}

async function mayPay(
  context: FlowContext,
  debit: Debit,
  { invoice, collection }: { invoice: Pick<Invoice, 'id' | 'number'>; collection: Collection },
): Promise<boolean> {
  const naming = namingOfDebit(debit, invoice, context.books.accountId);
  if (naming === 'another') return false;
  if (naming === 'this' || naming === 'ours') return true;
  const may = naming === 'perhaps' || sameMoney(debit.amount, collection.amount);
  return may && !(await namesAnother(context, textsOf(debit), invoice.id));
}
