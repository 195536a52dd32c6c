import type { Database } from '../postgres/database.ts';
import {
  anyOf,
  containing,
  type Page,
  type PagedList,
  type PageQuestion,
  readPage,
  type Span,
  within,
} from './page.ts';

type Pool = Pick<Database, 'pool'>;

/** A debit as a page shows it. */
export interface CollectionPageItem {
  readonly id: string;
  readonly invoiceId: string;
  readonly invoiceNumber: string;
  readonly clientId: string;
  readonly paymentId: string | null;
  readonly mandateId: string;
  readonly origin: string;
  readonly attempt: number;
  readonly amountMinor: number;
  readonly currency: string;
  /** YYYY-MM-DD. */
  readonly chargeDate: string | null;
  /** YYYY-MM-DD: when it was first expected at the bank. */
  readonly expectedDate: string | null;
  readonly state: string;
  readonly willAttemptRetry: boolean;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

type Raw<Item, Texts extends keyof Item, Dates extends keyof Item> = Omit<Item, Texts | Dates> &
  Readonly<Record<Texts, string>> &
  Readonly<Record<Dates, Date>>;

interface Asked extends PageQuestion {
  readonly businessId: string;
  readonly invoices?: readonly string[] | undefined;
  readonly text?: string | undefined;
}

/** Which debits of a business; from and to are about when they were made. */
export interface CollectionQuestion extends Asked, Span {
  readonly states?: readonly string[] | undefined;
  readonly clients?: readonly string[] | undefined;
  readonly currencies?: readonly string[] | undefined;
}

/** Debits of a business, newest first. */
export async function pageOfCollections(
  database: Pool,
  question: CollectionQuestion,
): Promise<Page<CollectionPageItem>> {
  const conditions = anyOf([question.businessId], {
    'c.state': question.states,
    'c.client_id': question.clients,
    'c.invoice_id': question.invoices,
    'c.currency': question.currencies,
  });
  within(conditions, 'c.created_at', question);
  containing(conditions, ['c.payment_id', 'c.invoice_number', 'c.mandate_id'], question.text);
  const list: PagedList = {
    name: 'collections',
    select: `c.id, c.invoice_id AS "invoiceId", c.invoice_number AS "invoiceNumber", c.client_id AS "clientId",
      c.payment_id AS "paymentId", c.mandate_id AS "mandateId", c.origin, c.attempt, c.amount_minor AS "amountMinor", c.currency,
      c.charge_date AS "chargeDate", (SELECT expected_date FROM expected_arrivals e WHERE e.business_id = c.business_id
        AND e.provider = 'gocardless' AND e.payment_id = c.payment_id) AS "expectedDate",
      c.state, c.will_attempt_retry AS "willAttemptRetry", c.created_at AS "createdAt", c.updated_at AS "updatedAt"`,
    from: 'collections c',
    where: ['c.business_id = $1', ...conditions.where],
    values: conditions.values,
    order: [
      { column: 'c.created_at', type: 'timestamptz' },
      { column: 'c.id', type: 'text' },
    ],
  };
  type Row = Raw<CollectionPageItem, 'amountMinor', 'createdAt' | 'updatedAt'>;
  const page = await readPage<Row>(database, list, question);
  return { ...page, items: page.items.map((row) => ({ ...row, ...amountOf(row), ...timesOf(row) })) };
}

/** An entry in the books as a page shows it. */
export interface PostingPageItem {
  readonly key: string;
  readonly kind: string;
  readonly invoiceId: string | null;
  readonly invoiceNumber: string | null;
  readonly source: { readonly provider: string; readonly id: string };
  readonly cycle: number;
  readonly amountMinor: number;
  readonly currency: string;
  /** YYYY-MM-DD, the date in the books. */
  readonly date: string;
  readonly note: string;
  readonly state: string;
  readonly externalId: string | null;
  readonly reversesKey: string | null;
  readonly eventId: string;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Which entries of a business; from and to are dates in the books. */
export interface PostingQuestion extends Asked, Span<string> {
  readonly kinds?: readonly string[] | undefined;
  readonly states?: readonly string[] | undefined;
  readonly providers?: readonly string[] | undefined;
  readonly keys?: readonly string[] | undefined;
}

/** Entries of a business in the books, newest first. */
export async function pageOfPostings(
  database: Pool,
  question: PostingQuestion,
): Promise<Page<PostingPageItem>> {
  const conditions = anyOf([question.businessId], {
    kind: question.kinds,
    state: question.states,
    source_provider: question.providers,
    invoice_id: question.invoices,
    key: question.keys,
  });
  within(conditions, 'date', question);
  containing(conditions, ['source_id', 'invoice_number', 'external_id', 'note', 'key'], question.text);
  const list: PagedList = {
    name: 'postings',
    select: `key, kind, invoice_id AS "invoiceId", invoice_number AS "invoiceNumber",
      json_build_object('provider', source_provider, 'id', source_id) AS source, cycle, amount_minor AS "amountMinor", currency,
      date, note, state, external_id AS "externalId", reverses_key AS "reversesKey", event_id AS "eventId",
      created_at AS "createdAt", updated_at AS "updatedAt"`,
    from: 'postings',
    where: ['business_id = $1', ...conditions.where],
    values: conditions.values,
    order: [
      { column: 'created_at', type: 'timestamptz' },
      { column: 'key', type: 'text' },
    ],
  };
  type Row = Raw<PostingPageItem, 'amountMinor', 'createdAt' | 'updatedAt'>;
  const page = await readPage<Row>(database, list, question);
  return { ...page, items: page.items.map((row) => ({ ...row, ...amountOf(row), ...timesOf(row) })) };
}

function amountOf({ amountMinor }: { readonly amountMinor: string }) {
  return { amountMinor: Number(amountMinor) };
}

function timesOf({ createdAt, updatedAt }: { readonly createdAt: Date; readonly updatedAt: Date }) {
  return { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
