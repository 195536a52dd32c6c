import {
  reviewOpenedEntry,
  reviewResolvedEntry,
  toPlainJson,
  type AuditLog,
  type Clock,
  type NewReview,
  type Review,
  type ReviewStore,
} from '@mlc/core';
import { randomUUID } from 'node:crypto';
import { auditLog } from '../audit/append.ts';
import type { Executor } from '../postgres/database.ts';
import type { Prisma } from '../postgres/generated/client.ts';
import { correlationOf } from '../inbox/correlation.ts';
import { reviewOf, subjectColumns } from './review-rows.ts';

interface OpenedRow {
  readonly id: string;
  readonly opened_at: Date;
  readonly is_new: boolean;
}

/**
 * Questions for people, of one business, in Postgres. `open` and `settle` write several rows: run them in a
 * transaction. Opening (when it is new) and settling go to the audit log.
 */
export function reviewStore(
  executor: Executor,
  businessId: string,
  clock: Clock,
  audit: AuditLog = auditLog(executor, businessId, clock),
): ReviewStore {
  const list = async (where: Prisma.ReviewWhereInput): Promise<readonly Review[]> => {
    const orderBy = [{ openedAt: 'asc' as const }, { id: 'asc' as const }];
    return (await executor.review.findMany({ where: { businessId, ...where }, orderBy })).map(reviewOf);
  };
  return {
    open: async (review) => {
      const { row, opened } = await upsertOpen(executor, businessId, clock, review);
      if (row.is_new)
        await audit.append(reviewOpenedEntry(opened, await correlationOf(executor, opened.eventId)));
      return opened;
    },
    openOn: (subject) => list({ state: 'open', ...subjectColumns(subject) }),
    openOfKind: (kind) => list({ state: 'open', kind }),
    lastAnswer: async (kind, subject, covers) => {
      const row = await executor.review.findFirst({
        where: {
          businessId,
          kind,
          ...subjectColumns(subject),
          ...(covers === undefined ? {} : { covers }),
          state: 'resolved',
          NOT: { resolvedBy: 'system' },
        },
        orderBy: [{ resolvedAt: 'desc' }, { openedAt: 'desc' }, { id: 'desc' }],
      });
      return row === null ? null : reviewOf(row);
    },
    settle: async (kinds, subject, note) => {
      const open = await list({ state: 'open', kind: { in: [...kinds] }, ...subjectColumns(subject) });
      for (const review of open) await settleOne({ executor, clock, audit }, review, note);
    },
  };
}

/** One statement on the partial unique index: whoever comes second refreshes what the first opened. */
async function upsertOpen(executor: Executor, businessId: string, clock: Clock, review: NewReview) {
  const { kind, subject, amount, eventId, covers = null } = review;
  const { reasons, candidates } = toPlainJson(review) as unknown as Pick<Review, 'reasons' | 'candidates'>;
  const [row] = await executor.$queryRaw<OpenedRow[]>`
    INSERT INTO reviews (id, business_id, kind, state, subject_provider, subject_type, subject_id,
      amount_minor, currency, reasons, candidates, covers, event_id, opened_at)
    VALUES (${randomUUID()}, ${businessId}, ${kind}, 'open', ${subject.provider}, ${subject.type}, ${subject.id},
      ${amount?.minor ?? null}, ${amount?.currency ?? null},
      ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(reasons)}::jsonb)),
      ${JSON.stringify(candidates)}::jsonb, ${covers}, ${eventId}, ${clock.now()})
    ON CONFLICT (business_id, kind, subject_provider, subject_type, subject_id) WHERE state = 'open'
    DO UPDATE SET amount_minor = EXCLUDED.amount_minor, currency = EXCLUDED.currency,
      reasons = EXCLUDED.reasons, candidates = EXCLUDED.candidates, covers = EXCLUDED.covers, event_id = EXCLUDED.event_id
    RETURNING id, opened_at, xmax = 0 AS is_new`;
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

interface Settling {
  readonly executor: Executor;
  readonly clock: Clock;
  readonly audit: AuditLog;
}

/** Does nothing when a person was faster. */
async function settleOne({ executor, clock, audit }: Settling, review: Review, note: string): Promise<void> {
  const { count } = await executor.review.updateMany({
    where: { id: review.id, state: 'open' },
    data: { state: 'resolved', action: 'done', note, resolvedBy: 'system', resolvedAt: clock.now() },
  });
  if (count === 0) return;
  const answer = { action: 'done' as const, note, by: 'system' };
  await audit.append(reviewResolvedEntry(review, answer, await correlationOf(executor, review.eventId)));
}
