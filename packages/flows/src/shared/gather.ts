import {
  type BookClient,
  type FlowContext,
  type Invoice,
  isMatched,
  matchInvoice,
  type Money,
  type PaymentFacts,
} from '@mlc/core';
import { invoicesNamed } from './named-invoices.ts';

/** What is known of money that nobody here asked for. */
export interface Unasked {
  readonly amount: Money;
  /** What payer or merchant wrote that could name an invoice. */
  readonly references: readonly string[];
  /** Asked only when the references leave it open whose money it is: it costs calls. */
  readonly payerEmail: () => Promise<string | null>;
}

/** Everything in the books that such money could belong to. */
export interface Gathered {
  readonly facts: PaymentFacts;
  /** FreshBooks clients with the payer's e-mail. */
  readonly clientIds: readonly string[];
  /** When it was begun to be read. */
  readonly at: Date;
}

/** Gathers invoices by reference, and by the payer's e-mail when these do not decide (design section 7, rules 1 and 2). */
export async function gather(
  context: FlowContext,
  { amount, references, payerEmail: askEmail }: Unasked,
): Promise<Gathered> {
  const at = context.clock.now();
  const byReference = await invoicesNamed(context, references);
  const named: PaymentFacts = { amount, references, payerEmail: null, byReference, byEmail: [] };
  if (isMatched(matchInvoice(named))) return { facts: named, clientIds: [], at };
  const payerEmail = await askEmail();
  const clients = payerEmail === null ? [] : await context.books.findClientsByEmail(payerEmail);
  const byEmail = await openInvoicesOf(context, clients);
  return { facts: { ...named, payerEmail, byEmail }, clientIds: clients.map(({ id }) => id), at };
}

async function openInvoicesOf(context: FlowContext, clients: readonly BookClient[]): Promise<Invoice[]> {
  const found: Invoice[] = [];
  for (const client of clients) found.push(...(await context.books.listOpenInvoices(client.id)));
  return found;
}
