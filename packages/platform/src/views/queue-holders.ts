import { type FlowName, SYSTEM_CHAIN } from '@mlc/core';
import type { Database } from '../postgres/database.ts';

/** Who held a queue last, and since when. */
export interface QueueHolder {
  readonly by: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** By flow, from the deployment's audit log. */
export async function queueHolders({
  pool,
}: Pick<Database, 'pool'>): Promise<ReadonlyMap<FlowName, QueueHolder>> {
  const { rows } = await pool.query<{ flow: FlowName; actor: string; at: Date }>(
    `SELECT DISTINCT ON (subject->>'id') subject->>'id' AS flow, actor, at FROM audit_entries
     WHERE business_id = $1 AND action = 'queue.paused' ORDER BY subject->>'id', seq DESC`,
    [SYSTEM_CHAIN],
  );
  return new Map(rows.map(({ flow, actor, at }) => [flow, { by: actor, at: at.toISOString() }]));
}
