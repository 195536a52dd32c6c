import {
  clientNamedIn,
  type DebitCustomer,
  type FlowContext,
  type FlowResult,
  isUsable,
  type Repositories,
  skipped,
  waitingForMandate,
} from '@mlc/core';
import { currentMandates, mirrorCustomer } from './mirror.ts';

/** A mandate or customer moved: mirror it, and run again what waited for a mandate of its clients. */
export async function mandateChanged(context: FlowContext, mandateId: string): Promise<FlowResult> {
  const mandate = await context.debits.getMandate(mandateId);
  if (mandate === null)
    return skipped('nothing-to-show', `GoCardless has no mandate ${mandateId} (a test event?)`);
  return customerChanged(context, mandate.customerId);
}

/** The same for a customer whose details changed. */
export async function customerChanged(context: FlowContext, customerId: string): Promise<FlowResult> {
  const customer = await mirrorCustomer(context, customerId);
  if (customer === null) return skipped('nothing-to-show', `GoCardless has no customer ${customerId}`);
  const mandates = await currentMandates(context, customerId);
  if (!mandates.some(isUsable)) {
    return { state: 'done', reason: `customer ${customerId} mirrored; no usable mandate` };
  }
  const clientIds = await clientsOf(context, customer);
  const waiting = await openQuestions(context, clientIds);
  return {
    state: 'done',
    reason: `customer ${customerId} has a usable mandate`,
    details: { clientIds, questionsAskedAgain: waiting.length },
    record: (tx) => wake(tx, clientIds, waiting),
  };
}

/** A payer completed the page we handed out: now it is certain whose customer that is. */
export async function requestFulfilled(context: FlowContext, billingRequestId: string): Promise<FlowResult> {
  const request = await context.debits.getBillingRequest(billingRequestId);
  if (request?.customerId == null) {
    return skipped('nothing-to-show', `billing request ${billingRequestId} led to no customer`);
  }
  const clientId = await context.store.clients.clientOfMandateRequest(billingRequestId);
  if (clientId !== null) {
    await context.store.clients.link(clientId, request.customerId, `billing request ${billingRequestId}`);
  }
  return customerChanged(context, request.customerId);
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

/** Events behind open "no mandate" questions on invoices of these clients. */
async function openQuestions(context: FlowContext, clientIds: readonly string[]): Promise<string[]> {
  const reviews = await context.store.reviews.openOfKind('no_mandate');
  if (reviews.length === 0) return [];
  const invoiceIds = new Set<string>();
  for (const clientId of clientIds) {
    for (const invoice of await context.books.listOpenInvoices(clientId)) invoiceIds.add(invoice.id);
  }
  return reviews
    .filter((review) => invoiceIds.has(review.subject.id))
    .flatMap((review) => review.eventId ?? []);
}

async function wake(
  tx: Repositories,
  clientIds: readonly string[],
  eventIds: readonly string[],
): Promise<void> {
  for (const clientId of clientIds) await tx.events.wake(waitingForMandate(clientId));
  await tx.events.rerun(eventIds);
}
