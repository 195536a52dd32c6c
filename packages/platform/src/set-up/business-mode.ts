import { type AuditEntry, type Clock, type Mode, storedPolicy, WAITING_FOR_GO_LIVE } from '@mlc/core';
import { appendAudit } from '../audit/append.ts';
import type { Database, Executor } from '../postgres/database.ts';
import { WAKE_CHANNEL } from '../inbox/events.ts';
import { Prisma } from '../postgres/generated/client.ts';

/** What switching a business came to. */
export interface ModeSwitch {
  readonly mode: Mode;
  /** False when it was so already. */
  readonly changed: boolean;
  /** Events that waited for it and run now. */
  readonly released: number;
}

/** Which business, and who wants it. */
export interface ModeWish {
  readonly businessId: string;
  readonly mode: Mode;
  readonly by: string;
}

/** Held while a business's own row is decided on; `slug` because a business that is being applied may have no id yet. */
export async function lockBusiness(tx: Executor, slug: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`apply:${slug}`}, 0))`;
}

/** Lets a business write at its providers, or holds everything back that would; audited, and all or nothing. */
export function switchMode(database: Database, clock: Clock, wish: ModeWish): Promise<ModeSwitch> {
  const { businessId, mode, by } = wish;
  return database.transaction(async (tx) => {
    const { slug } = await tx.business.findUniqueOrThrow({ where: { id: businessId } });
    await lockBusiness(tx, slug);
    const { policy } = await tx.business.findUniqueOrThrow({ where: { id: businessId } });
    const before = storedPolicy(policy).mode;
    if (before !== mode)
      await tx.$executeRaw`
        UPDATE businesses SET policy = policy || jsonb_build_object('mode', ${mode}::text), updated_at = ${clock.now()}
        WHERE id = ${businessId}`;
    const released = mode === 'live' ? await releaseHeld(tx, businessId) : 0;
    if (before !== mode)
      await appendAudit(tx, businessId, clock, modeEntry({ businessId, by, mode, released }));
    return { mode, changed: before !== mode, released };
  });
}

/** The audit entry of a switch. */
export function modeEntry({ businessId, by, mode, released }: ModeWish & { released: number }): AuditEntry {
  return {
    actor: by,
    action: mode === 'live' ? 'business.went-live' : 'business.observes',
    subject: { provider: 'mlc', type: 'business', id: businessId },
    correlationId: null,
    details: { mode, ...(mode === 'live' ? { released } : {}) },
  };
}

/**
 * What waited for the business to go live runs now, as if it had just come: how long it observed counts for nothing else
 * it may have to wait for. Returns how many.
 */
export async function releaseHeld(tx: Executor, businessId: string): Promise<number> {
  return release(tx, Prisma.sql`business_id = ${businessId}`);
}

/**
 * For the sweep: events that were parked a moment after their business went live, by a run that began before. Returns how
 * many.
 */
export function releaseLate(database: Database): Promise<number> {
  const live = Prisma.sql`business_id IN (
    SELECT id FROM businesses WHERE COALESCE(policy->>'mode', 'live') = 'live')`;
  return release(database.prisma, live);
}

async function release(executor: Executor, whose: Prisma.Sql): Promise<number> {
  const count = await executor.$executeRaw(Prisma.sql`
    UPDATE inbound_events
    SET state = 'stored', run = run + 1, waiting_for = NULL, recheck_at = NULL, parked_since = NULL
    WHERE state = 'parked' AND waiting_for = ${WAITING_FOR_GO_LIVE} AND ${whose}`);
  if (count > 0) await executor.$executeRaw`SELECT pg_notify(${WAKE_CHANNEL}, '')`;
  return count;
}

/** How many events of each business wait for it to go live, by business id. */
export async function heldEvents(database: Database): Promise<ReadonlyMap<string, number>> {
  const { rows } = await database.pool.query<{ business_id: string; count: number }>(
    `SELECT business_id, count(*)::int AS count FROM inbound_events
     WHERE state = 'parked' AND waiting_for = $1 GROUP BY business_id`,
    [WAITING_FOR_GO_LIVE],
  );
  return new Map(rows.map(({ business_id: id, count }) => [id, count]));
}
