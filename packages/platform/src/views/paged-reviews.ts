import type { ReviewAction } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { anyOf, type Page, type PagedList, type PageQuestion, readPage } from './page.ts';
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
  apply_at AS "applyAt", action, note, resolved_by AS "resolvedBy", resolved_at AS "resolvedAt",
  chosen_invoice_id AS "invoiceId", chosen_customer_id AS "customerId"`;
const FROM = 'reviews JOIN businesses ON businesses.id = reviews.business_id';

/** Which reviews of a business. */
export interface ReviewPageQuestion extends PageQuestion {
  readonly businessId: string;
  readonly state?: 'open' | 'resolved' | undefined;
  readonly kinds?: readonly string[] | undefined;
}

/** Reviews of a business, newest first. */
export async function pageOfReviews(
  database: Pick<Database, 'pool'>,
  question: ReviewPageQuestion,
): Promise<Page<ReviewPageItem>> {
  const { businessId, state, kinds } = question;
  const filters = { 'reviews.state': state === undefined ? undefined : [state], 'reviews.kind': kinds };
  const { where, values } = anyOf([businessId], filters);
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
    pendingResolution: pendingOf(row),
    resolution: resolutionOf(row),
  };
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
