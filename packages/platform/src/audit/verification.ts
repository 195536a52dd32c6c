import type { Clock, Log } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import { foldReceipts } from './fold.ts';
import { verifyAudit } from './verify.ts';

/** How the last verification of a business's chain went, or goes. */
export interface Verification {
  readonly state: 'running' | 'whole' | 'broken' | 'failed';
  readonly by: string;
  /** RFC 3339 UTC. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly entries: number | null;
  /** The first number at which the chain is not what it was: changed, missing, moved, or cut off. */
  readonly brokenAt: number | null;
}

interface Verifying {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

/** One that has not ended by then died with its process. */
const RUNNING_MS_MAX = 600_000;

/** The last one; null when there was none. */
export async function lastVerification(
  { database, clock }: Pick<Verifying, 'database' | 'clock'>,
  businessId: string,
): Promise<Verification | null> {
  const row = await database.prisma.auditVerification.findUnique({ where: { businessId } });
  if (row === null) return null;
  const { by, startedAt, endedAt, ok, entries, brokenAt } = row;
  const isLost = endedAt === null && clock.now().getTime() - startedAt.getTime() > RUNNING_MS_MAX;
  return {
    state: endedAt === null ? (isLost ? 'failed' : 'running') : (ENDED[String(ok)] ?? 'failed'),
    by,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    entries: entries === null ? null : Number(entries),
    brokenAt: brokenAt === null ? null : Number(brokenAt),
  };
}

const ENDED: Readonly<Record<string, 'whole' | 'broken'>> = { true: 'whole', false: 'broken' };

/** Begins one, unless one runs; its end is found by `lastVerification`. */
export async function beginVerification(
  verifying: Verifying,
  { businessId, by }: { readonly businessId: string; readonly by: string },
): Promise<void> {
  const { database, clock, log } = verifying;
  if ((await lastVerification(verifying, businessId))?.state === 'running') return;
  const begun = { by, startedAt: clock.now(), endedAt: null, ok: null, entries: null, brokenAt: null };
  await database.prisma.auditVerification.upsert({
    where: { businessId },
    create: { businessId, ...begun },
    update: begun,
  });
  void verify(verifying, businessId).catch((error: unknown) =>
    log.error('audit.not_verified', { businessId, error }),
  );
}

async function verify({ database, clock }: Verifying, businessId: string): Promise<void> {
  const end = (found: { ok: boolean | null; entries: number | null; brokenAt: number | null }) =>
    database.prisma.auditVerification.update({
      where: { businessId },
      data: { endedAt: clock.now(), ...found },
    });
  try {
    await foldReceipts(database, businessId, clock);
    const verdict = await verifyAudit(database, businessId);
    await end(
      verdict.ok
        ? { ok: true, entries: verdict.entries, brokenAt: null }
        : { ok: false, entries: null, brokenAt: verdict.brokenAt },
    );
  } catch (error) {
    await end({ ok: null, entries: null, brokenAt: null });
    throw error;
  }
}
