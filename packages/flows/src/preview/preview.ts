import type { FlowContext, Invoice } from '@mlc/core';
import { dryBooks, dryDebits } from './dry-providers.ts';
import { type DryContext, dryStore } from './dry-store.ts';
import { foreseeInvoice } from './foresee-invoice.ts';
import type { Foreseen, LeftAlone, Obstacle, PreviewedCollection } from './foreseen.ts';
import type { Pause } from './patience.ts';

/** What a run over every open invoice would do now; sorted, the same for the same facts. */
export interface Preview {
  /** By charge date, then invoice. */
  readonly collections: readonly PreviewedCollection[];
  /** By kind, then invoice. */
  readonly obstacles: readonly Obstacle[];
  /** Open invoices that are neither, with the reason; by invoice. */
  readonly left: readonly LeftAlone[];
}

/** How far a preview is. */
export type PreviewProgress =
  | { readonly kind: 'customers'; readonly read: number }
  | { readonly kind: 'invoices'; readonly looked: number; readonly all: number };

/** A preview takes no locks: it changes nothing that others would have to be kept from. */
export type PreviewContext = Omit<FlowContext, 'locks'>;

/** What a preview needs beside the context. */
export interface PreviewOptions {
  /** Told after each page of customers and each invoice. */
  readonly onProgress?: (progress: PreviewProgress) => void;
  /** Waits when a provider's rate limit asks to. */
  readonly pause: Pause;
}

/**
 * Plans every open invoice as `invoice-to-mandate` would, by the same code, over a store and providers that can only be
 * read (credentials may be refreshed and calls are counted below them). Rejects with the first ConnectorError that is
 * not a rate limit. Not foreseen: a scheme's own limit, which GoCardless tells when a payment is created only.
 */
export async function previewCollections(context: PreviewContext, options: PreviewOptions): Promise<Preview> {
  const { onProgress = () => undefined } = options;
  const dry = dryContext(context, options);
  const invoices = await openInvoices(dry);
  const foreseen: Foreseen[] = [];
  for (const invoice of invoices) {
    foreseen.push(await foreseeInvoice(dry, invoice));
    onProgress({ kind: 'invoices', looked: foreseen.length, all: invoices.length });
  }
  return sorted(foreseen);
}

function dryContext(context: PreviewContext, { onProgress, pause }: PreviewOptions): DryContext {
  let read = 0;
  const onCustomers = (count: number): void => {
    read += count;
    onProgress?.({ kind: 'customers', read });
  };
  return {
    ...context,
    books: dryBooks(context.books, pause),
    debits: dryDebits(context.debits, pause),
    store: dryStore(context.store, onCustomers),
    locks: { withLock: (_key, work) => work(), letGoAfter: (work) => work() },
  };
}

/** Oldest first: which of two like invoices gets a scheduled debit must not depend on FreshBooks' order. */
async function openInvoices(context: DryContext): Promise<Invoice[]> {
  const invoices = new Map<string, Invoice>();
  for await (const invoice of context.books.listAllOpenInvoices()) invoices.set(invoice.id, invoice);
  return [...invoices.values()].sort(
    (left, right) => compare(left.createdDate, right.createdDate) || compare(left.id, right.id),
  );
}

function sorted(foreseen: readonly Foreseen[]): Preview {
  const collections = foreseen.flatMap((one) => (one.kind === 'collection' ? [one.collection] : []));
  const obstacles = foreseen.flatMap((one) => (one.kind === 'obstacle' ? [one.obstacle] : []));
  const left = foreseen.flatMap((one) => (one.kind === 'left' ? [one.left] : []));
  return {
    collections: collections.sort(
      (one, other) =>
        compare(one.chargeDate ?? '', other.chargeDate ?? '') ||
        compare(one.invoiceNumber, other.invoiceNumber) ||
        compare(one.invoiceId, other.invoiceId),
    ),
    obstacles: obstacles.sort(
      (one, other) => compare(one.kind, other.kind) || compare(one.subject.id, other.subject.id),
    ),
    left: left.sort(
      (one, other) =>
        compare(one.invoiceNumber, other.invoiceNumber) || compare(one.invoiceId, other.invoiceId),
    ),
  };
}

/** By code unit: the same on every machine. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
