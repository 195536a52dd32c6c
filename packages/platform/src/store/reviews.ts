import {
  reviewOpenedEntry,
  reviewResolvedEntry,
  toPlainJson,
  type AuditLog,
  type Clock,
  type NewReview,
  type Review,
  type ReviewStore,
  type Subject,
} from '@mlc/core';
import { randomUUID } from 'node:crypto';
import { auditLog } from '../audit/append.ts';
import { correlationIn } from '../inbox/correlation.ts';
import type { Sql } from '../postgres/sql.ts';
import { selected } from '../postgres/statements.ts';
import { reviewOf, REVIEW_COLUMNS, type ReviewRow } from './review-rows.ts';

interface OpenedRow {
  readonly id: string;
  readonly opened_at: Date;
  readonly is_new: boolean;
  readonly correlation: string | null;
}

interface SettledRow extends ReviewRow {
  readonly correlation: string | null;
}

/**
 * Questions for people, of one business, in Postgres. Opening (when it is new) and settling go to the audit log: run them in
 * a transaction.
 */
export function reviewStore(
  sql: Sql,
  businessId: string,
  clock: Clock,
  audit: AuditLog = auditLog(sql, businessId, clock),
): ReviewStore {
  const list = async (query: string, values: readonly string[]): Promise<readonly Review[]> =>
    (await sql.rows<ReviewRow>(query, [businessId, ...values])).map(reviewOf);
  return {
    open: async (review) => {
      const { row, opened } = await upsertOpen(sql, businessId, clock, review);
      if (row.is_new) await audit.append(reviewOpenedEntry(opened, row.correlation));
      return opened;
    },
    openOn: (subject) => list(OPEN_ON, valuesOf(subject)),
    openOfKind: (kind) => list(OPEN_OF_KIND, [kind]),
    lastAnswer: async (kind, subject, covers) => {
      const asked = [...valuesOf(subject), kind];
      const answers =
        covers === undefined
          ? await list(LAST_ANSWER, asked)
          : (await sql.rows<ReviewRow>(LAST_ANSWER_COVERING, [businessId, ...asked, covers])).map(reviewOf);
      return answers[0] ?? null;
    },
    lastAnswers: async (kinds, subject) => {
      const rows = await sql.rows<ReviewRow>(LAST_ANSWERS, [businessId, ...valuesOf(subject), kinds]);
      return rows.map(reviewOf);
    },
    settle: async (kinds, subject, note) => {
      if (kinds.length === 0) return;
      const values = [businessId, ...valuesOf(subject), kinds, note, clock.now()];
      const settled = (await sql.rows<SettledRow>(SETTLE, values)).sort(oldestFirst);
      const answer = { action: 'done' as const, note, by: 'system' };
      for (const row of settled)
        await audit.append(reviewResolvedEntry(reviewOf(row), answer, row.correlation));
    },
  };
}

const OF_SUBJECT = 'business_id = $1 AND subject_provider = $2 AND subject_type = $3 AND subject_id = $4';
const SELECT = `SELECT ${selected(REVIEW_COLUMNS)} FROM reviews WHERE `;
const OPEN_ON = `${SELECT} ${OF_SUBJECT} AND state = 'open' ORDER BY opened_at, id`;
const OPEN_OF_KIND = `${SELECT} business_id = $1 AND state = 'open' AND kind = $2 ORDER BY opened_at, id`;
const ANSWERED = `${SELECT} ${OF_SUBJECT} AND kind = $5 AND state = 'resolved' AND resolved_by <> 'system'`;
const NEWEST = 'ORDER BY resolved_at DESC, opened_at DESC, id DESC LIMIT 1';
const LAST_ANSWER = `${ANSWERED} ${NEWEST}`;
const LAST_ANSWER_COVERING = `${ANSWERED} AND covers IS NOT DISTINCT FROM $6::text ${NEWEST}`;

const LAST_ANSWERS = `SELECT DISTINCT ON (kind) ${selected(REVIEW_COLUMNS)} FROM reviews
  WHERE ${OF_SUBJECT} AND kind = ANY($5::text[]) AND state = 'resolved' AND resolved_by <> 'system'
  ORDER BY kind, resolved_at DESC, opened_at DESC, id DESC`;

/** One that a person answers at the same moment is left to them; several are locked in one order. */
const SETTLE = `
  UPDATE reviews SET state = 'resolved', action = 'done', note = $6, resolved_by = 'system', resolved_at = $7
  WHERE id IN (SELECT id FROM reviews WHERE ${OF_SUBJECT} AND state = 'open' AND kind = ANY($5::text[])
    ORDER BY opened_at, id FOR UPDATE)
  RETURNING ${selected(REVIEW_COLUMNS)}, ${correlationIn('event_id')} AS correlation`;

/** On the partial unique index: whoever comes second refreshes what the first opened. */
const OPEN = `
  INSERT INTO reviews (id, business_id, kind, state, subject_provider, subject_type, subject_id,
    amount_minor, currency, reasons, candidates, covers, event_id, opened_at)
  VALUES ($1, $2, $3, 'open', $4, $5, $6, $7::bigint, $8, ARRAY(SELECT jsonb_array_elements_text($9::jsonb)),
    $10::jsonb, $11, $12, $13)
  ON CONFLICT (business_id, kind, subject_provider, subject_type, subject_id) WHERE state = 'open'
  DO UPDATE SET amount_minor = EXCLUDED.amount_minor, currency = EXCLUDED.currency,
    reasons = EXCLUDED.reasons, candidates = EXCLUDED.candidates, covers = EXCLUDED.covers, event_id = EXCLUDED.event_id
  RETURNING id, opened_at, xmax = 0 AS is_new, ${correlationIn('event_id')} AS correlation`;

function valuesOf(subject: Subject): [string, string, string] {
  return [subject.provider, subject.type, subject.id];
}

function oldestFirst(left: ReviewRow, right: ReviewRow): number {
  return left.openedAt.getTime() - right.openedAt.getTime() || (left.id < right.id ? -1 : 1);
}

async function upsertOpen(sql: Sql, businessId: string, clock: Clock, review: NewReview) {
  const { kind, subject, amount, eventId, covers = null } = review;
  const { reasons, candidates } = toPlainJson(review) as unknown as Pick<Review, 'reasons' | 'candidates'>;
  const [row] = await sql.rows<OpenedRow>(OPEN, [
    ...[
      randomUUID(),
      businessId,
      kind,
      ...valuesOf(subject),
      amount?.minor ?? null,
      amount?.currency ?? null,
    ],
    ...[JSON.stringify(reasons), JSON.stringify(candidates), covers, eventId, clock.now()],
  ]);
  if (row === undefined)
    throw new Error(`the review ${kind} of ${subject.type} ${subject.id} was not stored`);
  const opened: Review = {
    id: row.id,
    kind,
    state: 'open',
    subject,
    amount,
    reasons,
    candidates,
    covers,
    openedAt: row.opened_at,
    eventId,
    resolution: null,
  };
  return { row, opened };
}
