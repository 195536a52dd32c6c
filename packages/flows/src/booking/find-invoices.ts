import {
  type BookClient,
  type Capture,
  type Debit,
  type FlowContext,
  type Invoice,
  isMatched,
  matchInvoice,
  type Money,
  namesInvoice,
  numbersIn,
  type PaymentFacts,
  textsOf,
} from '@mlc/core';

/** What is known of money that nobody here asked for. */
interface Unasked {
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
async function gather(
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

/**
 * Invoices whose number or id is in one of the texts (references, descriptions), any standing, deleted ones too; which of
 * them a text really names says `namesInvoice`.
 */
async function invoicesNamed(context: FlowContext, texts: readonly string[]): Promise<Invoice[]> {
  const found: Invoice[] = [];
  for (const number of new Set(texts.flatMap(numbersIn))) {
    found.push(...(await context.books.findInvoicesByNumber(number)));
  }
  for (const id of new Set(texts.map((text) => text.trim()).filter(isId))) {
    const byId = await context.books.getInvoice(id);
    if (byId !== null) found.push(byId);
  }
  return found;
}

/** True when one of the texts names an invoice that stands in the books and is not this one. */
export async function namesAnother(
  context: FlowContext,
  texts: readonly string[],
  invoiceId: string,
): Promise<boolean> {
  const named = await invoicesNamed(context, texts);
  return named.some(
    (other) =>
      other.id !== invoiceId &&
      other.visibility !== 'deleted' &&
      texts.some((text) => namesInvoice(text, other)),
  );
}

function isId(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}

/** Everything in the books that could belong to a debit nobody here asked for, as for a PayPal capture (design section 7). */
export function invoicesForDebit(context: FlowContext, debit: Debit): Promise<Gathered> {
  const payerEmail = async (): Promise<string | null> => {
    const mandate = debit.mandateId === '' ? null : await context.debits.getMandate(debit.mandateId);
    const customer = mandate === null ? null : await context.debits.getCustomer(mandate.customerId);
    return customer?.email ?? null;
  };
  return gather(context, { amount: debit.amount, references: textsOf(debit), payerEmail });
}

/** Everything in the books that could belong to a capture: by reference, and by the payer's e-mail. */
export function invoicesForCapture(context: FlowContext, capture: Capture): Promise<Gathered> {
  const { amount, references } = capture;
  return gather(context, { amount, references, payerEmail: () => context.captures.payerEmail(capture) });
}
