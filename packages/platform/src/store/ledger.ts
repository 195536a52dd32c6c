import {
  type AuditLog,
  type Clock,
  GAVE_BACK_OF,
  type LedgerEntry,
  type LedgerKind,
  ledgerRecordedEntry,
  type LedgerStore,
  type NewLedgerEntry,
  type PeriodStore,
} from '@mlc/core';
import { auditLog } from '../audit/append.ts';
import { chunksOf } from '../postgres/chunks.ts';
import { correlationOf } from '../inbox/correlation.ts';
import type { Executor } from '../postgres/database.ts';
import type { LedgerEntry as LedgerRow, Prisma } from '../postgres/generated/client.ts';
import { periodStore } from './periods.ts';

/** Columns of an entry times this stay below what one statement carries. */
const ENTRIES_AT_ONCE = 1_000;
const IDS_AT_ONCE = 10_000;

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
      for (const some of chunksOf(entries, ENTRIES_AT_ONCE)) {
        const dated = await withOpenDates(periods, some);
        const fresh = await insertNew(executor, { businessId, createdAt: clock.now() }, dated);
        const correlations = await correlationsOf(executor, fresh);
        for (const entry of fresh) {
          written.push(entry.key);
          await audit.append(ledgerRecordedEntry(entry, correlations.get(entry.eventId) ?? null));
        }
      }
      return written;
    },
    ofSource: async ({ provider, type, id }) => {
      await executor.$executeRaw`
        SELECT pg_advisory_xact_lock_shared(hashtextextended(${payoutLockName(businessId)}, 0))`;
      return list(executor, { businessId, sourceProvider: provider, sourceType: type, sourceId: id });
    },
    ofPayments: async (sourceProvider, paymentIds) => {
      await executor.$executeRaw`
        SELECT pg_advisory_xact_lock(hashtextextended(${payoutLockName(businessId)}, 0))`;
      const found: LedgerEntry[] = [];
      for (const some of chunksOf(paymentIds, IDS_AT_ONCE)) {
        const sourceId = { in: some };
        found.push(
          ...(await list(executor, { businessId, sourceProvider, sourceType: 'payment', sourceId })),
        );
      }
      return found;
    },
    ofRefundsOf: async ({ provider, id }) => {
      const ending = `${GAVE_BACK_OF}${id}`;
      const where = { businessId, sourceProvider: provider, sourceType: 'refund' };
      // Postgres reads wildcards in what Prisma's filter is given.
      const alike = await list(executor, { ...where, note: { endsWith: ending } });
      return alike.filter(({ note }) => note.endsWith(ending));
    },
    ofInvoice: (invoiceId, since) => list(executor, { businessId, invoiceId, date: { gte: since } }),
    ofPayout: (payoutId) => list(executor, { businessId, payoutId }),
  };
}

/** The advisory lock between booking a payout (exclusive) and whatever is made of one payment (shared). */
function payoutLockName(businessId: string): string {
  return `payouts:${businessId}`;
}

/** Each day is asked for once. */
async function withOpenDates(
  periods: PeriodStore,
  entries: readonly NewLedgerEntry[],
): Promise<NewLedgerEntry[]> {
  const open = new Map<string, string>();
  for (const { date } of entries) if (!open.has(date)) open.set(date, await periods.firstOpenDate(date));
  return entries.map((entry) => ({ ...entry, date: open.get(entry.date) ?? entry.date }));
}

/** Inserts those whose key is not there yet; returns them, each once. */
async function insertNew(
  executor: Executor,
  owner: { businessId: string; createdAt: Date },
  entries: readonly NewLedgerEntry[],
): Promise<NewLedgerEntry[]> {
  const first = [...new Map(entries.toReversed().map((entry) => [entry.key, entry])).values()].toReversed();
  const rows = await executor.ledgerEntry.createManyAndReturn({
    data: first.map((entry) => ({ ...columnsOf(entry), ...owner })),
    skipDuplicates: true,
    select: { key: true },
  });
  const written = new Set(rows.map(({ key }) => key));
  return first.filter(({ key }) => written.has(key));
}

/** Correlation ids by event. */
async function correlationsOf(
  executor: Executor,
  entries: readonly LedgerEntry[],
): Promise<Map<string | null, string | null>> {
  const correlations = new Map<string | null, string | null>();
  for (const eventId of new Set(entries.map((entry) => entry.eventId)))
    correlations.set(eventId, await correlationOf(executor, eventId));
  return correlations;
}

async function list(executor: Executor, where: Prisma.LedgerEntryWhereInput): Promise<LedgerEntry[]> {
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
