import type { Executor } from '../postgres/database.ts';
import { POLLED_CORRELATION } from './record-polled.ts';
import type { PollTarget } from './runs.ts';

/** Newest audit entries looked through: a business that writes more of them between two runs has new events as well. */
const ENTRIES_MAX = 5_000;

/**
 * Whether a webhook of the connection was accepted since a moment of Postgres' clock. A webhook that brought nothing new
 * (polling had been faster) shows only in its receipt, which may have moved into the audit log meanwhile.
 */
export async function hasWebhookArrived(
  executor: Executor,
  { businessId, connectionId }: PollTarget,
  since: Date,
): Promise<boolean> {
  const [row] = await executor.$queryRaw<{ arrived: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM inbound_events
      WHERE business_id = ${businessId} AND connection_id = ${connectionId} AND received_at >= ${since}
        AND NOT starts_with(correlation_id, ${POLLED_CORRELATION})
        AND id > (SELECT coalesce(max(id), 0) FROM inbound_events
                  WHERE business_id = ${businessId} AND received_at < ${since}::timestamptz - interval '1 minute')
    ) OR EXISTS (
      SELECT FROM webhook_receipts
      WHERE business_id = ${businessId} AND connection_id = ${connectionId} AND kind = 'stored' AND at >= ${since}
    ) OR EXISTS (
      SELECT FROM audit_entries
      WHERE business_id = ${businessId} AND action = 'webhook.stored' AND subject->>'id' = ${connectionId}
        AND at >= ${since}
        AND seq > (SELECT seq FROM audit_heads WHERE business_id = ${businessId}) - ${ENTRIES_MAX}
    ) AS arrived`;
  return row?.arrived ?? false;
}
