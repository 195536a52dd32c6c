import {
  type Debit,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  type Invoice,
  type InvoiceMatch,
  matchInvoice,
  textsOf,
  type UnmatchedPayment,
} from '@mlc/core';
import { invoicesNamed } from '../shared/named-invoices.ts';
import { ask, debitSubject } from '../shared/review.ts';

/** A debit nobody here asked for, matched like a PayPal capture (design section 7): exact, or a person decides. */
export async function matchForeign(context: FlowContext, debit: Debit): Promise<InvoiceMatch> {
  const mandate = debit.mandateId === '' ? null : await context.debits.getMandate(debit.mandateId);
  const customer = mandate === null ? null : await context.debits.getCustomer(mandate.customerId);
  const references = textsOf(debit);
  const payerEmail = customer?.email ?? null;
  return matchInvoice({
    amount: debit.amount,
    references,
    payerEmail,
    byReference: await invoicesNamed(context, references),
    byEmail: payerEmail === null ? [] : await openInvoicesOf(context, payerEmail),
  });
}

async function openInvoicesOf(context: FlowContext, email: string): Promise<Invoice[]> {
  const found: Invoice[] = [];
  for (const client of await context.books.findClientsByEmail(email)) {
    found.push(...(await context.books.listOpenInvoices(client.id)));
  }
  return found;
}

/** The question when a foreign debit has no single exact invoice. */
export function askForeign(
  context: FlowContext,
  inbound: InboundEvent,
  { debit, match }: { debit: Debit; match: UnmatchedPayment },
): Promise<FlowResult> {
  return ask(context, inbound, {
    kind: match.kind,
    subject: debitSubject(debit.id),
    amount: debit.amount,
    reasons: [
      `GoCardless payment ${debit.id} of ${formatMoney(debit.amount)} was not made here: ${match.why}.`,
    ],
    candidates: match.candidates,
  });
}
