import type { Books, Clock, Invoice, Log } from '@mlc/core';
import type { Database } from '../postgres/database.ts';

/** Where what FreshBooks shows of invoices is kept, behind the work that asked for it. */
export interface InvoiceSightings {
  /** The same books; every invoice they show is noted. */
  watch(businessId: string, books: Books): Books;
  /** Writes what was noted and not written yet. */
  close(): Promise<void>;
}

interface Sighting {
  readonly businessId: string;
  readonly invoice: Invoice;
  readonly seenAt: Date;
}

/** How long a sighting waits for others: no job waits for it. */
const WRITE_MS = 300;

/**
 * Notes invoices as they are fetched. A failure to write is logged and nothing else: the invoice is seen again with its next
 * event. Each row is written by itself, so that it holds no lock but its own.
 */
export function invoiceSightings(parts: {
  readonly database: Pick<Database, 'sql'>;
  readonly clock: Clock;
  readonly log: Log;
}): InvoiceSightings {
  const { database, clock, log } = parts;
  const waiting = new Map<string, Sighting>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const batch = [...waiting.values()];
    waiting.clear();
    for (const sighting of batch) await database.sql().count(SEEN, valuesOf(sighting));
  };
  const flush = (): Promise<void> => {
    timer = undefined;
    writing = writing.then(write).catch((error: unknown) => log.warn('invoices.not_noted', { error }));
    return writing;
  };
  const note = (businessId: string, invoice: Invoice, seenAt: Date): void => {
    waiting.set(`${businessId} ${invoice.id}`, { businessId, invoice, seenAt });
    timer ??= setTimeout(() => void flush(), WRITE_MS);
  };
  return {
    watch: (businessId, books) =>
      watched(books, clock, (invoice, seenAt) => note(businessId, invoice, seenAt)),
    close: async () => {
      clearTimeout(timer);
      await flush();
    },
  };
}

type Note = (invoice: Invoice, seenAt: Date) => void;

/** Seen when the call began: what is posted while it runs may not be in its answer. */
function watched(books: Books, clock: Clock, note: Note): Books {
  const list = async (ask: () => Promise<readonly Invoice[]>): Promise<readonly Invoice[]> => {
    const seenAt = clock.now();
    const invoices = await ask();
    for (const invoice of invoices) note(invoice, seenAt);
    return invoices;
  };
  const own: Pick<Books, 'getInvoice' | 'findInvoicesByNumber' | 'listOpenInvoices' | 'listAllOpenInvoices'> =
    {
      getInvoice: async (id) => {
        const [invoice = null] = await list(async () => {
          const found = await books.getInvoice(id);
          return found === null ? [] : [found];
        });
        return invoice;
      },
      findInvoicesByNumber: (number) => list(() => books.findInvoicesByNumber(number)),
      listOpenInvoices: (clientId) => list(() => books.listOpenInvoices(clientId)),
      listAllOpenInvoices: () => each(books.listAllOpenInvoices(), clock, note),
    };
  return new Proxy(books, {
    get: (target, property) => (Reflect.get(own, property) ?? Reflect.get(target, property)) as unknown,
  });
}

async function* each(invoices: AsyncIterable<Invoice>, clock: Clock, note: Note): AsyncGenerator<Invoice> {
  const seenAt = clock.now();
  for await (const invoice of invoices) {
    note(invoice, seenAt);
    yield invoice;
  }
}

function valuesOf({ businessId, invoice, seenAt }: Sighting): unknown[] {
  const {
    id,
    number,
    clientId,
    clientName = null,
    amount,
    outstanding,
    createdDate,
    dueDate,
    standing,
    visibility,
  } = invoice;
  const money = [amount.minor.toString(), outstanding.minor.toString(), amount.currency];
  return [
    businessId,
    id,
    number,
    clientId,
    clientName,
    ...money,
    createdDate,
    dueDate,
    standing,
    visibility,
    seenAt,
  ];
}

/** An older sighting never replaces a newer one; `touched_at` moves when something is to be seen that was not. */
const SEEN = `
  INSERT INTO invoices (business_id, invoice_id, number, client_id, client_name, amount_minor, seen_outstanding_minor, currency,
    issued, due, standing, visibility, seen_at, touched_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
  ON CONFLICT (business_id, invoice_id) DO UPDATE SET number = EXCLUDED.number, client_id = EXCLUDED.client_id,
    client_name = COALESCE(EXCLUDED.client_name, invoices.client_name), amount_minor = EXCLUDED.amount_minor,
    seen_outstanding_minor = EXCLUDED.seen_outstanding_minor, currency = EXCLUDED.currency, issued = EXCLUDED.issued,
    due = EXCLUDED.due, standing = EXCLUDED.standing, visibility = EXCLUDED.visibility, seen_at = EXCLUDED.seen_at,
    touched_at = CASE WHEN (invoices.amount_minor, invoices.seen_outstanding_minor, invoices.due, invoices.standing, invoices.visibility)
      IS DISTINCT FROM (EXCLUDED.amount_minor, EXCLUDED.seen_outstanding_minor, EXCLUDED.due, EXCLUDED.standing, EXCLUDED.visibility)
      THEN GREATEST(invoices.touched_at, EXCLUDED.touched_at) ELSE invoices.touched_at END
  WHERE invoices.seen_at IS NULL OR invoices.seen_at <= EXCLUDED.seen_at`;
