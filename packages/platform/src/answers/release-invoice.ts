import { type Clock, ENTRIES_GONE, isByHand, setAsideCovers } from '@mlc/core';
import { randomUUID } from 'node:crypto';
import type { Database, Executor } from '../postgres/database.ts';
import type { Posting as PostingRow } from '../postgres/generated/client.ts';
import { auditWish, lookAgain, type OptOutTarget, WishRefusedError } from './person-says.ts';
import { resolveWithin } from './resolve-review.ts';

/** The invoice, why, and who says so. */
type Release = Omit<OptOutTarget, 'kind'>;

/**
 * Lets an invoice be debited again by a person's word: after a debit that failed, was charged back or cancelled at GoCardless
 * (ADR 4), after its payment was taken out of FreshBooks, or while money that came off it by hand waits for its place.
 * @throws WishRefusedError when none of these is so.
 */
export function releaseInvoice(database: Database, clock: Clock, release: Release): Promise<void> {
  const { businessId, id: invoiceId } = release;
  const target: OptOutTarget = { ...release, kind: 'invoice' };
  return database.transaction(async (tx) => {
    // Events before the audit log, as the runs of workers take them.
    await lookAgain(tx, clock, target);
    const freed = [
      await freeFromDebit(tx, release),
      await freeFromGoneEntries(tx, clock, release),
      await freeFromMoneyAside(tx, clock, release),
    ];
    if (!freed.includes(true)) throw new WishRefusedError(await whyNot(tx, businessId, invoiceId));
    await auditWish(tx, clock, { target, action: 'invoice.released' });
  });
}

function lastDebit(tx: Executor, businessId: string, invoiceId: string) {
  return tx.collection.findFirst({ where: { businessId, invoiceId }, orderBy: { attempt: 'desc' } });
}

async function freeFromDebit(tx: Executor, { businessId, id: invoiceId }: Release): Promise<boolean> {
  const last = await lastDebit(tx, businessId, invoiceId);
  if (last === null || !['failed', 'charged_back', 'cancelled'].includes(last.state)) return false;
  await tx.collection.update({ where: { id: last.id }, data: { endedBy: 'us', willAttemptRetry: false } });
  return true;
}

/** The answer "collect it all the same" to the question about entries that are gone, whether it is still open or was left. */
async function freeFromGoneEntries(tx: Executor, clock: Clock, release: Release): Promise<boolean> {
  const { businessId, id: subjectId, note, by } = release;
  const about = { businessId, kind: 'double_payment_risk', subjectProvider: 'freshbooks', subjectId };
  const asked = await tx.review.findFirst({
    where: { ...about, subjectType: 'invoice', covers: { startsWith: ENTRIES_GONE } },
    orderBy: [{ openedAt: 'desc' }, { id: 'desc' }],
  });
  if (asked === null) return false;
  if (asked.state === 'open') {
    await resolveWithin(tx, clock, { reviewId: asked.id, action: 'retry', note, by, businessId });
    return true;
  }
  const wasLeft = asked.resolvedBy !== 'system' && asked.action !== 'retry';
  if (wasLeft) await keepAnswer(tx, clock, { release, covers: asked.covers ?? '', reasons: asked.reasons });
  return wasLeft;
}

async function freeFromMoneyAside(tx: Executor, clock: Clock, release: Release): Promise<boolean> {
  const { businessId, id: invoiceId } = release;
  const reversals = await tx.posting.findMany({ where: { businessId, invoiceId, kind: 'reversal' } });
  let isFreed = false;
  for (const reversal of reversals.filter(isByHand)) {
    if (!(await isAside(tx, reversal))) continue;
    const reasons = [`Invoice ${reversal.invoiceNumber ?? invoiceId} was released by hand.`];
    await keepAnswer(tx, clock, { release, covers: setAsideCovers(reversal.key), reasons });
    isFreed = true;
  }
  return isFreed;
}

/** Nothing of the money was booked since, and nobody said yet that the invoice may be collected meanwhile. */
async function isAside(tx: Executor, reversal: PostingRow): Promise<boolean> {
  const { businessId, sourceProvider, sourceId, reversesKey, key } = reversal;
  const newest = await tx.posting.findFirst({
    where: { businessId, sourceProvider, sourceId, kind: 'payment' },
    orderBy: { cycle: 'desc' },
  });
  const said = await tx.review.count({ where: { businessId, covers: setAsideCovers(key) } });
  return newest?.key === reversesKey && said === 0;
}

interface Answer {
  readonly release: Release;
  readonly covers: string;
  readonly reasons: readonly string[];
}

/** An answer that was given without being asked for: a question that is closed from the start. */
async function keepAnswer(
  tx: Executor,
  clock: Clock,
  { release: { businessId, id, note, by }, covers, reasons }: Answer,
): Promise<void> {
  const now = clock.now();
  await tx.review.create({
    data: {
      id: randomUUID(),
      businessId,
      kind: 'double_payment_risk',
      state: 'resolved',
      subjectProvider: 'freshbooks',
      subjectType: 'invoice',
      subjectId: id,
      reasons: [...reasons],
      candidates: [],
      covers,
      openedAt: now,
      resolvedAt: now,
      action: 'retry',
      note,
      resolvedBy: by,
      mailedAt: now,
    },
  });
}

async function whyNot(tx: Executor, businessId: string, invoiceId: string): Promise<string> {
  const last = await lastDebit(tx, businessId, invoiceId);
  if (last === null) return `invoice ${invoiceId} was never debited`;
  return `debit ${last.paymentId ?? ''} of invoice ${invoiceId} is ${last.state}: nothing to release`;
}
