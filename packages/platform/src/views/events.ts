import { readRows } from '../postgres/cursor.ts';
import type { Database } from '../postgres/database.ts';
import { type ViewFilter, whereEquals } from './filter.ts';

/** One inbound event as `mlc events list` shows it (contract section 6). */
export interface EventView {
  readonly id: string;
  readonly provider: string;
  readonly type: string;
  readonly externalEventId: string;
  /** RFC 3339 UTC. */
  readonly receivedAt: string;
  readonly state: string;
}

interface Row extends Omit<EventView, 'receivedAt'> {
  readonly receivedAt: Date;
}

/** Inbound events in the order they were stored. */
export async function* listEvents(database: Database, filter: ViewFilter = {}): AsyncGenerator<EventView> {
  const where = whereEquals({ business_id: filter.businessId });
  const rows = readRows<Row>(database, {
    text: `SELECT id::text AS id, provider, type, external_event_id AS "externalEventId",
        received_at AS "receivedAt", state
      FROM inbound_events ${where.text} ORDER BY inbound_events.id`,
    values: where.values,
  });
  for await (const row of rows) yield { ...row, receivedAt: row.receivedAt.toISOString() };
}
