import {
  ConnectorError,
  skipped,
  WAITING_FOR_GO_LIVE,
  type DomainEvent,
  type Flow,
  type FlowContext,
  type FlowResult,
  type Job,
} from '@mlc/core';
import { covering } from '../running/covering.ts';
import { notForFlow } from '../running/not-for-flow.ts';
import { notShown, lookOrWait } from '../running/not-shown.ts';
import { recordOne } from '../running/record.ts';
import { collectInvoice } from './collect-invoice.ts';
import { scheduleChanged } from './planned-links.ts';
import { mandateChanged, customerChanged, requestFulfilled } from './wake-clients.ts';

const KINDS = new Set([
  'invoice-changed',
  'client-changed',
  'book-payment-changed',
  'mandate-changed',
  'customer-changed',
  'schedule-changed',
  'billing-request-fulfilled',
]);

/** An invoice becomes a debit on its client's mandate (design section 4). */
export const invoiceToMandate: Flow = {
  name: 'invoice-to-mandate',
  accepts: ({ kind }) => KINDS.has(kind),
  run,
};

/** One inbound event of this flow, from hint to decision. */
async function run(job: Job, news: DomainEvent): Promise<FlowResult> {
  if (news.kind === 'invoice-changed') return covering(job, () => collectInvoice(job, news));
  if (news.kind === 'client-changed') return covering(job, () => clientChanged(job, news.clientId));
  if (news.kind === 'book-payment-changed') return bookPaymentChanged(job, news);
  if (news.kind === 'mandate-changed') return mandateChanged(job, news);
  if (news.kind === 'schedule-changed') return scheduleChanged(job, news.scheduleId);
  if (news.kind === 'customer-changed') return customerChanged(job, news);
  if (news.kind === 'billing-request-fulfilled') return requestFulfilled(job, news.billingRequestId);
  throw notForFlow(job.event, news);
}

/** A payment was recorded, changed or removed in FreshBooks: its invoice may need less, more or no collecting. */
async function bookPaymentChanged(
  job: Job,
  { bookPaymentId, isDeleted = false }: { bookPaymentId: string; isDeleted?: boolean },
): Promise<FlowResult> {
  const of = { provider: 'FreshBooks', operation: 'getPayment' } as const;
  const payment = await job.books.getPayment(bookPaymentId);
  if (payment === null) {
    if (!isDeleted) throw notShown({ ...of, says: `has no payment ${bookPaymentId}` });
    return skipped('payment-removed', `FreshBooks has payment ${bookPaymentId} no longer`);
  }
  if (isDeleted && !payment.deleted)
    throw notShown({ ...of, says: `shows payment ${bookPaymentId}, and told that it was deleted` });
  return collectInvoice(job, payment);
}

/** A client changed (a new e-mail may match a customer now): every open invoice is looked at again; none holds up the others. */
async function clientChanged(job: Job, clientId: string): Promise<FlowResult> {
  const invoiceIds = await invoicesOf(job, clientId);
  if (invoiceIds.length === 0) return skipped('no-open-invoice', 'the client has no open invoice');
  const looks: { readonly invoiceId: string; readonly result: FlowResult }[] = [];
  const waiting: ConnectorError[] = [];
  for (const invoiceId of invoiceIds) {
    const result = await lookOrWait(() => recordOne(job, () => collectInvoice(job, { invoiceId })));
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
