import {
  ConnectorError,
  type DomainEvent,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  skipped,
  WAITING_FOR_GO_LIVE,
} from '@mlc/core';
import { covering } from '../running/covering.ts';
import { notForFlow } from '../running/not-for-flow.ts';
import { lookOrWait, notShown } from '../running/not-shown.ts';
import { recordOne } from '../running/record.ts';
import { collectInvoice } from './collect-invoice.ts';
import { scheduleChanged } from './planned-links.ts';
import { customerChanged, mandateChanged, requestFulfilled } from './wake-clients.ts';

/** One inbound event of this flow, from hint to decision. */
export async function run(
  context: FlowContext,
  inbound: InboundEvent,
  event: DomainEvent,
): Promise<FlowResult> {
  if (event.kind === 'invoice-changed')
    return covering(context, inbound, () => collectInvoice(context, inbound, event));
  if (event.kind === 'client-changed')
    return covering(context, inbound, () => clientChanged(context, inbound, event.clientId));
  if (event.kind === 'book-payment-changed') return bookPaymentChanged(context, inbound, event);
  if (event.kind === 'mandate-changed') return mandateChanged(context, inbound, event);
  if (event.kind === 'schedule-changed') return scheduleChanged(context, event.scheduleId);
  if (event.kind === 'customer-changed') return customerChanged(context, event);
  if (event.kind === 'billing-request-fulfilled') return requestFulfilled(context, event.billingRequestId);
  throw notForFlow(inbound, event);
}

/** A payment was recorded, changed or removed in FreshBooks: its invoice may need less, more or no collecting. */
async function bookPaymentChanged(
  context: FlowContext,
  inbound: InboundEvent,
  { bookPaymentId, isDeleted = false }: { bookPaymentId: string; isDeleted?: boolean },
): Promise<FlowResult> {
  const of = { provider: 'FreshBooks', operation: 'getPayment' } as const;
  const payment = await context.books.getPayment(bookPaymentId);
  if (payment === null) {
    if (!isDeleted) throw notShown({ ...of, says: `has no payment ${bookPaymentId}` });
    return skipped('payment-removed', `FreshBooks has payment ${bookPaymentId} no longer`);
  }
  if (isDeleted && !payment.deleted)
    throw notShown({ ...of, says: `shows payment ${bookPaymentId}, and told that it was deleted` });
  return collectInvoice(context, inbound, payment);
}

/** A client changed (a new e-mail may match a customer now): every open invoice is looked at again; none holds up the others. */
async function clientChanged(
  context: FlowContext,
  inbound: InboundEvent,
  clientId: string,
): Promise<FlowResult> {
  const invoiceIds = await invoicesOf(context, clientId);
  if (invoiceIds.length === 0) return skipped('no-open-invoice', 'the client has no open invoice');
  const looks: { readonly invoiceId: string; readonly result: FlowResult }[] = [];
  const waiting: ConnectorError[] = [];
  for (const invoiceId of invoiceIds) {
    const result = await lookOrWait(() =>
      recordOne(context, () => collectInvoice(context, inbound, { invoiceId })),
    );
    if (result instanceof ConnectorError) waiting.push(result);
    else looks.push({ invoiceId, result });
  }
  if (waiting[0] !== undefined) throw waiting[0];
  const parked = looks.flatMap(({ result }) => (result.state === 'parked' ? [result] : []));
  const held = parked.find(({ waitingFor }) => waitingFor === WAITING_FOR_GO_LIVE) ?? parked[0];
  if (held !== undefined) return held;
  return {
    state: 'done',
    reason: `${looks.length} invoices looked at`,
    details: { invoices: looks.map(({ invoiceId, result }) => ({ invoiceId, reason: result.reason })) },
    effects: [],
  };
}

async function invoicesOf(context: FlowContext, clientId: string): Promise<string[]> {
  const open = (await context.books.listOpenInvoices(clientId)).map((invoice) => invoice.id);
  const live = (await context.store.collections.liveOfClient(clientId)).map(
    (collection) => collection.invoiceId,
  );
  return [...new Set([...open, ...live])].sort();
}
