import type { Books, Invoice } from '@mlc/core';
import { findOne, type Resource } from './account.ts';
import { allRows, everyRow, type Listing } from './paging.ts';
import { resultOf, wireInvoice } from './schema.ts';
import { toInvoice } from './translate.ts';

type InvoiceReads = Pick<
  Books,
  'getInvoice' | 'findInvoicesByNumber' | 'listOpenInvoices' | 'listAllOpenInvoices'
>;

const row = wireInvoice.transform(toInvoice);
const one = resultOf('invoice', row);

type Condition = Pick<Listing<Invoice>, 'operation' | 'search' | 'keep'>;

function listing({ path }: Resource, condition: Condition): Listing<Invoice> {
  return { ...condition, path, name: 'invoices', row, idOf: (invoice) => invoice.id };
}

function isOpen(invoice: Invoice): boolean {
  return invoice.visibility !== 'deleted' && invoice.outstanding.minor > 0n;
}

/** Whether FreshBooks' filter heeds case is not documented, so the usual spellings are asked for in turn. */
async function findByNumber(invoices: Resource, invoiceNumber: string): Promise<readonly Invoice[]> {
  const asked = invoiceNumber.trim();
  const wanted = asked.toLowerCase();
  const found = new Map<string, Invoice>();
  for (const spelling of asked === '' ? [] : new Set([asked, asked.toUpperCase(), wanted])) {
    const condition: Condition = {
      operation: 'findInvoicesByNumber',
      search: { invoice_number: spelling },
      keep: ({ visibility, number }) => visibility !== 'deleted' && number.trim().toLowerCase() === wanted,
    };
    for (const invoice of await allRows(invoices.client, listing(invoices, condition))) {
      found.set(invoice.id, invoice);
    }
  }
  return [...found.values()];
}

/** The invoices of an account; filters that are known to work are named in freshbooks.md 3.2. */
export function invoiceReads(invoices: Resource): InvoiceReads {
  return {
    getInvoice: (invoiceId) => findOne(invoices, 'getInvoice', invoiceId, one),
    findInvoicesByNumber: (invoiceNumber) => findByNumber(invoices, invoiceNumber),
    listOpenInvoices: (clientId) =>
      allRows(
        invoices.client,
        listing(invoices, {
          operation: 'listOpenInvoices',
          search: { customerid: clientId, outstanding: 'true' },
          keep: (invoice) => invoice.clientId === clientId && isOpen(invoice),
        }),
      ),
    listAllOpenInvoices: () =>
      everyRow(
        invoices.client,
        listing(invoices, {
          operation: 'listAllOpenInvoices',
          search: { outstanding: 'true' },
          keep: isOpen,
        }),
      ),
  };
}
