import type { Money } from '../money/money.ts';
import type { Invoice } from '../ports/books.ts';
import type { Candidate } from '../ports/reviews.ts';
import { namingOf } from './naming.ts';

/** A payment nobody asked for, and the invoices it might belong to (design section 7, rules 1–3). */
export interface PaymentFacts {
  readonly amount: Money;
  /** What the payer or merchant wrote as reference, e.g. an invoice number. */
  readonly references: readonly string[];
  readonly payerEmail: string | null;
  /** Invoices whose number or id is in the references; any standing, deleted ones too. */
  readonly byReference: readonly Invoice[];
  /** Open invoices of the clients with the payer's e-mail. */
  readonly byEmail: readonly Invoice[];
}

/** One invoice, without a doubt: its outstanding amount or part of it. */
export interface MatchedInvoice {
  readonly kind: 'exact' | 'partial';
  readonly invoice: Invoice;
  readonly why: string;
}

/** A person has to decide; `kind` is the review's. */
export interface UnmatchedPayment {
  readonly kind:
    'overpayment' | 'currency_mismatch' | 'ambiguous_match' | 'unmatched_payment' | 'invoice_missing';
  readonly why: string;
  readonly candidates: readonly Candidate[];
}

export type InvoiceMatch = MatchedInvoice | UnmatchedPayment;

/** True when exactly one invoice is meant. */
export function isMatched(match: InvoiceMatch): match is MatchedInvoice {
  return match.kind === 'exact' || match.kind === 'partial';
}

/** What a person may choose from. */
export function candidatesOf(match: InvoiceMatch): readonly Candidate[] {
  if (!isMatched(match)) return match.candidates;
  const { invoice, why } = match;
  return [{ invoiceId: invoice.id, invoiceNumber: invoice.number, score: 100, why }];
}

/** True when the text names the invoice by its number (`namingOf`), or is its id. */
export function namesInvoice(reference: string, invoice: Pick<Invoice, 'id' | 'number'>): boolean {
  return reference.trim() === invoice.id || namingOf(reference, invoice.number) === 'named';
}

/** Exact reference, then e-mail with amount, then a person; never by likelihood. */
export function matchInvoice(facts: PaymentFacts): InvoiceMatch {
  const named = byId(
    facts.byReference.filter((invoice) => facts.references.some((text) => namesInvoice(text, invoice))),
  );
  const standing = named.filter(({ visibility }) => visibility !== 'deleted');
  if (standing.length > 0) return matchNamed(facts, standing);
  const [deleted] = named;
  if (deleted !== undefined) {
    const why = `the reference names invoice ${deleted.number}, which was deleted in FreshBooks`;
    return { kind: 'invoice_missing', why, candidates: rank({ ...facts, byReference: [] }) };
  }
  const fitting = byId(facts.byEmail.filter((invoice) => fits(invoice, facts.amount)));
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) {
    return {
      kind: 'exact',
      invoice: only,
      why: `payer e-mail ${facts.payerEmail ?? ''} and exact outstanding amount`,
    };
  }
  const candidates = rank(facts);
  if (only !== undefined) {
    return {
      kind: 'ambiguous_match',
      why: `${fitting.length} open invoices of this payer have this amount`,
      candidates,
    };
  }
  return { kind: 'unmatched_payment', why: unmatchedWhy(facts), candidates };
}

function matchNamed(facts: PaymentFacts, named: readonly Invoice[]): InvoiceMatch {
  const inCurrency = named.filter((invoice) => invoice.outstanding.currency === facts.amount.currency);
  const [invoice, ...others] = inCurrency;
  const candidates = rank({ ...facts, byReference: named });
  if (others.length > 0) {
    return { kind: 'ambiguous_match', why: `the reference names ${inCurrency.length} invoices`, candidates };
  }
  const [named0] = named;
  if (invoice === undefined) {
    if (named0 === undefined) return { kind: 'unmatched_payment', why: unmatchedWhy(facts), candidates };
    return {
      kind: 'currency_mismatch',
      why: `the reference names invoice ${named0.number}, which is in ${named0.outstanding.currency}`,
      candidates,
    };
  }
  const reference = `reference names invoice ${invoice.number}`;
  if (facts.amount.minor > invoice.outstanding.minor) {
    return {
      kind: 'overpayment',
      why: `${reference}, which has less outstanding than was paid`,
      candidates,
    };
  }
  if (facts.amount.minor < invoice.outstanding.minor) {
    return { kind: 'partial', invoice, why: `${reference}, part of its outstanding amount` };
  }
  return { kind: 'exact', invoice, why: `${reference} and its exact outstanding amount` };
}

function fits(invoice: Invoice, amount: Money): boolean {
  return (
    invoice.standing === 'open' &&
    invoice.outstanding.minor === amount.minor &&
    invoice.outstanding.currency === amount.currency
  );
}

function byId(invoices: readonly Invoice[]): Invoice[] {
  const unique = new Map(invoices.map((invoice) => [invoice.id, invoice]));
  return [...unique.values()].sort((left, right) => compareIds(left.id, right.id));
}

/** Numeric ids by size, others as text: the same order on every machine. */
function compareIds(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

function unmatchedWhy(facts: PaymentFacts): string {
  const reference = facts.references.filter((text) => text.trim() !== '').join(', ');
  const byReference = reference === '' ? 'there is no reference' : `no invoice is named "${reference}"`;
  const byEmail =
    facts.payerEmail === null
      ? 'the payer has no e-mail'
      : `no open invoice of ${facts.payerEmail} has this amount`;
  return `${byReference}, and ${byEmail}`;
}

const MAX_CANDIDATES = 10;

/** Candidates for a person: reference weighs most, then payer, then amount. Scores are sums of these weights. */
function rank(facts: PaymentFacts): Candidate[] {
  const referenced = new Set(facts.byReference.map((invoice) => invoice.id));
  const payers = new Set(facts.byEmail.map((invoice) => invoice.id));
  return byId([...facts.byReference, ...facts.byEmail])
    .map((invoice) =>
      candidate(invoice, facts, { referenced: referenced.has(invoice.id), payer: payers.has(invoice.id) }),
    )
    .sort((left, right) => right.score - left.score || compareIds(left.invoiceId, right.invoiceId))
    .slice(0, MAX_CANDIDATES);
}

function candidate(
  invoice: Invoice,
  facts: PaymentFacts,
  seen: { referenced: boolean; payer: boolean },
): Candidate {
  const sameAmount =
    invoice.outstanding.minor === facts.amount.minor &&
    invoice.outstanding.currency === facts.amount.currency;
  const reasons = [
    ...(seen.referenced ? [{ score: 50, why: 'reference' }] : []),
    ...(seen.payer ? [{ score: 30, why: 'payer e-mail' }] : []),
    ...(sameAmount ? [{ score: 20, why: 'same amount' }] : []),
  ];
  return {
    invoiceId: invoice.id,
    invoiceNumber: invoice.number,
    score: reasons.reduce((sum, reason) => sum + reason.score, 0),
    why: reasons.map((reason) => reason.why).join(', '),
  };
}
