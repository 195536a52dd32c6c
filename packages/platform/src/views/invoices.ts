import type { Database } from '../postgres/database.ts';
import { CLIENT_NAME } from './review-invoice.ts';
import { anyOf, containing, type Page, type PageQuestion, readPage, type Span, within } from './page.ts';

/** What became of an invoice, derived by Postgres (`invoice_state`). */
export const INVOICE_STATES = [
  'needs-you',
  'collecting',
  'came-back',
  'not-collected',
  'opted-out',
  'draft',
  'paid-gocardless',
  'paid-paypal',
  'paid-elsewhere',
  'deleted',
] as const;
export type InvoiceState = (typeof INVOICE_STATES)[number];

/** An invoice as a page shows it. Amounts are null until FreshBooks showed them. */
export interface InvoicePageItem {
  readonly id: string;
  readonly number: string;
  readonly clientId: string;
  readonly clientName: string | null;
  readonly amountMinor: number | null;
  readonly outstandingMinor: number | null;
  readonly currency: string | null;
  /** YYYY-MM-DD. */
  readonly issued: string | null;
  readonly due: string | null;
  readonly state: InvoiceState;
  /** What the state does not say: the open question, when the money arrives, why it came back, who opted out. */
  readonly because: string | null;
  /** RFC 3339 UTC. */
  readonly touchedAt: string;
}

interface Row extends Omit<InvoicePageItem, 'amountMinor' | 'outstandingMinor' | 'touchedAt'> {
  readonly amountMinor: string | null;
  readonly outstandingMinor: string | null;
  readonly touchedAt: Date;
}

const DEBIT = `(SELECT %COLUMN% FROM collections c WHERE c.business_id = invoices.business_id AND c.invoice_id = invoices.invoice_id
  ORDER BY attempt DESC LIMIT 1)`;

/** Looked up for the rows of a page only. */
const BECAUSE = `CASE invoices.state
  WHEN 'needs-you' THEN (SELECT array_to_string(reasons, ' ') FROM reviews r
    WHERE r.business_id = invoices.business_id AND r.state = 'open' AND (
      (r.subject_provider = 'freshbooks' AND r.subject_type = 'invoice' AND r.subject_id = invoices.invoice_id)
      OR (r.subject_provider = 'gocardless' AND r.subject_type = 'payment' AND r.subject_id IN (
        SELECT payment_id FROM collections c WHERE c.business_id = invoices.business_id AND c.invoice_id = invoices.invoice_id)))
    ORDER BY opened_at LIMIT 1)
  WHEN 'collecting' THEN (SELECT concat_ws(', ', replace(c.state, '_', ' '), 'charge date ' || c.charge_date,
      'expected at the bank ' || e.expected_date) FROM collections c
    LEFT JOIN expected_arrivals e ON e.business_id = c.business_id AND e.provider = 'gocardless' AND e.payment_id = c.payment_id
    WHERE c.business_id = invoices.business_id AND c.invoice_id = invoices.invoice_id ORDER BY attempt DESC LIMIT 1)
  WHEN 'came-back' THEN ${DEBIT.replace('%COLUMN%', `CASE c.state WHEN 'charged_back' THEN 'charged back' ELSE 'the debit failed' END`)}
  WHEN 'opted-out' THEN (SELECT why || ' (' || by || ')' FROM opt_outs o WHERE o.business_id = invoices.business_id
    AND ((o.kind = 'invoice' AND o.id = invoices.invoice_id) OR (o.kind = 'client' AND o.id = invoices.client_id)) LIMIT 1)
  WHEN 'not-collected' THEN (SELECT reason FROM inbound_events e WHERE e.business_id = invoices.business_id
    AND e.resource_id = invoices.invoice_id AND e.provider = 'freshbooks' AND e.type LIKE 'invoice.%' AND e.reason IS NOT NULL
    ORDER BY e.id DESC LIMIT 1)
  END`;

const SELECT = `invoices.invoice_id AS id, invoices.number, invoices.client_id AS "clientId", ${CLIENT_NAME} AS "clientName",
  invoices.amount_minor AS "amountMinor", invoices.outstanding_minor AS "outstandingMinor", invoices.currency, issued, due,
  invoices.state, ${BECAUSE} AS because, touched_at AS "touchedAt"`;

/** Which invoices of a business. */
export interface InvoicePageQuestion extends PageQuestion {
  readonly businessId: string;
  readonly states?: readonly string[] | undefined;
  readonly clients?: readonly string[] | undefined;
  readonly currencies?: readonly string[] | undefined;
  readonly numbers?: readonly string[] | undefined;
  /** Days, YYYY-MM-DD. */
  readonly due?: Span<string>;
  readonly issued?: Span<string>;
  readonly changed?: Span;
  /** Part of number, client's name, or the id of a payment. */
  readonly text?: string | undefined;
}

/** Invoices of a business, the last changed first. */
export async function pageOfInvoices(
  database: Pick<Database, 'pool'>,
  question: InvoicePageQuestion,
): Promise<Page<InvoicePageItem>> {
  const conditions = anyOf([question.businessId], {
    'invoices.state': question.states,
    'invoices.client_id': question.clients,
    'invoices.currency': question.currencies,
    'invoices.number': question.numbers,
  });
  within(conditions, 'invoices.due', question.due ?? {});
  within(conditions, 'invoices.issued', question.issued ?? {});
  within(conditions, 'invoices.touched_at', question.changed ?? {});
  containing(conditions, ['invoices.search'], question.text?.toLowerCase());
  const page = await readPage<Row>(
    database,
    {
      name: 'invoices',
      select: SELECT,
      from: 'invoices',
      where: ['invoices.business_id = $1', ...conditions.where],
      values: conditions.values,
      order: [
        { column: 'invoices.touched_at', type: 'timestamptz' },
        { column: 'invoices.invoice_id', type: 'text' },
      ],
    },
    question,
  );
  return { ...page, items: page.items.map(itemOf) };
}

/** One invoice; null when it was not seen yet. */
export async function invoiceForPage(
  { pool }: Pick<Database, 'pool'>,
  { businessId, invoiceId }: { readonly businessId: string; readonly invoiceId: string },
): Promise<InvoicePageItem | null> {
  const sql = `SELECT ${SELECT} FROM invoices WHERE invoices.business_id = $1 AND invoices.invoice_id = $2`;
  const [row] = (await pool.query<Row>(sql, [businessId, invoiceId])).rows;
  return row === undefined ? null : itemOf(row);
}

function itemOf({ amountMinor, outstandingMinor, touchedAt, ...row }: Row): InvoicePageItem {
  return {
    ...row,
    amountMinor: numberOf(amountMinor),
    outstandingMinor: numberOf(outstandingMinor),
    touchedAt: touchedAt.toISOString(),
  };
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}
