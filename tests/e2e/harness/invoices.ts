import type { InvoiceView, Payment } from '@mlc/sandbox';
import type { TestBusiness } from './test-business.ts';

/** Somebody who gets invoices. */
export interface TestClient {
  readonly id: number;
  readonly email: string;
}

/** An invoice of a client whose GoCardless customers have the same e-mail. */
export interface TestInvoice {
  readonly business: TestBusiness;
  readonly client: TestClient;
  readonly id: number;
  readonly number: string;
}

/** What an invoice of the tests is like. */
export interface Wanted {
  /** Decimal string; default 120.00. */
  readonly amount?: string;
  /** Default: an active Bacs mandate. */
  readonly mandate?: boolean;
  /** Default: a new one. */
  readonly client?: TestClient;
}

let clients = 0;

/** A person writes an invoice. */
export function writeInvoice(
  business: TestBusiness,
  { amount = '120.00', mandate = true, client = addClient(business, mandate) }: Wanted = {},
): TestInvoice {
  const { id, number } = business.desk.createInvoice({ clientId: client.id, amount, dueInDays: 10 });
  return { business, client, id, number };
}

function addClient({ desk, organisation }: TestBusiness, hasMandate: boolean): TestClient {
  clients += 1;
  const email = `payer-${clients}@client.test`;
  const organization = `Client ${clients} Ltd`;
  const { id } = desk.createClient({ email, organization });
  if (hasMandate) organisation.scenarios.addPayer({ email, companyName: organization });
  return { id, email };
}

/** GoCardless payments made for the invoice, in the order they were made. */
export function debitsOf({ business, id }: TestInvoice): Payment[] {
  return business.organisation
    .books()
    .payments.filter(({ metadata }) => metadata['freshbooks_invoice_id'] === String(id));
}

/** The newest debit of the invoice. Throws when there is none. */
export function debitOf(invoice: TestInvoice): Payment {
  const debit = debitsOf(invoice).at(-1);
  if (debit === undefined) throw new Error(`invoice ${invoice.number} has no debit`);
  return debit;
}

/** How an invoice stands in the books of both providers. */
export interface Standing {
  /** Decimal string. */
  readonly outstanding: InvoiceView['outstanding'];
  /** `amount type` of the payments in the books that were not taken back. */
  readonly payments: readonly string[];
  /** Status of every debit, in the order they were made. */
  readonly debits: readonly string[];
}

/** Reads the sandbox's books, not ours. */
export function standingOf(invoice: TestInvoice): Standing {
  const { desk } = invoice.business;
  const payments = desk.paymentsOf(invoice.id).filter((payment) => !payment.deleted);
  return {
    outstanding: desk.invoice(invoice.id).outstanding,
    payments: payments.map(({ amount, type }) => `${amount} ${type}`),
    debits: debitsOf(invoice).map(({ status }) => status),
  };
}
