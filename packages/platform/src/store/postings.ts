import type { Clock, Posting, PostingKind, PostingState, PostingStore } from '@mlc/core';
import type { Executor } from '../postgres/database.ts';
import { requireOne } from '../postgres/errors.ts';
import type { Posting as PostingRow, Prisma } from '../postgres/generated/client.ts';

/** Entries in the books of one business, in Postgres (design section 8). */
export function postingStore(executor: Executor, businessId: string, clock: Clock): PostingStore {
  const list = async (where: Prisma.PostingWhereInput): Promise<readonly Posting[]> => {
    const rows = await executor.posting.findMany({ where: { businessId, ...where } });
    return rows.sort(oldestFirst).map(postingOf);
  };
  return {
    byKey: async (key) => {
      const row = await executor.posting.findFirst({ where: { key, businessId } });
      return row === null ? null : postingOf(row);
    },
    ofSource: (sourceProvider, sourceId) => list({ sourceProvider, sourceId }),
    ofInvoice: (invoiceId) => list({ invoiceId }),
    rejectedOfKind: (kind) => list({ kind, state: 'rejected' }),
    insertIntent: async (posting) => {
      const data = [{ ...columnsOf(posting), businessId, ...bothTimes(clock.now()) }];
      // ON CONFLICT DO NOTHING: the second of two at once waits for the first's commit and then inserts nothing.
      const { count } = await executor.posting.createMany({ data, skipDuplicates: true });
      return count === 1;
    },
    update: async (key, changes) => {
      const data = { ...changes, updatedAt: clock.now() };
      const { count } = await executor.posting.updateMany({ where: { key, businessId }, data });
      requireOne(count, `posting ${key}`);
    },
    dueForRecheck: async (now, limit) => {
      const where = { businessId, recheckAt: { lte: now } };
      const orderBy = [{ recheckAt: 'asc' as const }, { key: 'asc' as const }];
      return (await executor.posting.findMany({ where, orderBy, take: limit })).map(postingOf);
    },
  };
}

function bothTimes(now: Date): { createdAt: Date; updatedAt: Date } {
  return { createdAt: now, updatedAt: now };
}

/** By time; postings of one moment in the order they can only have happened in. */
function oldestFirst(left: PostingRow, right: PostingRow): number {
  return (
    left.createdAt.getTime() - right.createdAt.getTime() ||
    left.cycle - right.cycle ||
    kindOrder(left) - kindOrder(right) ||
    (left.key < right.key ? -1 : 1)
  );
}

function kindOrder(row: PostingRow): number {
  return row.kind === 'reversal' ? 1 : 0;
}

function columnsOf(posting: Parameters<PostingStore['insertIntent']>[0]) {
  const { source, amount, ...rest } = posting;
  return {
    ...rest,
    sourceProvider: source.provider,
    sourceId: source.id,
    amountMinor: amount.minor,
    currency: amount.currency,
  };
}

function postingOf(row: PostingRow): Posting {
  return {
    key: row.key,
    kind: row.kind as PostingKind,
    invoiceId: row.invoiceId,
    invoiceNumber: row.invoiceNumber,
    source: { provider: row.sourceProvider, id: row.sourceId },
    cycle: row.cycle,
    amount: { minor: row.amountMinor, currency: row.currency },
    date: row.date,
    note: row.note,
    state: row.state as PostingState,
    externalId: row.externalId,
    reversesKey: row.reversesKey,
    calledAt: row.calledAt,
    recheckAt: row.recheckAt,
    eventId: row.eventId,
  };
}
