import {
  type BookClient,
  type BookPayment,
  type Capture,
  type FlowContext,
  type Invoice,
  type PaymentFacts,
} from '@mlc/core';
import { invoicesNamed } from '../shared/named-invoices.ts';
import { dayBefore } from './decide.ts';

/** Everything in the books that could belong to a capture. */
export interface Found {
  readonly facts: PaymentFacts;
  /** Payments on the invoices the reference names, and those of the payer's clients since the capture. */
  readonly payments: readonly BookPayment[];
}

/** Gathers invoices by reference and by the payer's e-mail, and what was booked on them already. */
export async function findInvoices(context: FlowContext, capture: Capture): Promise<Found> {
  const payerEmail = await context.captures.payerEmail(capture);
  const clients = payerEmail === null ? [] : await context.books.findClientsByEmail(payerEmail);
  const byReference = await invoicesNamed(context, capture.references);
  const byEmail = await openInvoicesOf(context, clients);
  return {
    facts: { amount: capture.amount, references: capture.references, payerEmail, byReference, byEmail },
    payments: await paymentsAround(context, { capture, clients, invoices: byReference }),
  };
}

async function openInvoicesOf(context: FlowContext, clients: readonly BookClient[]): Promise<Invoice[]> {
  const found: Invoice[] = [];
  for (const client of clients) found.push(...(await context.books.listOpenInvoices(client.id)));
  return found;
}

async function paymentsAround(
  context: FlowContext,
  {
    capture,
    clients,
    invoices,
  }: { capture: Capture; clients: readonly BookClient[]; invoices: readonly Invoice[] },
): Promise<BookPayment[]> {
  const since = dayBefore(capture.createdAt);
  const found: BookPayment[] = [];
  for (const client of clients) found.push(...(await context.books.listClientPayments(client.id, since)));
  for (const invoice of invoices) found.push(...(await context.books.listPayments(invoice.id)));
  return found;
}
