/** The work of the bench: who has it, and what names it. Everything at the providers follows from a job's number. */

export const BUSINESSES = 24;
export const CURRENCY = 'GBP';
export const AMOUNT_MINOR = 12_000;

/** Numbers of invoices that are to be debited, and of those paid through PayPal: also of their clients. */
const FIRST_DEBIT = 100_008;
const FIRST_CAPTURE = 500_016;

/** The three flows in the order they are drained: the debits the first one makes are the second one's. */
export const FLOW_KINDS = ['invoice', 'debit', 'capture'] as const;
export type FlowKind = (typeof FLOW_KINDS)[number];

export const TITLES: Readonly<Record<FlowKind, string>> = {
  capture: 'PayPal capture → booked',
  debit: 'debit confirmed → booked',
  invoice: 'invoice → debit',
};

/** An event as it stands in the inbox. */
export interface Seed {
  readonly business: number;
  readonly provider: 'freshbooks' | 'gocardless' | 'paypal';
  readonly type: string;
  readonly resourceId: string;
  readonly flow: string;
  readonly payload: string;
}

export function businessOfJob(job: number): number {
  return job % BUSINESSES;
}

/** Invoices to be debited of one business, as many as asked for. */
export function debitJobsOf(business: number, count: number): number[] {
  const first = FIRST_DEBIT + ((business - businessOfJob(FIRST_DEBIT) + BUSINESSES) % BUSINESSES);
  return Array.from({ length: count }, (_, index) => first + index * BUSINESSES);
}

/** `count` jobs from the `start`-th on, spread over the businesses. */
export function invoiceSeeds(start: number, count: number): Seed[] {
  return numbers(FIRST_DEBIT + start, count).map((job) => ({
    business: businessOfJob(job),
    provider: 'freshbooks',
    type: 'invoice.create',
    resourceId: String(job),
    flow: 'invoice-to-mandate',
    payload: `name=invoice.create&object_id=${job}&account_id=ACC${businessOfJob(job)}&business_id=1&identity_id=1&user_id=1`,
  }));
}

export function captureSeeds(start: number, count: number): Seed[] {
  return numbers(FIRST_CAPTURE + start, count).map((job) => ({
    business: businessOfJob(job),
    provider: 'paypal',
    type: 'PAYMENT.CAPTURE.COMPLETED',
    resourceId: captureId(job),
    flow: 'paypal-capture-to-freshbooks',
    payload: JSON.stringify({
      id: `WH-${job}`,
      event_version: '1.0',
      resource_type: 'capture',
      resource_version: '2.0',
      event_type: 'PAYMENT.CAPTURE.COMPLETED',
      resource: { id: captureId(job), status: 'COMPLETED', invoice_id: `INV-${job}` },
    }),
  }));
}

/** 17 characters, as PayPal's are. */
export function captureId(job: number): string {
  return `CAP${String(job).padStart(14, '0')}`;
}

/** Captures of the naive worker: the same ones. */
export function captureJobs(start: number, count: number): number[] {
  return numbers(FIRST_CAPTURE + start, count);
}

export function debitSeeds(debits: readonly { readonly id: string; readonly mandateId: string }[]): Seed[] {
  return debits.map(({ id, mandateId }) => ({
    business: businessOfJob(Number(mandateId.slice(2))),
    provider: 'gocardless',
    type: 'payments.confirmed',
    resourceId: id,
    flow: 'payment-to-freshbooks',
    payload: JSON.stringify({
      id: `EV${id}`,
      created_at: '2026-11-30T10:00:00.000Z',
      resource_type: 'payments',
      action: 'confirmed',
      details: { origin: 'gocardless', cause: 'payment_confirmed', description: 'Enough time has passed.' },
      links: { payment: id },
    }),
  }));
}

function numbers(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
