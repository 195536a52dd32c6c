import type { Sandbox } from '@mlc/sandbox';
import type { Played } from './month.ts';

/** How an invoice stands in the simulated providers' own books, and how it should. */
export interface Outcome {
  readonly played: Played;
  readonly outstanding: string;
  readonly payments: number;
  readonly debits: readonly string[];
  readonly asked: readonly string[];
  /** What differs from the story's end; empty when it is right. */
  readonly wrong: readonly string[];
}

/** Kinds of open reviews by the id of their subject. */
export type OpenReviews = ReadonlyMap<string, readonly string[]>;

/** Reads the sandbox's books, not ours, and compares them with what each story says. */
export function checkBooks(sandbox: Sandbox, cast: readonly Played[], reviews: OpenReviews): Outcome[] {
  return cast.map((played) => checkStory(sandbox, played, reviews));
}

function checkStory(sandbox: Sandbox, played: Played, reviews: OpenReviews): Outcome {
  const { expected } = played.story;
  const { invoiceId, mandateId, papers } = played.props;
  const desk = sandbox.freshbooks.desk();
  const payments = desk.paymentsOf(invoiceId).filter((payment) => !payment.deleted).length;
  const debits = sandbox.gocardless
    .books()
    .payments.filter((payment) => belongsTo(payment, { invoiceId, mandateId }))
    .map((payment) => ({ id: payment.id, status: payment.status }));
  const found = {
    outstanding: desk.invoice(invoiceId).outstanding,
    payments,
    debits: debits.map((debit) => debit.status),
    asked: [String(invoiceId), ...debits.map((debit) => debit.id), ...papers]
      .flatMap((id) => reviews.get(id) ?? [])
      .sort(),
  };
  return { played, ...found, wrong: differences(found, expected) };
}

interface SandboxPayment {
  readonly metadata: Readonly<Record<string, string>>;
  readonly links: { readonly mandate: string };
}

/** By our metadata, else by the mandate: each client of the demo has one invoice. */
function belongsTo(payment: SandboxPayment, owner: { invoiceId: number; mandateId: string | null }): boolean {
  const named = payment.metadata['freshbooks_invoice_id'];
  return named === undefined ? payment.links.mandate === owner.mandateId : named === String(owner.invoiceId);
}

function differences(
  found: Omit<Outcome, 'played' | 'wrong'>,
  expected: Played['story']['expected'],
): string[] {
  const compare = (what: string, is: unknown, should: unknown): string[] =>
    JSON.stringify(is) === JSON.stringify(should)
      ? []
      : [`${what} is ${show(is)}, should be ${show(should)}`];
  return [
    ...compare('outstanding', found.outstanding, expected.outstanding),
    ...compare('payments', found.payments, expected.payments),
    ...compare('debits', found.debits, expected.debits),
    ...compare('asked', found.asked, expected.asked ?? []),
  ];
}

function show(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}

/** What no story can see: client credits FreshBooks makes of overpayments. There must be none. */
export function strayCredits(sandbox: Sandbox): string[] {
  return sandbox.freshbooks
    .desk()
    .credits()
    .map((credit) => `client credit ${JSON.stringify(credit)} should not exist`);
}
