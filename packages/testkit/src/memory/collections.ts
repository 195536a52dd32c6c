import { type Collection, type CollectionStore, isLive } from '@mlc/core';
import type { MemoryScope } from './rows.ts';

/** Debits in memory. Maps keep the order of insertion, which is oldest first. */
export function memoryCollections(scope: MemoryScope): CollectionStore {
  const all = () => [...scope.rows.collections.values()];
  const listed = (keep: (collection: Collection) => boolean) => Promise.resolve(all().filter(keep));
  return {
    ofInvoice: (invoiceId) => listed((one) => one.invoiceId === invoiceId),
    byPayment: (paymentId) => Promise.resolve(all().find((one) => one.paymentId === paymentId) ?? null),
    ofSchedule: (scheduleId) => listed((one) => one.scheduleId === scheduleId),
    liveOfClient: (clientId) =>
      listed((one) => one.clientId === clientId && isLive(one) && one.state !== 'paid_out'),
    countCalled: (currency, { from, to }) => {
      const isCounted = ({ origin, amount, calledAt }: Collection): boolean =>
        origin === 'ours' &&
        amount.currency === currency &&
        calledAt !== null &&
        calledAt >= from &&
        calledAt < to;
      return Promise.resolve(all().filter(isCounted).length);
    },
    liveOnMandate: (mandateId) =>
      listed((one) => one.mandateId === mandateId && isLive(one) && one.state !== 'paid_out'),
    reservedOnMandate: (mandateId) =>
      listed((one) => one.mandateId === mandateId && isLive(one) && one.state !== 'paid_out'),
    insert: async (collection) => {
      const inserted = { id: `collection-${String(all().length + 1)}`, ...collection };
      refuseTwins(scope, inserted);
      scope.rows.collections.set(inserted.id, inserted);
      return Promise.resolve(inserted);
    },
    update: async (id, changes) => {
      const before = scope.rows.collections.get(id);
      if (before === undefined) throw new Error(`there is no collection ${id} of this business`);
      const after = { ...before, ...changes };
      refuseTwins(scope, after);
      scope.rows.collections.set(id, after);
      return Promise.resolve();
    },
  };
}

/** The unique indexes: attempt of an invoice, payment, idempotency key. */
function refuseTwins(scope: MemoryScope, collection: Collection): void {
  for (const other of scope.rows.collections.values()) {
    if (other.id === collection.id) continue;
    const twins =
      (other.invoiceId === collection.invoiceId && other.attempt === collection.attempt) ||
      (other.paymentId !== null && other.paymentId === collection.paymentId) ||
      other.idempotencyKey === collection.idempotencyKey;
    if (twins) scope.refuse(`collection ${other.id} has the same attempt, payment or key`);
  }
}
