import { FLOW_NAMES, type FlowName, type Mode } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { type FailingList, failingLists } from '../poll/failing-lists.ts';
import type { FlowQueues, QueueCounts } from './queues.ts';

/** What `mlc status` prints; contract section 6. */
export interface Status {
  /** Both stores answer. */
  readonly ready: boolean;
  readonly events: {
    /** Every event ever committed. */
    readonly stored: number;
    /** Those that came to an end without a dead letter: done or skipped. */
    readonly processed: number;
    /** Those still to run: not queued yet, or queued. */
    readonly pending: number;
  };
  /** Jobs, of all businesses: a queue knows nothing of them. */
  readonly queues: Readonly<Record<FlowName, QueueCounts>>;
  readonly parked: number;
  readonly deadLetters: number;
  readonly reviewsOpen: number;
  /** By business, in the order of their names. */
  readonly modes: Readonly<Record<string, Mode>>;
  /** Lists of providers that polling cannot read; left out when it reads all of them. */
  readonly lists?: readonly FailingList[];
}

interface StatusRow {
  readonly stored: string;
  readonly pending: string;
  readonly parked: string;
  readonly dead: string;
  readonly dead_letters: string;
  readonly reviews: string;
  readonly modes: Readonly<Record<string, Mode>> | null;
}

/** What may be a million comes from the tallies, every other number from its own (partial) index. */
const STATUS_SQL = `
  SELECT
    tally.received AS stored,
    tally.stored
      + (SELECT count(*) FROM inbound_events WHERE state = 'queued' AND ($1::text IS NULL OR business_id = $1))
      AS pending,
    (SELECT count(*) FROM inbound_events WHERE state = 'parked' AND ($1::text IS NULL OR business_id = $1)) AS parked,
    (SELECT count(DISTINCT event.id) FROM dead_letters JOIN inbound_events event ON event.id = dead_letters.event_id::bigint
      WHERE replayed_at IS NULL AND event.state = 'dead' AND ($1::text IS NULL OR event.business_id = $1)) AS dead,
    (SELECT count(*) FROM dead_letters
      WHERE replayed_at IS NULL AND ($1::text IS NULL OR business_id = $1)) AS dead_letters,
    (SELECT count(*) FROM reviews WHERE state = 'open' AND ($1::text IS NULL OR business_id = $1)) AS reviews,
    (SELECT json_object_agg(slug, COALESCE(policy->>'mode', 'live') ORDER BY slug) FROM businesses
      WHERE $1::text IS NULL OR id = $1) AS modes
  FROM (SELECT COALESCE(sum(received), 0) AS received, COALESCE(sum(stored), 0) AS stored FROM event_tallies
    WHERE $1::text IS NULL OR business_id = $1) AS tally`;

const NO_JOBS: QueueCounts = { waiting: 0, active: 0, delayed: 0, failed: 0 };

/** The state of everything, of one business or of all. A queue that cannot be reached makes `ready` false, not an error. */
export async function statusOf(
  database: Database,
  queues: Pick<FlowQueues, 'counts'>,
  { businessId }: { businessId?: string | undefined } = {},
): Promise<Status> {
  const [{ rows }, counts, lists] = await Promise.all([
    database.pool.query<StatusRow>(STATUS_SQL, [businessId ?? null]),
    queues.counts().catch(() => null),
    failingLists(database, businessId),
  ]);
  const [row] = rows;
  if (row === undefined) throw new Error('Postgres gave no status');
  const stored = Number(row.stored);
  const pending = Number(row.pending);
  const parked = Number(row.parked);
  const processed = stored - pending - parked - Number(row.dead);
  return {
    ready: counts !== null,
    events: { stored, processed, pending },
    queues: counts ?? emptyCounts(),
    parked,
    deadLetters: Number(row.dead_letters),
    reviewsOpen: Number(row.reviews),
    modes: row.modes ?? {},
    ...(lists.length === 0 ? {} : { lists }),
  };
}

function emptyCounts(): Record<FlowName, QueueCounts> {
  return Object.fromEntries(FLOW_NAMES.map((flow) => [flow, NO_JOBS])) as Record<FlowName, QueueCounts>;
}

/** Events still to run, cheap enough to ask often: finished ones are not looked at. */
export async function countPending(database: Database, businessId?: string): Promise<number> {
  const { rows } = await database.pool.query<{ pending: string }>(
    `SELECT (SELECT count(*) FROM inbound_events WHERE state = 'stored' AND ($1::text IS NULL OR business_id = $1))
          + (SELECT count(*) FROM inbound_events WHERE state = 'queued' AND ($1::text IS NULL OR business_id = $1))
            AS pending`,
    [businessId ?? null],
  );
  return Number(rows[0]?.pending ?? 0);
}
