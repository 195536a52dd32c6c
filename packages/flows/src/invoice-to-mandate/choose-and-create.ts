import {
  type BookClient,
  chooseMandate,
  type Collection,
  type CustomerMatch,
  dateIn,
  type DebitCustomer,
  deriveKey,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  type Invoice,
  type Mandate,
} from '@mlc/core';
import { ask, invoiceSubject, toldToGoAhead } from '../shared/review.ts';
import { createDebit } from './create-debit.ts';
import { chargeDateFor, decideSchedule, mayCollectAgain, type ScheduledDebit } from './decide.ts';
import { findCustomer } from './find-customer.ts';
import { findUnlinkedSchedules } from './find-schedules.ts';
import { currentMandates } from './mirror.ts';
import { withoutMandate } from './no-mandate.ts';

/** An invoice to collect, the number its debit gets, and the debit before it. */
export interface ToCollect {
  readonly invoice: Invoice;
  readonly attempt: number;
  readonly last: Collection | null;
}

/** Rows "customer unknown" to "otherwise" of design section 4. */
export async function chooseAndCreate(
  context: FlowContext,
  inbound: InboundEvent,
  wanted: ToCollect,
): Promise<FlowResult> {
  const { invoice } = wanted;
  const client = await context.books.getClient(invoice.clientId);
  if (client === null)
    return { state: 'skipped', reason: `client ${invoice.clientId} does not exist in FreshBooks` };
  const match = await findCustomer(context, client, invoice.id);
  if (match.kind === 'several') return askWhichCustomer(context, inbound, { invoice, client, match });
  if (match.kind === 'none') {
    return withoutMandate(context, inbound, {
      invoice,
      client,
      missing: { customerId: null, why: match.why },
    });
  }
  await context.store.clients.link(client.id, match.customerId, match.why);
  return onCustomer(context, inbound, { ...wanted, client, match });
}

function askWhichCustomer(
  context: FlowContext,
  inbound: InboundEvent,
  {
    invoice,
    client,
    match,
  }: { invoice: Invoice; client: BookClient; match: Extract<CustomerMatch, { kind: 'several' }> },
): Promise<FlowResult> {
  const name = (customer: DebitCustomer): string =>
    `${customer.id} (${customer.name}, ${customer.email ?? 'no e-mail'})`;
  return ask(context, inbound, {
    kind: 'ambiguous_customer',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Client ${client.name} of invoice ${invoice.number}: ${match.why}.`,
      ...match.customers.map((customer) => `Possible: ${name(customer)}`),
      "Put the FreshBooks client id into the right customer's metadata (freshbooks_client_id) and retry, or match it here.",
    ],
  });
}

async function onCustomer(
  context: FlowContext,
  inbound: InboundEvent,
  wanted: ToCollect & { client: BookClient; match: Extract<CustomerMatch, { kind: 'one' }> },
): Promise<FlowResult> {
  const { invoice, client, match } = wanted;
  const mandates = await currentMandates(context, match.customerId);
  const choice = chooseMandate(mandates, invoice.outstanding.currency);
  if (choice.kind === 'none') {
    const missing = { customerId: match.customerId, why: choice.why };
    return withoutMandate(context, inbound, { invoice, client, missing });
  }
  if (choice.kind === 'other-currency')
    return askCurrency(context, inbound, { invoice, currencies: choice.currencies });
  if (!mayCollectAgain(wanted.last, choice.mandate, invoice.outstanding)) return ended(wanted.last);
  const scheduled = await scheduleDecision(context, inbound, { invoice, mandates });
  if (scheduled !== null) return scheduled;
  if (choice.mandate.maxAmountMinor !== null && invoice.outstanding.minor > choice.mandate.maxAmountMinor) {
    return askLimit(context, inbound, {
      invoice,
      mandate: choice.mandate,
      maximum: choice.mandate.maxAmountMinor,
    });
  }
  const today = dateIn(context.business.timezone, context.clock.now());
  return createDebit(context, inbound, {
    invoice,
    attempt: wanted.attempt,
    mandateId: choice.mandate.id,
    chargeDate: chargeDateFor(context.business.policy, invoice.dueDate, choice.mandate, today),
    details: { customerId: match.customerId, customerWhy: match.why, mandateWhy: choice.why },
  });
}

function ended(last: Collection | null): FlowResult {
  const debit = `debit ${last?.paymentId ?? ''} (attempt ${last?.attempt ?? 0})`;
  return {
    state: 'skipped',
    reason: `${debit} ended as ${last?.state ?? ''}; it is not repeated by itself: retry it in GoCardless or release the invoice`,
  };
}

function askCurrency(
  context: FlowContext,
  inbound: InboundEvent,
  { invoice, currencies }: { invoice: Invoice; currencies: readonly string[] },
): Promise<FlowResult> {
  return ask(context, inbound, {
    kind: 'currency_mismatch',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Invoice ${invoice.number} is in ${invoice.outstanding.currency}; the client's mandates collect ${currencies.join(', ')}.`,
    ],
  });
}

function askLimit(
  context: FlowContext,
  inbound: InboundEvent,
  { invoice, mandate, maximum }: { invoice: Invoice; mandate: Mandate; maximum: bigint },
): Promise<FlowResult> {
  const limit = formatMoney({ minor: maximum, currency: invoice.outstanding.currency });
  return ask(context, inbound, {
    kind: 'mandate_limit',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Invoice ${invoice.number} is ${formatMoney(invoice.outstanding)}; mandate ${mandate.id} allows ${limit} per debit.`,
    ],
  });
}

/** Whether a subscription or instalment schedule collects it already; null when nothing stands in the way. */
async function scheduleDecision(
  context: FlowContext,
  inbound: InboundEvent,
  { invoice, mandates }: { invoice: Invoice; mandates: readonly Mandate[] },
): Promise<FlowResult | null> {
  const dueDate = invoice.dueDate ?? invoice.createdDate;
  const inCurrency = mandates.filter((mandate) => mandate.currency === invoice.outstanding.currency);
  const unlinked = await findUnlinkedSchedules(context, inCurrency, {
    outstanding: invoice.outstanding,
    dueDate,
  });
  const decision = decideSchedule(unlinked, invoice.outstanding, dueDate);
  if (decision.kind === 'none') return null;
  if (decision.kind === 'link') return link(context, { invoice, debit: decision.debit });
  const subject = invoiceSubject(invoice.id);
  if (await toldToGoAhead(context, 'double_payment_risk', subject)) return null;
  return ask(context, inbound, {
    kind: 'double_payment_risk',
    subject,
    amount: invoice.outstanding,
    reasons: [
      `Invoice ${invoice.number} might be collected twice: ${decision.why}.`,
      'Retry to collect it all the same.',
    ],
  });
}

async function link(
  context: FlowContext,
  { invoice, debit }: { invoice: Invoice; debit: ScheduledDebit },
): Promise<FlowResult> {
  const attempts = await context.store.collections.ofInvoice(invoice.id);
  const planned = attempts.find(
    (collection) => collection.state === 'planned' && collection.calledAt === null,
  );
  const attempt = (attempts.at(-1)?.attempt ?? 0) + 1;
  return {
    state: 'done',
    reason: `collected by ${debit.origin} ${debit.scheduleId} on ${debit.chargeDate}: linked instead of debited again`,
    details: { scheduleId: debit.scheduleId, paymentId: debit.paymentId },
    record: async (tx) => {
      if (planned !== undefined)
        await tx.collections.update(planned.id, { state: 'cancelled', endedBy: 'us' });
      await tx.collections.insert({
        invoiceId: invoice.id,
        invoiceNumber: invoice.number,
        clientId: invoice.clientId,
        attempt,
        origin: debit.origin,
        paymentId: debit.paymentId,
        mandateId: debit.mandateId,
        amount: debit.amount,
        chargeDate: debit.chargeDate,
        state: debit.state,
        idempotencyKey: deriveKey(context.sha256, ['link', context.business.id, invoice.id, attempt]),
        scheduleId: debit.scheduleId,
        willAttemptRetry: false,
        calledAt: null,
        endedBy: null,
      });
      if (debit.paymentId !== null) {
        // Its events may have come before the invoice did: whoever asked about that payment is answered now.
        const subject = { provider: 'gocardless', type: 'payment', id: debit.paymentId };
        const waiting = await tx.reviews.openOn(subject);
        await tx.reviews.settle(
          ['unmatched_payment', 'ambiguous_match'],
          subject,
          `linked to invoice ${invoice.number}`,
        );
        await tx.events.rerun(waiting.flatMap((review) => review.eventId ?? []));
      }
    },
  };
}
