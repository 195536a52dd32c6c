import { formatMoney } from '@mlc/core';
import type { HeldWriteView } from '@mlc/platform/views/held-writes';
import type { Preview, PreviewProgress } from '@mlc/flows';
import { previewDocument } from '@mlc/worker';
import { tableText } from './print.ts';

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
