import type { Posting, PostingStore } from '@mlc/core';
import type { MemoryScope } from './rows.ts';

/** Entries in the books, in memory. */
export function memoryPostings(scope: MemoryScope): PostingStore {
  const listed = (keep: (posting: Posting) => boolean) =>
    Promise.resolve([...scope.rows.postings.values()].filter(keep));
  return {
    byKey: (key) => Promise.resolve(scope.rows.postings.get(key) ?? null),
    ofSource: (provider, id) =>
      listed((posting) => posting.source.provider === provider && posting.source.id === id),
    ofInvoice: (invoiceId) => listed((posting) => posting.invoiceId === invoiceId),
    rejectedOfKind: (kind) => listed((posting) => posting.kind === kind && posting.state === 'rejected'),
    insertIntent: (posting) => {
      const isThere = [...scope.rows.postings.values()].some((other) => isTwin(other, posting));
      if (scope.rows.postings.has(posting.key) || isThere) return Promise.resolve(false);
      const unsent = { externalId: null, calledAt: null, recheckAt: null };
      scope.rows.postings.set(posting.key, { ...posting, state: 'intent', ...unsent });
      return Promise.resolve(true);
    },
    put: async (posting, changes) => {
      const before = scope.rows.postings.get(posting.key);
      const isThere = [...scope.rows.postings.values()].some((other) => isTwin(other, posting));
      if (before === undefined && isThere)
        throw new Error(`${posting.kind} ${posting.source.id} has another key`);
      const intent = { state: 'intent' as const, externalId: null, calledAt: null, recheckAt: null };
      scope.rows.postings.set(posting.key, { ...(before ?? { ...posting, ...intent }), ...changes });
      return Promise.resolve(before === undefined);
    },
    update: async (key, changes) => {
      const before = scope.rows.postings.get(key);
      if (before === undefined) throw new Error(`there is no posting ${key} of this business`);
      scope.rows.postings.set(key, { ...before, ...changes });
      return Promise.resolve();
    },
    dueForRecheck: (now, limit) => {
      const due = [...scope.rows.postings.values()].flatMap((posting) =>
        posting.recheckAt !== null && posting.recheckAt <= now ? [{ posting, at: posting.recheckAt }] : [],
      );
      due.sort(
        (left, right) => Number(left.at) - Number(right.at) || compare(left.posting.key, right.posting.key),
      );
      return Promise.resolve(due.slice(0, limit).map(({ posting }) => posting));
    },
  };
}

/** The unique index: one entry per source and cycle, reversals aside. */
function isTwin(left: Pick<Posting, 'kind' | 'source' | 'cycle'>, right: typeof left): boolean {
  const isSameSource = left.source.provider === right.source.provider && left.source.id === right.source.id;
  return left.kind !== 'reversal' && left.kind === right.kind && isSameSource && left.cycle === right.cycle;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
