import type { Invoice } from '../ports/books.ts';
import type { Debit } from '../ports/debits.ts';
import { namesInvoice } from './match-invoice.ts';
import { namingOf } from './naming.ts';

/**
 * What a debit says about an invoice: `ours` (made by us for it, here or by an earlier installation) · `this` (names it
 * without a doubt) · `perhaps` (its number is in a text, maybe as a part of another) · `another` (names another invoice, or one
 * of other books) · `nothing`.
 */
export type DebitNaming = 'ours' | 'this' | 'perhaps' | 'another' | 'nothing';

/** Metadata keys under which other tools commonly put the invoice. */
const REFERENCE_KEYS = ['invoice', 'invoice_id', 'invoice_number', 'invoiceNumber', 'reference'];

/** What a debit says about itself in words that could name an invoice. */
export function textsOf(debit: Pick<Debit, 'reference' | 'description' | 'metadata'>): string[] {
  const inMetadata = REFERENCE_KEYS.flatMap((key) => debit.metadata[key] ?? []);
  return [debit.reference, debit.description, ...inMetadata].flatMap((text) =>
    text === null || text.trim() === '' ? [] : [text],
  );
}

/**
 * Metadata speaks before texts, and of the FreshBooks account `accountId` only. Whether a text that does not name this invoice
 * names another one, only the books can tell.
 */
export function namingOfDebit(
  debit: Pick<Debit, 'reference' | 'description' | 'metadata'>,
  invoice: Pick<Invoice, 'id' | 'number'>,
  accountId: string,
): DebitNaming {
  const { freshbooks_account_id: account, freshbooks_invoice_id: invoiceId } = debit.metadata;
  if (account !== undefined && account !== accountId) return 'another';
  if (invoiceId !== undefined && invoiceId !== invoice.id) return 'another';
  if (invoiceId !== undefined) return debit.metadata['mlc_collection'] === undefined ? 'this' : 'ours';
  const texts = textsOf(debit);
  if (texts.some((text) => namesInvoice(text, invoice))) return 'this';
  return texts.some((text) => namingOf(text, invoice.number) === 'mentioned') ? 'perhaps' : 'nothing';
}
