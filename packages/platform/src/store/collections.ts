import type { Clock, Collection, CollectionOrigin, CollectionState, CollectionStore } from '@mlc/core';
import { randomUUID } from 'node:crypto';
import type { Executor } from '../postgres/database.ts';
import { requireOne } from '../postgres/errors.ts';
import type { Collection as CollectionRow, Prisma } from '../postgres/generated/client.ts';

type Changes = Parameters<CollectionStore['update']>[1];

/** Debits of one business in Postgres. */
export function collectionStore(executor: Executor, businessId: string, clock: Clock): CollectionStore {
  const list = async (where: Prisma.CollectionWhereInput): Promise<readonly Collection[]> => {
    const rows = await executor.collection.findMany({ where: { businessId, ...where } });
    return rows.sort(oldestFirst).map(collectionOf);
  };
  return {
    ofInvoice: (invoiceId) => list({ invoiceId }),
    ofSchedule: (scheduleId) => list({ scheduleId }),
    liveOfClient: (clientId) => list({ clientId, ...NOT_ENDED }),
    liveOnMandate: (mandateId) => list({ mandateId, ...NOT_ENDED }),
    byPayment: async (paymentId) => {
      const row = await executor.collection.findUnique({
        where: { businessId_paymentId: { businessId, paymentId } },
      });
      return row === null ? null : collectionOf(row);
    },
    countCalled: async (currency, { from, to }) => {
      const turn = `debits:${businessId}:${currency}`;
      await executor.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${turn}, 0))`;
      return executor.collection.count({
        where: { businessId, origin: 'ours', currency, calledAt: { gte: from, lt: to } },
      });
    },
    reservedOnMandate: async (mandateId) => {
      const turn = `mandate:${mandateId}`;
      await executor.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${turn}, 0))`;
      return list({ mandateId, ...NOT_ENDED });
    },
    insert: async (collection) => {
      const { amount, ...rest } = collection;
      const now = clock.now();
      const data = { ...rest, ...amountColumns(amount), createdAt: now, updatedAt: now };
      return collectionOf(
        await executor.collection.create({ data: { id: randomUUID(), businessId, ...data } }),
      );
    },
    update: async (id, changes) => {
      const data = { ...columnsOf(changes), updatedAt: clock.now() };
      const { count } = await executor.collection.updateMany({ where: { id, businessId }, data });
      requireOne(count, `collection ${id}`);
    },
  };
}

/** Still on the way to the money: what `isLive` says, without the ones that brought it. */
const NOT_ENDED: Prisma.CollectionWhereInput = {
  OR: [
    { state: { in: ['planned', 'requested', 'pending_submission', 'submitted', 'confirmed'] } },
    { state: 'failed', willAttemptRetry: true },
  ],
};

function oldestFirst(left: CollectionRow, right: CollectionRow): number {
  return (
    left.createdAt.getTime() - right.createdAt.getTime() ||
    left.attempt - right.attempt ||
    (left.invoiceId < right.invoiceId ? -1 : 1)
  );
}

function amountColumns(amount: Collection['amount']): { amountMinor: bigint; currency: string } {
  return { amountMinor: amount.minor, currency: amount.currency };
}

function columnsOf(changes: Changes): Prisma.CollectionUpdateManyMutationInput {
  const { amount, ...rest } = changes;
  return amount === undefined ? rest : { ...rest, ...amountColumns(amount) };
}

function collectionOf(row: CollectionRow): Collection {
  return {
    id: row.id,
    invoiceId: row.invoiceId,
    invoiceNumber: row.invoiceNumber,
    clientId: row.clientId,
    attempt: row.attempt,
    origin: row.origin as CollectionOrigin,
    paymentId: row.paymentId,
    mandateId: row.mandateId,
    amount: { minor: row.amountMinor, currency: row.currency },
    chargeDate: row.chargeDate,
    wantedDate: row.wantedDate,
    creditorId: row.creditorId,
    state: row.state as CollectionState,
    idempotencyKey: row.idempotencyKey,
    scheduleId: row.scheduleId,
    willAttemptRetry: row.willAttemptRetry,
    calledAt: row.calledAt,
    endedBy: row.endedBy === 'us' ? 'us' : null,
  };
}
