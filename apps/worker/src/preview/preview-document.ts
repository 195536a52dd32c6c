import type { Obstacle, Preview, PreviewedCollection } from '@mlc/flows';
import type { HeldWriteView } from '@mlc/platform/views/held-writes';

/** One debit that would be created, as contract section 6 prints it. */
export interface CollectionLine {
  readonly invoiceId: string;
  readonly invoiceNumber: string;
  readonly client: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly mandateId: string;
  readonly chargeDate: string | null;
}

/** Sums of one currency. */
export interface PreviewTotal {
  readonly currency: string;
  readonly collections: number;
  readonly collectionsMinor: number;
  /** Payments that wait to be booked. */
  readonly payments: number;
  readonly paymentsMinor: number;
}

/** The document of `mlc preview --json`. */
export interface PreviewDocument {
  readonly collections: readonly CollectionLine[];
  readonly obstacles: readonly Obstacle[];
  /** By currency. */
  readonly totals: readonly PreviewTotal[];
  /** What waits for go-live and would be booked in FreshBooks now, or taken out. */
  readonly postings: readonly HeldWriteView[];
  /** Debits that wait for go-live and would be cancelled now. */
  readonly cancellations: readonly HeldWriteView[];
}

function lineOf({ amount, ...collection }: PreviewedCollection): CollectionLine {
  const { invoiceId, invoiceNumber, client, mandateId, chargeDate } = collection;
  const { minor, currency } = amount;
  return { invoiceId, invoiceNumber, client, amountMinor: Number(minor), currency, mandateId, chargeDate };
}

/** A preview for scripts; what is left alone is nothing to act on and not in it. */
export function previewDocument(
  { collections, obstacles }: Preview,
  held: readonly HeldWriteView[],
): PreviewDocument {
  const lines = collections.map(lineOf);
  const postings = held.filter(({ kind }) => IN_BOOKS.has(kind));
  const cancellations = held.filter(({ kind }) => kind === 'cancellation');
  return { collections: lines, obstacles, totals: totalsOf(lines, postings), postings, cancellations };
}

const IN_BOOKS: ReadonlySet<string> = new Set(['payment', 'reversal', 'fee', 'journal']);

function totalsOf(
  collections: readonly CollectionLine[],
  postings: readonly HeldWriteView[],
): PreviewTotal[] {
  const payments = postings.filter(({ kind }) => kind === 'payment');
  const currencies = new Set([...collections, ...payments].flatMap(({ currency }) => currency ?? []));
  return [...currencies].sort().map((currency) => {
    const debits = collections.filter((line) => line.currency === currency);
    const booked = payments.filter((line) => line.currency === currency);
    return {
      currency,
      collections: debits.length,
      collectionsMinor: debits.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
      payments: booked.length,
      paymentsMinor: booked.reduce((sum, { amountMinor }) => sum + (amountMinor ?? 0), 0),
    };
  });
}
