import { formatMoney } from '@mlc/core';
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

/** The document of `mlc preview --json`. */
export interface PreviewDocument {
  readonly collections: readonly CollectionLine[];
  readonly obstacles: readonly Obstacle[];
}

function lineOf({ amount, ...collection }: PreviewedCollection): CollectionLine {
  const { invoiceId, invoiceNumber, client, mandateId, chargeDate } = collection;
  const { minor, currency } = amount;
  return { invoiceId, invoiceNumber, client, amountMinor: Number(minor), currency, mandateId, chargeDate };
}

/** A preview for scripts; what is left alone is nothing to act on and not in it. */
export function previewDocument({ collections, obstacles }: Preview): PreviewDocument {
  return { collections: collections.map(lineOf), obstacles };
}

/** A preview for people: three tables, the last one with the invoices that are neither. */
export async function previewLines({ collections, obstacles, left }: Preview): Promise<string[]> {
  return [
    'Would be collected',
    await tableText(collections, [
      { title: 'invoice', of: ({ invoiceNumber }) => invoiceNumber },
      { title: 'client', of: ({ client }) => client },
      { title: 'amount', of: ({ amount }) => formatMoney(amount), align: 'right' },
      { title: 'mandate', of: ({ mandateId }) => mandateId },
      { title: 'charge date', of: ({ chargeDate }) => chargeDate },
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
