import {
  clientNamedIn,
  type DebitCustomer,
  type DomainEvent,
  type FlowContext,
  type FlowResult,
  isUsable,
  type Job,
  type Mandate,
  reruns,
  rerunsInvoices,
  type Review,
  skipped,
  waitingForMandate,
  wakes,
} from '@mlc/core';
import { notShown } from '../running/not-shown.ts';
import { lookAtDebitsOn } from './mandate-ended.ts';
import { currentMandates, mirrorCustomer } from './mirror.ts';

/** What a mandate was before each step (gocardless.md 3), as far as what waits for a mandate depends on it. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  customer_approval_granted: ['pending_customer_approval'],
  submitted: ['pending_customer_approval'],
  active: ['pending_customer_approval'],
  reinstated: ['cancelled', 'expired', 'failed'],
};

/** A mandate or customer moved: mirror it, and run again what waited for a mandate of its clients. */
export async function mandateChanged(job: Job, { mandateId, action = '' }: MandateNews): Promise<FlowResult> {
  const of = { provider: 'GoCardless', operation: 'getMandate' } as const;
  const mandate = await job.debits.getMandate(mandateId);
  if (mandate === null) throw notShown({ ...of, says: `has no mandate ${mandateId}` });
  const { status } = mandate;
  if (Object.hasOwn(BEFORE, action) && BEFORE[action]?.includes(status) === true)
    throw notShown({ ...of, says: `shows mandate ${mandateId} as ${status}, and told of it as ${action}` });
  const invoiceIds = await lookAtDebitsOn(job, mandate);
  const result = await customerChanged(job, { customerId: mandate.customerId, mandate });
  if (invoiceIds.length === 0) return result;
  return { ...result, effects: [...result.effects, rerunsInvoices(invoiceIds)] };
}

/** Which mandate, and what the event says happened to it. */
type MandateNews = Pick<Extract<DomainEvent, { kind: 'mandate-changed' }>, 'mandateId' | 'action'>;

/** The same for a customer whose details changed; `mandate`: the one of it that is known to be there. */
export async function customerChanged(
  context: FlowContext,
  { customerId, mandate }: { readonly customerId: string; readonly mandate?: Mandate },
): Promise<FlowResult> {
  const wasKnown = await isKnown(context, customerId, mandate);
  const customer = await mirrorCustomer(context, customerId);
  if (customer === null) return withoutCustomer(customerId, wasKnown);
  const mandates = await currentMandates(context, customerId);
  if (mandate !== undefined && isUsable(mandate) && !mandates.some(({ id }) => id === mandate.id)) {
    const says = `lists the mandates of customer ${customerId} without ${mandate.id}`;
    throw notShown({ provider: 'GoCardless', operation: 'listMandates', says });
  }
  if (!mandates.some(isUsable)) {
    return { state: 'done', reason: `customer ${customerId} mirrored; no usable mandate`, effects: [] };
  }
  const clientIds = await clientsOf(context, customer);
  const waiting = await openQuestions(context, clientIds);
  return {
    state: 'done',
    reason: `customer ${customerId} has a usable mandate`,
    details: { clientIds, questionsAskedAgain: waiting.eventIds.length + waiting.invoiceIds.length },
    effects: [
      wakes(clientIds.map(waitingForMandate)),
      reruns(waiting.eventIds),
      rerunsInvoices(waiting.invoiceIds),
    ],
  };
}

/**
 * Whether GoCardless had the customer before: removing one is for good and ends its mandates (gocardless.md 2.1). A mandate
 * in force has a customer.
 */
async function isKnown(
  { store }: FlowContext,
  customerId: string,
  mandate: Mandate | undefined,
): Promise<boolean> {
  if (mandate !== undefined) return !isUsable(mandate);
  return (await store.mirror.customer(customerId)) !== null;
}

function withoutCustomer(customerId: string, wasKnown: boolean): FlowResult {
  if (wasKnown) return skipped('customer-removed', `customer ${customerId} was removed from GoCardless`);
  const says = `has no customer ${customerId}`;
  throw notShown({ provider: 'GoCardless', operation: 'getCustomer', says });
}

/** A payer completed the page we handed out: now it is certain whose customer that is. */
export async function requestFulfilled(context: FlowContext, billingRequestId: string): Promise<FlowResult> {
  const request = await context.debits.getBillingRequest(billingRequestId);
  if (request?.customerId == null) {
    const says =
      request === null
        ? `has no billing request ${billingRequestId}`
        : `shows billing request ${billingRequestId} without a customer, and told that it is fulfilled`;
    throw notShown({ provider: 'GoCardless', operation: 'getBillingRequest', says });
  }
  const { customerId } = request;
  const clientId = await context.store.clients.clientOfMandateRequest(billingRequestId);
  if (clientId !== null) {
    await context.store.transaction((tx) =>
      tx.clients.link(clientId, customerId, `billing request ${billingRequestId}`),
    );
  }
  return customerChanged(context, { customerId });
}

async function clientsOf(context: FlowContext, customer: DebitCustomer): Promise<string[]> {
  const ids = new Set(await context.store.clients.clientsOf(customer.id));
  const named = clientNamedIn(customer.metadata, context.books.accountId);
  if (named !== null) ids.add(named);
  if (customer.email !== null) {
    for (const client of await context.books.findClientsByEmail(customer.email)) ids.add(client.id);
  }
  return [...ids].sort();
}

/** What runs again once a client has a mandate. */
interface Waiting {
  /** Events behind open "no mandate" questions. */
  readonly eventIds: readonly string[];
  /** Invoices whose debit came to nothing: a new mandate collects them. */
  readonly invoiceIds: readonly string[];
}

/** Open questions on invoices of these clients that a mandate answers. */
async function openQuestions(context: FlowContext, clientIds: readonly string[]): Promise<Waiting> {
  const { reviews } = context.store;
  const withoutMandate = await reviews.openOfKind('no_mandate');
  const notCollected = await reviews.openOfKind('not_collected');
  if (withoutMandate.length + notCollected.length === 0) return { eventIds: [], invoiceIds: [] };
  const open = new Set<string>();
  for (const clientId of clientIds) {
    for (const invoice of await context.books.listOpenInvoices(clientId)) open.add(invoice.id);
  }
  const concerned = ({ subject }: Review): boolean => open.has(subject.id);
  return {
    eventIds: withoutMandate.filter(concerned).flatMap(({ eventId }) => eventId ?? []),
    invoiceIds: notCollected.filter(concerned).map(({ subject }) => subject.id),
  };
}
