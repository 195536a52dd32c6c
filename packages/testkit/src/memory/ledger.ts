import {
  type AuditLog,
  firstOpenDate,
  GAVE_BACK_OF,
  type KeptItem,
  type LedgerEntry,
  ledgerRecordedEntry,
  type LedgerStore,
  type PayoutStore,
} from '@mlc/core';
import type { MemoryRows, MemoryScope } from './rows.ts';

/** The ledger, in memory. */
export function memoryLedger(scope: MemoryScope, audit: AuditLog): LedgerStore {
  const { ledger, closedMonths, events } = scope.rows;
  const listed = (keep: (entry: LedgerEntry) => boolean) =>
    Promise.resolve([...ledger.values()].filter(keep));
  return {
    record: async (entries) => {
      const written: string[] = [];
      for (const asked of entries) {
        if (asked.amount.minor <= 0n || asked.debit === asked.credit)
          scope.refuse(`no transfer: ${asked.key}`);
        if (ledger.has(asked.key)) continue;
        const entry = { ...asked, date: firstOpenDate(asked.date, closedMonths) };
        ledger.set(entry.key, entry);
        written.push(entry.key);
        const correlationId =
          entry.eventId === null ? null : (events.get(entry.eventId)?.correlationId ?? null);
        await audit.append(ledgerRecordedEntry(entry, correlationId));
      }
      return written;
    },
    ofSource: ({ provider, type, id }) =>
      listed(({ source }) => source.provider === provider && source.type === type && source.id === id),
    ofPayments: (provider, paymentIds) => {
      const asked = new Set(paymentIds);
      return listed(
        ({ source }) => source.provider === provider && source.type === 'payment' && asked.has(source.id),
      );
    },
    ofRefundsOf: ({ provider, id }) =>
      listed(
        ({ source, note }) =>
          source.provider === provider && source.type === 'refund' && note.endsWith(`${GAVE_BACK_OF}${id}`),
      ),
    ofInvoice: (invoiceId, since) => listed((entry) => entry.invoiceId === invoiceId && entry.date >= since),
    ofPayout: (payoutId) => listed((entry) => entry.payoutId === payoutId),
  };
}

/** Payouts, in memory. */
export function memoryPayouts({ rows, refuse }: MemoryScope): PayoutStore {
  return {
    put: (payout, items) => {
      const kept = rows.payouts.get(payout.id)?.items ?? items;
      rows.payouts.set(payout.id, { payout, items: kept });
      return Promise.resolve();
    },
    replaceItems: (payoutId, items) => {
      const kept = rows.payouts.get(payoutId);
      if (kept === undefined) return refuse(`there is no payout ${payoutId}`);
      rows.payouts.set(payoutId, { ...kept, items });
      return Promise.resolve();
    },
    oursAmong: (paymentIds) =>
      Promise.resolve(new Set(paymentIds.filter((paymentId) => isOurs(rows, paymentId)))),
    get: (payoutId) => Promise.resolve(rows.payouts.get(payoutId) ?? null),
    itemsOfPayment: (paymentId) => {
      const age = (id: string): string => `${rows.payouts.get(id)?.payout.createdAt ?? ''} ${id}`;
      const found = [...rows.payouts.entries()].flatMap(([payoutId, { items }]) =>
        (items ?? [])
          .filter((item) => item.paymentId === paymentId)
          .map((item): KeptItem => ({ ...item, payoutId })),
      );
      return Promise.resolve(
        found.toSorted((left, right) => (age(left.payoutId) < age(right.payoutId) ? -1 : 1)),
      );
    },
  };
}

function isOurs({ collections, postings }: MemoryRows, paymentId: string): boolean {
  return (
    [...collections.values()].some((collection) => collection.paymentId === paymentId) ||
    [...postings.values()].some(({ source }) => source.provider === 'gocardless' && source.id === paymentId)
  );
}
