import type { Database } from '../postgres/database.ts';

/** One run over one connection. Its moments are Postgres' own, as those of the inbox are, whatever our clock simulates. */
export interface PollRun {
  readonly connectionId: string;
  readonly businessId: string;
  readonly provider: string;
  readonly startedAt: Date;
  /** When the run before began; null before the first. */
  readonly lastRunAt: Date | null;
  /** Lost events found before this run since a webhook last arrived. */
  readonly lostBefore: number;
  /** Nothing is a lost webhook that happened before there was a connection to send it to. */
  readonly connectedAt: Date;
}

interface BeginRow {
  readonly business_id: string;
  readonly provider: string;
  readonly started_at: Date;
  readonly last_run_at: Date | null;
  readonly lost: number;
  readonly created_at: Date;
}

/** Notes that a run begins. One run per connection at a time: hold its lock. Null when there is no such connection. */
export async function beginPollRun(database: Database, connectionId: string): Promise<PollRun | null> {
  const { rows } = await database.pool.query<BeginRow>(
    `WITH before AS (
       SELECT connection.id, connection.business_id, connection.provider, connection.created_at,
         polled.last_run_at, coalesce(polled.lost, 0) AS lost
       FROM connections connection LEFT JOIN polled_connections polled ON polled.connection_id = connection.id
       WHERE connection.id = $1
     ), begun AS (
       INSERT INTO polled_connections (connection_id, last_run_at) SELECT id, now() FROM before
       ON CONFLICT (connection_id) DO UPDATE SET last_run_at = now() RETURNING last_run_at AS started_at
     )
     SELECT before.*, begun.started_at FROM before, begun`,
    [connectionId],
  );
  const [row] = rows;
  if (row === undefined) return null;
  return {
    connectionId,
    businessId: row.business_id,
    provider: row.provider,
    startedAt: row.started_at,
    lastRunAt: row.last_run_at,
    lostBefore: row.lost,
    connectedAt: row.created_at,
  };
}

/** A connection that is to be polled. */
export interface PollTarget {
  readonly connectionId: string;
  readonly businessId: string;
  readonly provider: string;
}

interface TargetRow {
  readonly id: string;
  readonly business_id: string;
  readonly provider: string;
}

/**
 * Connections whose last run began at least `intervalMs` ago, the longest waiting first; those whose credentials no
 * longer work are left out, a person was asked about them.
 */
export async function connectionsToPoll(
  database: Database,
  intervalMs: number,
): Promise<readonly PollTarget[]> {
  const { rows } = await database.pool.query<TargetRow>(
    `SELECT id, business_id, provider FROM connections
     LEFT JOIN polled_connections ON connection_id = id
     WHERE state = 'active' AND (last_run_at IS NULL OR last_run_at <= now() - $1 * interval '1 ms')
     ORDER BY last_run_at NULLS FIRST, id`,
    [intervalMs],
  );
  return rows.map(targetOf);
}

/** The connections of one business, in the order of their providers' names. */
export async function connectionsOfBusiness(
  database: Database,
  businessId: string,
): Promise<readonly PollTarget[]> {
  const { rows } = await database.pool.query<TargetRow>(
    `SELECT id, business_id, provider FROM connections WHERE business_id = $1 AND state <> 'held' ORDER BY provider`,
    [businessId],
  );
  return rows.map(targetOf);
}

function targetOf({ id, business_id: businessId, provider }: TargetRow): PollTarget {
  return { connectionId: id, businessId, provider };
}
