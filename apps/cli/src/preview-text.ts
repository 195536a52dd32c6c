import { formatMoney } from '@mlc/core';
import type { HeldWriteView } from '@mlc/platform/views/held-writes';
import type { Obstacle, Preview, PreviewedCollection, PreviewProgress } from '@mlc/flows';
import { tableText } from './print.ts';

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

function heldMoney({ amountMinor, currency }: HeldWriteView): string | null {
  if (amountMinor === null || currency === null) return null;
  return formatMoney({ minor: BigInt(amountMinor), currency });
}

/** A preview for people: tables with their sums, the last one with the invoices that are neither. */
export async function previewLines(preview: Preview, held: readonly HeldWriteView[]): Promise<string[]> {
  const { collections, obstacles, left } = preview;
  const { totals, postings, cancellations } = previewDocument(preview, held);
  const waiting = [...postings, ...cancellations];
  const sum = (minor: number, currency: string): string => formatMoney({ minor: BigInt(minor), currency });
  return [
    'Would be collected',
    await tableText(collections, [
      { title: 'invoice', of: ({ invoiceNumber }) => invoiceNumber },
      { title: 'client', of: ({ client }) => client },
      { title: 'amount', of: ({ amount }) => formatMoney(amount), align: 'right' },
      { title: 'mandate', of: ({ mandateId }) => mandateId },
      { title: 'charge date', of: ({ chargeDate }) => chargeDate },
    ]),
    ...totals.map(
      ({ currency, collections: count, collectionsMinor, payments, paymentsMinor }) =>
        `${currency}: ${count} debits, ${sum(collectionsMinor, currency)}` +
        (payments === 0 ? '' : `; ${payments} payments to book, ${sum(paymentsMinor, currency)}`),
    ),
    ...(waiting.length === 0
      ? []
      : [
          '',
          'Waits for go-live, as it would be done now',
          await tableText(waiting, [
            { title: 'would be', of: ({ kind }) => kind },
            { title: 'of', of: ({ source }) => (source === null ? null : `${source.provider} ${source.id}`) },
            { title: 'invoice', of: ({ invoiceNumber, invoiceId }) => invoiceNumber ?? invoiceId },
            { title: 'amount', of: heldMoney, align: 'right' },
            { title: 'date', of: ({ date }) => date },
          ]),
        ]),
    '',
    'Stands in the way',
    await tableText(obstacles, [
      { title: 'kind', of: ({ kind }) => kind },
      { title: 'about', of: ({ subject }) => `${subject.provider} ${subject.type} ${subject.id}` },
      { title: 'why', of: ({ why }) => why },
    ]),
    '',
    'Left as it is',
    await tableText(left, [
      { title: 'invoice', of: ({ invoiceNumber }) => invoiceNumber },
      { title: 'why', of: ({ why }) => why },
    ]),
  ];
}

/** Invoices between two lines of progress. */
const INVOICES_PER_LINE = 100;

/** A line of progress; null where it would be one too many. */
export function progressLine(progress: PreviewProgress): string | null {
  if (progress.kind === 'customers') return `${progress.read} GoCardless customers read`;
  const { looked, all } = progress;
  return looked % INVOICES_PER_LINE === 0 || looked === all
    ? `${looked} of ${all} open invoices looked at`
    : null;
}
