import {
  type AuditLog,
  type Clock,
  GAVE_BACK_OF,
  type LedgerEntry,
  ledgerRecordedEntry,
  type LedgerStore,
  type NewLedgerEntry,
} from '@mlc/core';
import { auditLog } from '../audit/append.ts';
import { chunksOf } from '../postgres/chunks.ts';
import { correlationIn } from '../inbox/correlation.ts';
import type { BigintColumn, Sql } from '../postgres/sql.ts';
import { insertionOfMany, selected } from '../postgres/statements.ts';

/** What one statement carries. */
const ENTRIES_AT_ONCE = 1_000;
const IDS_AT_ONCE = 10_000;

/** The ledger of one business in Postgres; `record` writes several rows: run it in a transaction. */
export function ledgerStore(
  sql: Sql,
  businessId: string,
  clock: Clock,
  audit: AuditLog = auditLog(sql, businessId, clock),
): LedgerStore {
  return {
    record: async (entries) => {
      const written: string[] = [];
      for (const some of chunksOf(entries, ENTRIES_AT_ONCE)) {
        for (const { entry, correlation } of await insertNew(
          sql,
          { businessId, createdAt: clock.now() },
          some,
        )) {
          written.push(entry.key);
          await audit.append(ledgerRecordedEntry(entry, correlation));
        }
      }
      return written;
    },
    ofSource: async ({ provider, type, id }) => {
      const rows = await sql.rows<LedgerRow>(OF_SOURCE, [businessId, provider, type, id]);
      return rows.map(ledgerEntryOf);
    },
    ofPayments: async (sourceProvider, paymentIds) => {
      await sql.rows(LOCK_PAYOUTS, [businessId]);
      const found: LedgerEntry[] = [];
      for (const some of chunksOf(paymentIds, IDS_AT_ONCE)) {
        const rows = await sql.rows<LedgerRow>(OF_PAYMENTS, [businessId, sourceProvider, some]);
        found.push(...rows.map(ledgerEntryOf));
      }
      return found;
    },
    ofRefundsOf: async ({ provider, id }) => {
      const rows = await sql.rows<LedgerRow>(OF_REFUNDS, [businessId, provider, `${GAVE_BACK_OF}${id}`]);
      return rows.map(ledgerEntryOf);
    },
    ofInvoice: async (invoiceId, since) =>
      (await sql.rows<LedgerRow>(OF_INVOICE, [businessId, invoiceId, since])).map(ledgerEntryOf),
    ofPayout: async (payoutId) =>
      (await sql.rows<LedgerRow>(OF_PAYOUT, [businessId, payoutId])).map(ledgerEntryOf),
  };
}

/** Of an entry, with Postgres's types. */
const TYPES = {
  ...{ key: 'text', kind: 'text', provider: 'text', debit: 'text', credit: 'text', amountMinor: 'bigint' },
  ...{ currency: 'text', date: 'text', factDate: 'text', sourceProvider: 'text', sourceType: 'text' },
  ...{
    sourceId: 'text',
    invoiceId: 'text',
    postingKey: 'text',
    payoutId: 'text',
    eventId: 'text',
    note: 'text',
  },
};
const ENTRY = selected(Object.keys(TYPES));
const OF_BUSINESS = `SELECT ${ENTRY} FROM ledger_entries WHERE business_id = $1 AND `;
const OF_INVOICE = `${OF_BUSINESS} invoice_id = $2 AND date >= $3 ORDER BY id`;
const OF_PAYOUT = `${OF_BUSINESS} payout_id = $2 ORDER BY id`;
/** Those whose note ends so; a pattern would read wildcards in an id (findings/prisma-like-wildcards.sh). */
const OF_REFUNDS = `${OF_BUSINESS} source_provider = $2 AND source_type = 'refund' AND right(note, length($3)) = $3 ORDER BY id`;
const OF_PAYMENTS = `${OF_BUSINESS} source_provider = $2 AND source_type = 'payment' AND source_id = ANY($3::text[]) ORDER BY id`;

/** The advisory lock between booking a payout (exclusive) and whatever is made of one payment (shared). */
const LOCK_PAYOUTS = `SELECT pg_advisory_xact_lock(hashtextextended('payouts:' || $1::text, 0))::text AS locked`;
/** The function takes that lock shared and only then looks; one statement for both. */
const OF_SOURCE = `SELECT ${ENTRY} FROM ledger_entries_of($1, $2, $3, $4) ORDER BY id`;

interface Recorded {
  readonly entry: NewLedgerEntry;
  readonly correlation: string | null;
}

/** Inserts those whose key is not there yet, dated by what is open; returns them, each once, with the correlation ids of their events. */
async function insertNew(
  sql: Sql,
  owner: { businessId: string; createdAt: Date },
  entries: readonly NewLedgerEntry[],
): Promise<Recorded[]> {
  const first = [...new Map(entries.toReversed().map((entry) => [entry.key, entry])).values()].toReversed();
  const createdAt = owner.createdAt.toISOString();
  const rows = first.map((entry) => ({ ...columnsOf(entry), businessId: owner.businessId, createdAt }));
  const { text, values } = insertionOfMany('ledger_entries', OPEN_DATED, rows);
  const inserted = new Map(
    (await sql.rows<InsertedRow>(`${text} ${UNLESS_THERE}`, values)).map((row) => [row.key, row]),
  );
  return first.flatMap((entry) => {
    const row = inserted.get(entry.key);
    if (row === undefined) return [];
    return [{ entry: { ...entry, date: row.date }, correlation: row.correlation }];
  });
}

interface InsertedRow {
  readonly key: string;
  readonly date: string;
  readonly correlation: string | null;
}

const OPEN_DATED = {
  types: { ...TYPES, businessId: 'text', createdAt: 'timestamptz' },
  computed: { date: 'first_open_day(business_id, date)' },
};
const UNLESS_THERE = `ON CONFLICT DO NOTHING RETURNING key, date, ${correlationIn('event_id')} AS correlation`;

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

/** A row as it is read. */
interface LedgerRow extends Omit<LedgerEntry, 'amount' | 'source'> {
  readonly amountMinor: BigintColumn;
  readonly currency: string;
  readonly sourceProvider: string;
  readonly sourceType: string;
  readonly sourceId: string;
}

function ledgerEntryOf(row: LedgerRow): LedgerEntry {
  const { amountMinor, currency, sourceProvider, sourceType, sourceId, ...entry } = row;
  return {
    ...entry,
    amount: { minor: BigInt(amountMinor), currency },
    source: { provider: sourceProvider, type: sourceType, id: sourceId },
  };
}
