import type { Clock, FlowName } from '@mlc/core';
import { appendAll } from '../audit/append.ts';
import type { Database, Executor } from '../postgres/database.ts';
import { sqlOn } from '../postgres/sql.ts';
import { eventStore } from '../inbox/events.ts';
import type { DeadLetter as DeadLetterRow } from '../postgres/generated/client.ts';

/** A permanent failure, or attempts used up. */
export interface DeadLetter {
  readonly id: string;
  readonly businessId: string;
  readonly flow: FlowName;
  readonly eventId: string;
  readonly failureKind: string;
  readonly error: string;
  readonly attempts: number;
  readonly diedAt: Date;
  readonly replayedAt: Date | null;
}

/** With the call that failed, redacted, and the event it failed for. */
export interface DeadLetterDetails extends DeadLetter {
  readonly details: unknown;
  readonly event: {
    readonly provider: string;
    readonly type: string;
    readonly externalEventId: string;
    readonly resourceId: string;
    readonly correlationId: string;
    readonly receivedAt: Date;
    readonly state: string;
  } | null;
}

/** Which dead letters; all filters are optional. Replayed ones are shown only by `show`. */
export interface DeadLetterFilter {
  readonly businessId?: string | undefined;
  readonly limit?: number;
}

const LIST_LIMIT = 10_000;

/** Dead letters not replayed yet, oldest first. */
export async function listDeadLetters(
  database: Database,
  filter: DeadLetterFilter = {},
): Promise<DeadLetter[]> {
  const rows = await database.prisma.deadLetter.findMany({
    where: { ...ofBusiness(filter.businessId), replayedAt: null },
    orderBy: [{ diedAt: 'asc' }, { id: 'asc' }],
    take: filter.limit ?? LIST_LIMIT,
  });
  return rows.map(deadLetterOf);
}

/** One dead letter with everything known about it; null when there is none of that id (in that business). */
export async function showDeadLetter(
  database: Database,
  id: string,
  { businessId }: { businessId?: string | undefined } = {},
): Promise<DeadLetterDetails | null> {
  const row = await database.prisma.deadLetter.findFirst({ where: { id, ...ofBusiness(businessId) } });
  if (row === null) return null;
  const event = await database.prisma.inboundEvent.findUnique({
    where: { id: BigInt(row.eventId) },
    select: {
      provider: true,
      type: true,
      externalEventId: true,
      resourceId: true,
      correlationId: true,
      receivedAt: true,
      state: true,
    },
  });
  return { ...deadLetterOf(row), details: row.details, event };
}

/** Which to replay: one by id, or all that are left. */
export interface Replay {
  readonly ids: readonly string[] | 'all';
  readonly businessId?: string | undefined;
  /** User name or `cli`, for the audit log. */
  readonly actor: string;
}

/**
 * Runs the events of dead letters again, with the same keys, attempts counted from none. A letter replayed before is
 * left alone. Returns how many events were put back.
 */
export async function replayDeadLetters(database: Database, clock: Clock, replay: Replay): Promise<number> {
  const letters = await database.prisma.deadLetter.findMany({
    where: {
      ...ofBusiness(replay.businessId),
      ...(replay.ids === 'all' ? {} : { id: { in: [...replay.ids] } }),
      replayedAt: null,
    },
    select: { id: true, businessId: true },
    orderBy: [{ diedAt: 'asc' }, { id: 'asc' }],
  });
  let replayed = 0;
  for (const batch of batchesByBusiness(letters)) {
    replayed += await database.transaction((tx) => replayBatch(tx, clock, { ...batch, actor: replay.actor }));
  }
  return replayed;
}

const REPLAY_BATCH = 500;

function batchesByBusiness(letters: readonly { id: string; businessId: string }[]) {
  const ids = new Map<string, string[]>();
  for (const { id, businessId } of letters) ids.set(businessId, [...(ids.get(businessId) ?? []), id]);
  return [...ids].flatMap(([businessId, all]) =>
    Array.from({ length: Math.ceil(all.length / REPLAY_BATCH) }, (_, index) => ({
      businessId,
      ids: all.slice(index * REPLAY_BATCH, (index + 1) * REPLAY_BATCH),
    })),
  );
}

async function replayBatch(
  tx: Executor,
  clock: Clock,
  batch: { businessId: string; ids: readonly string[]; actor: string },
): Promise<number> {
  const { businessId, ids, actor } = batch;
  // Two people replaying at once: the second finds nothing left to mark.
  const letters = await tx.deadLetter.updateManyAndReturn({
    where: { id: { in: [...ids] }, businessId, replayedAt: null },
    data: { replayedAt: clock.now() },
  });
  if (letters.length === 0) return 0;
  const count = await eventStore(sqlOn(tx), businessId, clock).rerun(letters.map((letter) => letter.eventId));
  await appendAll(
    tx,
    businessId,
    clock,
    letters.map((letter) => ({
      actor,
      action: 'dead-letter.replayed',
      subject: { provider: 'mlc', type: 'dead-letter', id: letter.id },
      correlationId: null,
      details: { eventId: letter.eventId, flow: letter.flow, failureKind: letter.failureKind },
    })),
  );
  return count;
}

function ofBusiness(businessId: string | undefined): { businessId?: string } {
  return businessId === undefined ? {} : { businessId };
}

function deadLetterOf(row: DeadLetterRow): DeadLetter {
  return {
    id: row.id,
    businessId: row.businessId,
    flow: row.flow as FlowName,
    eventId: row.eventId,
    failureKind: row.failureKind,
    error: row.error,
    attempts: row.attempts,
    diedAt: row.diedAt,
    replayedAt: row.replayedAt,
  };
}
