import type { Money, ReviewAction } from '@mlc/core';
import { type AnswerOutlook, answersTo } from '../answers/what-answers-do.ts';
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
import { INVOICE_OF_REVIEW, type ReviewInvoice } from './review-invoice.ts';
import { REVIEW_COLUMNS, reviewOf, type ReviewRow, type ReviewView } from './reviews.ts';

/** An answer that is held back so that it can be withdrawn. */
export interface PendingResolution {
  readonly action: ReviewAction;
  readonly note: string;
  readonly by: string;
  readonly invoiceId: string | null;
  readonly customerId: string | null;
  /** RFC 3339 UTC; until then it can be withdrawn. */
  readonly undoUntil: string;
}

/** A review as a page of the console shows it. */
export interface ReviewPageItem extends ReviewView {
  readonly business: string;
  readonly revision: number;
  /** The invoice it is about; null when it is about none, or none that was seen. */
  readonly invoice: ReviewInvoice | null;
  /** Answers it takes, and what each leads to; none once it is resolved. */
  readonly answers: readonly AnswerOutlook[];
  readonly pendingResolution: PendingResolution | null;
  readonly resolution: {
    readonly action: string;
    readonly note: string;
    readonly by: string;
    readonly at: string;
    readonly invoiceId: string | null;
    readonly customerId: string | null;
  } | null;
}

interface Row extends ReviewRow {
  readonly businessId: string;
  readonly business: string;
  readonly revision: number;
  readonly eventId: string | null;
  readonly invoice: ReviewInvoice | null;
  readonly pending: Omit<PendingResolution, 'undoUntil'> | null;
  readonly applyAt: Date | null;
  readonly action: string | null;
  readonly note: string | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: Date | null;
  readonly invoiceId: string | null;
  readonly customerId: string | null;
}

const COLUMNS = `${REVIEW_COLUMNS}, reviews.business_id AS "businessId", businesses.slug AS business, revision, pending,
  event_id AS "eventId", about.invoice, apply_at AS "applyAt", action, note, resolved_by AS "resolvedBy", resolved_at AS "resolvedAt",
  chosen_invoice_id AS "invoiceId", chosen_customer_id AS "customerId"`;
const FROM = `reviews JOIN businesses ON businesses.id = reviews.business_id LEFT JOIN LATERAL (${INVOICE_OF_REVIEW}) about ON true`;

/** Which reviews of a business. */
export interface ReviewPageQuestion extends PageQuestion, Span {
  readonly businessId: string;
  readonly state?: 'open' | 'resolved' | undefined;
  readonly kinds?: readonly string[] | undefined;
  /** FreshBooks ids. */
  readonly invoices?: readonly string[] | undefined;
  readonly clients?: readonly string[] | undefined;
  readonly text?: string | undefined;
}

const TEXTS = [
  'reviews.subject_id',
  "array_to_string(reviews.reasons, ' ')",
  "about.invoice->>'number'",
  "about.invoice->>'clientName'",
];

/** Reviews of a business, newest first. */
export async function pageOfReviews(
  database: Pick<Database, 'pool'>,
  question: ReviewPageQuestion,
): Promise<Page<ReviewPageItem>> {
  const { businessId, state, kinds, invoices, clients } = question;
  const conditions = anyOf([businessId], {
    'reviews.state': state === undefined ? undefined : [state],
    'reviews.kind': kinds,
    "about.invoice->>'id'": invoices,
    "about.invoice->>'clientId'": clients,
  });
  within(conditions, 'reviews.opened_at', question);
  containing(conditions, TEXTS, question.text);
  const { where, values } = conditions;
  const list: PagedList = {
    name: 'reviews',
    select: COLUMNS,
    from: FROM,
    where: ['reviews.business_id = $1', ...where],
    values,
    order: [
      { column: 'reviews.opened_at', type: 'timestamptz' },
      { column: 'reviews.id', type: 'text' },
    ],
  };
  const page = await readPage<Row>(database, list, question);
  return { ...page, items: page.items.map(itemOf) };
}

/** One review with the business it is of; null when there is none. */
export async function reviewForPage(
  database: Pick<Database, 'pool'>,
  id: string,
): Promise<{ readonly businessId: string; readonly review: ReviewPageItem } | null> {
  const sql = `SELECT ${COLUMNS} FROM ${FROM} WHERE reviews.id = $1`;
  const { rows } = await database.pool.query<Row>(sql, [id]);
  const [row] = rows;
  return row === undefined ? null : { businessId: row.businessId, review: itemOf(row) };
}

function itemOf(row: Row): ReviewPageItem {
  const { id, ...review } = reviewOf(row);
  return {
    id,
    business: row.business,
    ...review,
    revision: row.revision,
    invoice: row.invoice,
    answers:
      review.state === 'resolved' ? [] : answersTo({ ...review, eventId: row.eventId, amount: moneyOf(row) }),
    pendingResolution: pendingOf(row),
    resolution: resolutionOf(row),
  };
}

function moneyOf({ amountMinor, currency }: Row): Money | null {
  return amountMinor === null || currency === null ? null : { minor: BigInt(amountMinor), currency };
}

function pendingOf({ pending, applyAt }: Row): PendingResolution | null {
  if (pending === null || applyAt === null) return null;
  const { action, note, by, invoiceId, customerId } = pending;
  return { action, note, by, invoiceId, customerId, undoUntil: applyAt.toISOString() };
}

function resolutionOf(row: Row): ReviewPageItem['resolution'] {
  if (row.state === 'open' || row.resolvedAt === null) return null;
  const { invoiceId, customerId } = row;
  const by = row.resolvedBy ?? 'system';
  const at = row.resolvedAt.toISOString();
  return { action: row.action ?? 'done', note: row.note ?? '', by, at, invoiceId, customerId };
}
