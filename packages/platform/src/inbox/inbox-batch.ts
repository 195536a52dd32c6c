import { BEGINS_AGAIN, RUNS_AGAIN_WHEN_TOLD } from './run-again.ts';
import type { InboxDelivery, InboxEvent, WaitingDelivery } from './inbox-line.ts';
import { binaryTextArray } from '../postgres/text-array.ts';

/** Most external ids a receipt names; a GoCardless delivery has at most 250 events. */
const RECEIPT_IDS_MAX = 250;

/**
 * One statement, so one transaction and one fsync: the events that are new, one receipt per connection, and the call
 * that wakes the dispatcher. It counts what is new itself, and says so to the trigger that would (`mlc.tallied`). Answers the positions (from 1, comma-separated) of the events that were there already,
 * null when there were none. `repeats` counts further occurrences of an event within the batch. One that was there and
 * had come to nothing runs again: a provider that tells it once more is not answered with silence.
 */
export const STORE_BATCH = `
WITH input AS (
  SELECT t.* FROM (SELECT set_config('mlc.tallied', 'yes', true)) AS said, unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[]) WITH ORDINALITY AS t (business_id, connection_id, provider, type, external_event_id,
    resource_id, payload, correlation_id, flow, repeats, position)
), stored AS (
  INSERT INTO inbound_events (business_id, connection_id, provider, type, external_event_id, resource_id, payload,
    correlation_id, flow)
  SELECT business_id, connection_id, provider, type, external_event_id, resource_id, payload, correlation_id, flow
  FROM input ORDER BY position
  ON CONFLICT (connection_id, external_event_id) DO NOTHING
  RETURNING connection_id, external_event_id
), seen AS MATERIALIZED (
  SELECT input.business_id, input.connection_id, input.external_event_id, input.position, input.repeats::int AS repeats,
    stored.external_event_id IS NOT NULL AS fresh
  FROM input LEFT JOIN stored USING (connection_id, external_event_id)
), again AS (
  UPDATE inbound_events event SET ${BEGINS_AGAIN}
  FROM (
    SELECT resting.id FROM seen CROSS JOIN LATERAL (
      SELECT event.id FROM inbound_events event
      WHERE event.connection_id = seen.connection_id AND event.external_event_id = seen.external_event_id
        AND ${RUNS_AGAIN_WHEN_TOLD}
      FOR UPDATE SKIP LOCKED) AS resting
    WHERE NOT seen.fresh) AS told
  WHERE event.id = told.id
  RETURNING event.id, event.connection_id, event.external_event_id
), tallied AS (
  INSERT INTO event_tallies (business_id, received, stored)
  SELECT business_id, count(*), count(*) FROM seen WHERE fresh GROUP BY business_id
), letters AS (
  UPDATE dead_letters letter SET replayed_at = now() FROM again
  WHERE letter.event_id = again.id::text AND letter.replayed_at IS NULL
), receipts AS (
  INSERT INTO webhook_receipts (business_id, connection_id, kind, details)
  SELECT business_id, connection_id, 'stored', jsonb_build_object(
    'stored', count(*) FILTER (WHERE fresh),
    'duplicates', count(*) FILTER (WHERE NOT fresh) + sum(repeats),
    'eventIds', coalesce(to_jsonb((array_agg(external_event_id) FILTER (WHERE fresh))[1:${String(RECEIPT_IDS_MAX)}]), '[]'),
    'duplicateIds', coalesce(to_jsonb((array_agg(external_event_id) FILTER (WHERE NOT fresh OR repeats > 0))[1:${String(RECEIPT_IDS_MAX)}]), '[]'))
    || coalesce((SELECT jsonb_build_object('ranAgainIds', jsonb_agg(again.external_event_id)) FROM again
      WHERE again.connection_id = seen.connection_id HAVING count(*) > 0), '{}')
  FROM seen GROUP BY business_id, connection_id
)
SELECT (SELECT string_agg(position::text, ',') FROM seen WHERE NOT fresh),
  (SELECT pg_notify('mlc_wake', '') WHERE EXISTS (SELECT FROM stored) OR EXISTS (SELECT FROM again))`;

/** The parameters of STORE_BATCH and what its answer has to be laid over. */
export interface Batch {
  readonly entries: readonly WaitingDelivery[];
  readonly values: Buffer[];
  /** Duplicates per entry that show within the batch already. */
  readonly duplicates: number[];
  /** For each row the entry it came from. */
  readonly owners: number[];
}

/** Lays the events of the deliveries side by side, each (connection, external event id) once. */
export function layOut(entries: readonly WaitingDelivery[]): Batch {
  const columns: (string | null)[][] = Array.from({ length: 9 }, () => []);
  const repeats: number[] = [];
  const duplicates: number[] = [];
  const owners: number[] = [];
  const rowOf = new Map<string, number>();
  entries.forEach(({ delivery }, entry) => {
    duplicates.push(0);
    for (const event of delivery.events) {
      const key = `${delivery.connectionId} ${event.externalEventId}`;
      const row = rowOf.get(key);
      if (row === undefined) {
        rowOf.set(key, owners.length);
        owners.push(entry);
        repeats.push(0);
        appendRow(columns, delivery, event);
      } else {
        repeats[row] = (repeats[row] ?? 0) + 1;
        duplicates[entry] = (duplicates[entry] ?? 0) + 1;
      }
    }
  });
  const values = [...columns, repeats.map(String)].map(binaryTextArray);
  return { entries, values, duplicates, owners };
}

function appendRow(columns: (string | null)[][], delivery: InboxDelivery, event: InboxEvent): void {
  columns[0]?.push(delivery.businessId);
  columns[1]?.push(delivery.connectionId);
  columns[2]?.push(delivery.provider);
  columns[3]?.push(event.type);
  columns[4]?.push(event.externalEventId);
  columns[5]?.push(event.resourceId);
  columns[6]?.push(event.payload);
  columns[7]?.push(delivery.correlationId);
  columns[8]?.push(event.flow);
}

/** Tells each delivery of a committed batch how many of its events had been there before. */
export function answerCommitted(batch: Batch, knownPositions: string | null): void {
  if (knownPositions !== null) {
    for (const position of knownPositions.split(',')) {
      const owner = batch.owners[Number(position) - 1];
      if (owner !== undefined) batch.duplicates[owner] = (batch.duplicates[owner] ?? 0) + 1;
    }
  }
  batch.entries.forEach((entry, index) => {
    const duplicates = batch.duplicates[index] ?? 0;
    entry.resolve({ accepted: entry.delivery.events.length - duplicates, duplicates });
  });
}
