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

const OPERATION = 'findInvoicesByNumber';

function plain(invoiceNumber: string): string {
  return invoiceNumber.trim().toLowerCase();
}

/** Whether the exact filter heeds case is not documented, so the usual spellings are asked for in turn. */
async function findBySpelling(invoices: Resource, asked: string): Promise<ReadonlyMap<string, Invoice>> {
  const found = new Map<string, Invoice>();
  for (const spelling of new Set([asked, asked.toUpperCase(), asked.toLowerCase()])) {
    const condition: Condition = {
      operation: OPERATION,
      search: { invoice_number: spelling },
      keep: ({ number }) => plain(number) === plain(asked),
    };
    for (const invoice of await allRows(invoices.client, listing(invoices, condition))) {
      found.set(invoice.id, invoice);
    }
  }
  return found;
}

/** Of an account with more open invoices only so many are read for the sake of one number. */
const OPEN_READ_MAX = 1_000;

/**
 * By "contains", for spellings nobody thinks of. Should FreshBooks ignore this filter (it is not among those known to
 * work), the first row that does not contain the number shows it: instead of every invoice there is, the open ones are
 * read then, up to OPEN_READ_MAX.
 */
async function findByPart(invoices: Resource, asked: string): Promise<readonly Invoice[]> {
  const search = { invoice_number_like: asked };
  const rows = everyRow(
    invoices.client,
    listing(invoices, { operation: OPERATION, search, keep: () => true }),
  );
  const found: Invoice[] = [];
  for await (const invoice of rows) {
    if (!plain(invoice.number).includes(plain(asked))) return findAmongOpen(invoices, asked);
    if (plain(invoice.number) === plain(asked)) found.push(invoice);
  }
  return found;
}

async function findAmongOpen(invoices: Resource, asked: string): Promise<readonly Invoice[]> {
  const search = { outstanding: 'true' };
  const rows = everyRow(
    invoices.client,
    listing(invoices, { operation: OPERATION, search, keep: () => true }),
  );
  const found: Invoice[] = [];
  let read = 0;
  for await (const invoice of rows) {
    if (isOpen(invoice) && plain(invoice.number) === plain(asked)) found.push(invoice);
    read += 1;
    if (read === OPEN_READ_MAX) break;
  }
  return found;
}

async function findByNumber(invoices: Resource, invoiceNumber: string): Promise<readonly Invoice[]> {
  const asked = invoiceNumber.trim();
  if (asked === '') return [];
  const found = await findBySpelling(invoices, asked);
  const hasCase = asked.toLowerCase() !== asked.toUpperCase();
  const hasStanding = [...found.values()].some(({ visibility }) => visibility !== 'deleted');
  if (hasStanding || !hasCase) return [...found.values()];
  const byPart = await findByPart(invoices, asked);
  return [...new Map([...found, ...byPart.map((invoice) => [invoice.id, invoice] as const)]).values()];
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
