import type { Database } from '../postgres/database.ts';

/** Dead letters of one cause: the same flow, kind of failure and shape of the error. */
export interface DeadLetterGroup {
  /** Names the group in filters and replays. */
  readonly group: string;
  readonly flow: string;
  readonly failureKind: string;
  /** First line of the newest one's error. */
  readonly error: string;
  readonly count: number;
  /** RFC 3339 UTC. */
  readonly firstDiedAt: string;
  readonly lastDiedAt: string;
}

/** An error without what differs from one to the next: ids, keys and numbers. */
const SHAPE = `regexp_replace(split_part(error, E'\\n', 1), '[A-Z]{2}[0-9A-Z]{4,}|[0-9a-fA-F-]{32,}|[0-9]+', '#', 'g')`;

/** Which group a row of `dead_letters` is of. */
export const GROUP_OF = `md5(flow || ' ' || failure_kind || ' ' || ${SHAPE})`;

/** Groups shown: more different causes than that are no longer read by a person. */
const GROUPS_MAX = 200;

interface Row extends Omit<DeadLetterGroup, 'firstDiedAt' | 'lastDiedAt'> {
  readonly firstDiedAt: Date;
  readonly lastDiedAt: Date;
}

/** Causes of a business's dead letters that were not replayed, the newest first. */
export async function deadLetterGroups(
  { pool }: Pick<Database, 'pool'>,
  businessId: string,
): Promise<readonly DeadLetterGroup[]> {
  const { rows } = await pool.query<Row>(
    `SELECT ${GROUP_OF} AS "group", flow, failure_kind AS "failureKind", count(*)::int AS count,
       (array_agg(split_part(error, E'\\n', 1) ORDER BY died_at DESC))[1] AS error,
       min(died_at) AS "firstDiedAt", max(died_at) AS "lastDiedAt"
     FROM dead_letters WHERE business_id = $1 AND replayed_at IS NULL
     GROUP BY 1, flow, failure_kind ORDER BY "lastDiedAt" DESC, 1 LIMIT ${String(GROUPS_MAX)}`,
    [businessId],
  );
  return rows.map(({ firstDiedAt, lastDiedAt, ...row }) => ({
    ...row,
    firstDiedAt: firstDiedAt.toISOString(),
    lastDiedAt: lastDiedAt.toISOString(),
  }));
}

/** Ids of a group's dead letters, oldest first. */
export async function idsOfGroup(
  { pool }: Pick<Database, 'pool'>,
  { businessId, group }: { readonly businessId: string; readonly group: string },
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM dead_letters WHERE business_id = $1 AND replayed_at IS NULL AND ${GROUP_OF} = $2 ORDER BY died_at, id`,
    [businessId, group],
  );
  return rows.map(({ id }) => id);
}
