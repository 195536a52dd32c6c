import type { Database, Executor } from '../postgres/database.ts';

/** An event nothing had told of, and its provider has yet to say whether a webhook should have. */
export interface UnaskedLoss {
  readonly eventId: string;
  /** The list it was found in. */
  readonly source: string;
  /** When it happened, by the provider's clock. */
  readonly lostAt: Date;
}

/** To be asked about by this run or a later one; for the transaction that stores the events. */
export async function keepLosses(
  executor: Executor,
  connectionId: string,
  losses: readonly UnaskedLoss[],
): Promise<void> {
  if (losses.length === 0) return;
  const data = losses.map(({ eventId, ...loss }) => ({ ...loss, eventId: BigInt(eventId), connectionId }));
  await executor.unaskedLoss.createMany({ data, skipDuplicates: true });
}

/** One of them, as its event says. */
export interface LossToAsk extends UnaskedLoss {
  readonly type: string;
  readonly resourceId: string;
  /** Found by an earlier run. */
  readonly isOlder: boolean;
}

interface LossRow {
  readonly event_id: string;
  readonly source: string;
  readonly lost_at: Date;
  readonly type: string;
  readonly resource_id: string;
  readonly is_older: boolean;
}

/** The next of a connection to ask about: those never asked before those whose question failed, the longest waiting first. */
export async function lossesToAsk(
  database: Database,
  { connectionId, startedAt }: { readonly connectionId: string; readonly startedAt: Date },
  atMost: number,
): Promise<readonly LossToAsk[]> {
  const { rows } = await database.pool.query<LossRow>(
    `SELECT loss.event_id::text, loss.source, loss.lost_at, event.type, event.resource_id,
       event.received_at < $2 AS is_older
     FROM unasked_losses loss JOIN inbound_events event ON event.id = loss.event_id
     WHERE loss.connection_id = $1 ORDER BY loss.tries, loss.event_id LIMIT $3`,
    [connectionId, startedAt, atMost],
  );
  return rows.map((row) => ({
    eventId: row.event_id,
    source: row.source,
    lostAt: row.lost_at,
    type: row.type,
    resourceId: row.resource_id,
    isOlder: row.is_older,
  }));
}

/** Its provider did not say: asked again once the others were. */
export async function askLossLater(database: Database, { eventId }: UnaskedLoss): Promise<void> {
  await database.prisma.unaskedLoss.updateMany({
    where: { eventId: BigInt(eventId) },
    data: { tries: { increment: 1 } },
  });
}

/** Asked about; for the transaction that counts the answers, so that none is forgotten uncounted. */
export async function forgetLosses(executor: Executor, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return;
  await executor.unaskedLoss.deleteMany({ where: { eventId: { in: eventIds.map(BigInt) } } });
}

/** When the newest loss of before this run happened; null when none waits. */
export async function newestOlderLoss(
  database: Database,
  { connectionId, startedAt }: { readonly connectionId: string; readonly startedAt: Date },
): Promise<Date | null> {
  const { rows } = await database.pool.query<{ readonly at: Date | null }>(
    `SELECT max(loss.lost_at) AS at FROM unasked_losses loss JOIN inbound_events event ON event.id = loss.event_id
     WHERE loss.connection_id = $1 AND event.received_at < $2`,
    [connectionId, startedAt],
  );
  return rows[0]?.at ?? null;
}

/** All of before this run: a webhook arrived after the last of them. */
export async function forgetOlderLosses(
  database: Database,
  { connectionId, startedAt }: { readonly connectionId: string; readonly startedAt: Date },
): Promise<void> {
  await database.pool.query(
    `DELETE FROM unasked_losses loss USING inbound_events event
     WHERE event.id = loss.event_id AND loss.connection_id = $1 AND event.received_at < $2`,
    [connectionId, startedAt],
  );
}
