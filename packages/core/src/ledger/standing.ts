import { clearingOf, RECEIVABLES } from './accounts.ts';
import { type LedgerEntry, movementOf } from './entry.ts';

/** True when the payment has ever stood on an invoice, be it that it was taken back since. */
export function stoodOnInvoice(entries: readonly LedgerEntry[]): boolean {
  return entries.some(({ kind }) => kind === 'collection' || kind === 'opening');
}

/** What of a payment was under way at go-live and is still counted as that, in minor units; negative when it was owed. */
export function openingMinor(entries: readonly LedgerEntry[]): bigint {
  return entries
    .filter(({ kind }) => kind === 'opening')
    .reduce((sum, entry) => sum + movementOf(entry, clearingOf(entry.provider)), 0n);
}

/** What of a payment stands as unallocated in the clearing account, in minor units. */
export function unallocatedMinor(entries: readonly LedgerEntry[]): bigint {
  return entries
    .filter(({ kind }) => kind === 'unallocated')
    .reduce((sum, entry) => sum + movementOf(entry, clearingOf(entry.provider)), 0n);
}

/**
 * What of a payment stands on invoices now, in minor units: what was collected, without what was taken back from them.
 */
export function onInvoiceMinor(entries: readonly LedgerEntry[]): bigint {
  return entries
    .filter(({ kind }) => kind === 'collection' || kind === 'reversal')
    .reduce((sum, entry) => sum - movementOf(entry, RECEIVABLES), 0n);
}
