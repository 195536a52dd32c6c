import {
  type DomainEvent,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  skipped,
  WAITING_FOR_GO_LIVE,
} from '@mlc/core';
import { covering } from '../shared/covering.ts';
import { collectInvoice } from './collect-invoice.ts';
import { customerChanged, mandateChanged, requestFulfilled } from './wake-clients.ts';

/** One inbound event of this flow, from hint to decision. */
export async function run(
  context: FlowContext,
  inbound: InboundEvent,
  event: DomainEvent,
): Promise<FlowResult> {
  if (event.kind === 'invoice-changed')
    return covering(context, inbound, () => collectInvoice(context, inbound, event.invoiceId));
  if (event.kind === 'client-changed')
    return covering(context, inbound, () => clientChanged(context, inbound, event.clientId));
  if (event.kind === 'book-payment-changed') return bookPaymentChanged(context, inbound, event.bookPaymentId);
  if (event.kind === 'mandate-changed') return mandateChanged(context, event.mandateId);
  if (event.kind === 'customer-changed') return customerChanged(context, event.customerId);
  if (event.kind === 'billing-request-fulfilled') return requestFulfilled(context, event.billingRequestId);
  return skipped('nothing-to-show', `${event.kind} is not for this flow`);
}

/** A payment was recorded, changed or removed in FreshBooks: its invoice may need less, more or no collecting. */
async function bookPaymentChanged(
  context: FlowContext,
  inbound: InboundEvent,
  bookPaymentId: string,
): Promise<FlowResult> {
  const payment = await context.books.getPayment(bookPaymentId);
  if (payment === null) return skipped('nothing-to-show', `FreshBooks has no payment ${bookPaymentId}`);
  return collectInvoice(context, inbound, payment.invoiceId);
}

/** A client changed (a new e-mail may match a customer now): every open invoice of the client is looked at again. */
async function clientChanged(
  context: FlowContext,
  inbound: InboundEvent,
  clientId: string,
): Promise<FlowResult> {
  const invoiceIds = await invoicesOf(context, clientId);
  if (invoiceIds.length === 0) return skipped('no-open-invoice', 'the client has no open invoice');
  const results: FlowResult[] = [];
  for (const invoiceId of invoiceIds) results.push(await recorded(context, inbound, invoiceId));
  const parked = results.filter((result) => result.state === 'parked');
  const waiting = parked.find(({ waitingFor }) => waitingFor === WAITING_FOR_GO_LIVE) ?? parked[0];
  if (waiting !== undefined) return { ...waiting, record: () => Promise.resolve() };
  return {
    state: 'done',
    reason: `${invoiceIds.length} invoices looked at`,
    details: {
      invoices: invoiceIds.map((invoiceId, index) => ({ invoiceId, reason: results[index]?.reason })),
    },
  };
}

async function invoicesOf(context: FlowContext, clientId: string): Promise<string[]> {
  const open = (await context.books.listOpenInvoices(clientId)).map((invoice) => invoice.id);
  const live = (await context.store.collections.liveOfClient(clientId)).map(
    (collection) => collection.invoiceId,
  );
  return [...new Set([...open, ...live])].sort();
}

/** Each invoice's effect is recorded before the next one is looked at. */
async function recorded(context: FlowContext, inbound: InboundEvent, invoiceId: string): Promise<FlowResult> {
  const result = await collectInvoice(context, inbound, invoiceId);
  await context.store.transaction(async (tx) => result.record?.(tx));
  return result;
}
