import type { Completeness } from '@mlc/core';
import type { Snapshot } from './snapshot.ts';
import type { ReportQuestion } from './question.ts';

const NOTHING: Completeness = { seen: 0, done: 0, skipped: 0, parked: 0, dead: 0, inReview: 0 };

/**
 * Every event of the business once, by where it stands now. What depends on the order in which events came (that one run
 * covered another's event) makes no difference. Ids of FreshBooks' objects are unique within their kind only; an event that
 * could not be read is the subject of its review itself.
 */
export async function completenessOf(
  snapshot: Snapshot,
  { business }: ReportQuestion,
): Promise<Completeness> {
  const [row] = await snapshot.all<Completeness>({
    text: `
      WITH questions AS (
        SELECT DISTINCT subject_provider AS provider, subject_id AS id,
          CASE WHEN subject_provider = 'freshbooks' OR subject_type = 'event' THEN subject_type ELSE '' END AS noun
        FROM reviews WHERE business_id = $1 AND state = 'open'
      ), standing AS (
        SELECT CASE
            WHEN state = 'dead' THEN 'dead'
            WHEN state NOT IN ('done', 'skipped') THEN 'parked'
            WHEN questions.id IS NOT NULL OR itself.id IS NOT NULL THEN 'inReview'
            WHEN flow IS NULL THEN 'skipped'
            ELSE 'done'
          END AS place
        FROM inbound_events AS event
        LEFT JOIN questions AS itself
          ON itself.provider = event.provider AND itself.id = event.external_event_id AND itself.noun = 'event'
        LEFT JOIN questions
          ON questions.provider = event.provider AND questions.id = event.resource_id
          AND questions.noun = CASE event.provider WHEN 'freshbooks' THEN split_part(event.type, '.', 1) ELSE '' END
        WHERE event.business_id = $1
      )
      SELECT count(*)::int AS seen, count(*) FILTER (WHERE place = 'done')::int AS done,
        count(*) FILTER (WHERE place = 'skipped')::int AS skipped, count(*) FILTER (WHERE place = 'parked')::int AS parked,
        count(*) FILTER (WHERE place = 'dead')::int AS dead, count(*) FILTER (WHERE place = 'inReview')::int AS "inReview"
      FROM standing`,
    values: [business.id],
  });
  return row ?? NOTHING;
}
