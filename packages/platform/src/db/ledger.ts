import {
  type AuditLog,
  type Clock,
  type LedgerEntry,
  type LedgerKind,
  ledgerRecordedEntry,
  type LedgerStore,
  type NewLedgerEntry,
} from '@mlc/core';
import { auditLog } from '../audit/append.ts';
import { correlationOf } from './correlation.ts';
import type { Executor } from './database.ts';
import type { LedgerEntry as LedgerRow } from './generated/client.ts';
import { periodStore } from './periods.ts';

/** The ledger of one business in Postgres; `record` writes several rows: run it in a transaction. */
export function ledgerStore(
  executor: Executor,
  businessId: string,
  clock: Clock,
  audit: AuditLog = auditLog(executor, businessId, clock),
): LedgerStore {
  const periods = periodStore(executor, businessId);
  return {
    record: async (entries) => {
      const written: string[] = [];
      for (const asked of entries) {
        const entry = { ...asked, date: await periods.firstOpenDate(asked.date) };
        const data = [{ ...columnsOf(entry), businessId, createdAt: clock.now() }];
        const { count } = await executor.ledgerEntry.createMany({ data, skipDuplicates: true });
        if (count === 0) continue;
        written.push(entry.key);
        await audit.append(ledgerRecordedEntry(entry, await correlationOf(executor, entry.eventId)));
      }
      return written;
    },
    ofSource: ({ provider, type, id }) =>
      list(executor, { businessId, sourceProvider: provider, sourceType: type, sourceId: id }),
    ofPayout: (payoutId) => list(executor, { businessId, payoutId }),
  };
}

async function list(
  executor: Executor,
  where: Partial<Pick<LedgerRow, 'businessId' | 'sourceProvider' | 'sourceType' | 'sourceId' | 'payoutId'>>,
): Promise<readonly LedgerEntry[]> {
  return (await executor.ledgerEntry.findMany({ where, orderBy: { id: 'asc' } })).map(ledgerEntryOf);
}

function columnsOf({ source, amount, ...rest }: NewLedgerEntry) {
  return {
    ...rest,
    sourceProvider: source.provider,
    sourceType: source.type,
    sourceId: source.id,
    amountMinor: amount.minor,
    currency: amount.currency,
  };
}

function ledgerEntryOf(row: LedgerRow): LedgerEntry {
  return {
    key: row.key,
    kind: row.kind as LedgerKind,
    provider: row.provider,
    debit: row.debit,
    credit: row.credit,
    amount: { minor: row.amountMinor, currency: row.currency },
    date: row.date,
    factDate: row.factDate,
    source: { provider: row.sourceProvider, type: row.sourceType, id: row.sourceId },
    invoiceId: row.invoiceId,
    postingKey: row.postingKey,
    payoutId: row.payoutId,
    eventId: row.eventId,
    note: row.note,
  };
}
