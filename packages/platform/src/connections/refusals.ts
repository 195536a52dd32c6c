import type { Log } from '@mlc/core';
import type { WebhookConnection } from './connection-cache.ts';
import type { Database } from '../postgres/database.ts';
import { systemClock } from '../clock/system.ts';

/** At most one audit note per connection in this time. */
const NOTE_INTERVAL_MS = 10_000;
/** Connections with refusals not yet written; beyond, they are only counted in the metrics. */
const CONNECTIONS_MAX = 10_000;

/** Counts refused deliveries and writes notes of them for the audit log, off the request's way. */
export interface Refusals {
  note(connection: WebhookConnection, why: string): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

interface Noted {
  readonly connection: WebhookConnection;
  readonly since: Date;
  reason: string;
  count: number;
}

/** The first refusal is written at once, the ones after it together when the interval is over. */
export function openRefusals(database: Database, log: Log, intervalMs = NOTE_INTERVAL_MS): Refusals {
  const noted = new Map<string, Noted>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  const flush = async (): Promise<void> => {
    const due = [...noted.values()].filter((entry) => entry.count > 0);
    noted.clear();
    try {
      await write(database, due);
      for (const { connection, count, reason } of due)
        log.warn('webhooks refused', { connectionId: connection.connectionId, count, reason });
    } catch (error) {
      // Kept for the next time, unless they have become too many.
      for (const entry of due) merge(noted, entry);
      log.warn('refused webhooks could not be noted yet', { error: String(error) });
    }
  };
  const startInterval = (): void => {
    writing = writing.then(flush);
    timer = setTimeout(() => {
      timer = undefined;
      if (noted.size > 0) startInterval();
    }, intervalMs);
    timer.unref();
  };
  return {
    note: (connection, why) => {
      merge(noted, { connection, since: systemClock.now(), reason: why, count: 1 });
      if (timer === undefined) startInterval();
    },
    close: () => {
      clearTimeout(timer);
      writing = writing.then(flush);
      return writing;
    },
  };
}

function merge(noted: Map<string, Noted>, entry: Noted): void {
  const key = `${entry.connection.provider}/${entry.connection.connectionId}`;
  const known = noted.get(key);
  if (known !== undefined) {
    known.count += entry.count;
    known.reason = entry.reason;
  } else if (noted.size < CONNECTIONS_MAX) noted.set(key, { ...entry });
}

async function write(database: Database, due: readonly Noted[]): Promise<void> {
  if (due.length === 0) return;
  await database.pool.query(
    `INSERT INTO webhook_receipts (business_id, connection_id, kind, details)
     SELECT business_id, connection_id, 'refused', details::jsonb
     FROM unnest($1::text[], $2::text[], $3::text[]) AS t (business_id, connection_id, details)`,
    [
      due.map((entry) => entry.connection.businessId),
      due.map((entry) => entry.connection.connectionId),
      due.map(({ count, since, reason }) => JSON.stringify({ count, since: since.toISOString(), reason })),
    ],
  );
}
