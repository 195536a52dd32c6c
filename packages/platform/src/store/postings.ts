import type { Clock, Posting, PostingStore } from '@mlc/core';
import { noSuch } from '../postgres/errors.ts';
import { requiring } from '../postgres/refusals.ts';
import type { BigintColumn, Sql } from '../postgres/sql.ts';
import { insertion, selected, update, upsertion } from '../postgres/statements.ts';

/** Entries in the books of one business, in Postgres (design section 8). */
export function postingStore(sql: Sql, businessId: string, clock: Clock): PostingStore {
  const list = async (query: string, ...values: readonly string[]): Promise<readonly Posting[]> => {
    const rows = await sql.rows<PostingRow>(query, [businessId, ...values]);
    return rows.sort(oldestFirst).map(postingOf);
  };
  return {
    byKey: async (key) => (await list(BY_KEY, key))[0] ?? null,
    ofSource: (provider, sourceId) => list(OF_SOURCE, provider, sourceId),
    ofInvoice: (invoiceId) => list(OF_INVOICE, invoiceId),
    rejectedOfKind: (kind) => list(REJECTED_OF_KIND, kind),
    insertIntent: async (posting) => {
      const row = { ...columnsOf(posting), businessId, ...bothTimes(clock.now()) };
      const { text, values } = insertion('postings', row);
      // The second of two at once waits for the first's commit and then inserts nothing.
      return (await sql.count(`${text} ON CONFLICT DO NOTHING`, values)) === 1;
    },
    put: async (posting, changes) => {
      const now = clock.now();
      const row = { state: 'intent', ...columnsOf(posting), ...changes, businessId, ...bothTimes(now) };
      const { text, values } = upsertion('postings', row, {
        key: 'key',
        changed: [...Object.keys(changes), 'updatedAt'],
      });
      const [put] = await sql.rows<{ isNew: boolean }>(`${text} ${OF_SAME_BUSINESS}`, values);
      if (put === undefined) throw noSuch(`posting ${posting.key}`);
      return put.isNew;
    },
    update: async (key, changes) => {
      const columns = { ...changes, updatedAt: clock.now() };
      const { text, values } = update('postings', columns, { key, businessId });
      await sql.tell(requiring(text), values, () => noSuch(`posting ${key}`));
    },
    dueForRecheck: async (now, limit) =>
      (await sql.rows<PostingRow>(DUE_FOR_RECHECK, [businessId, now, limit])).map(postingOf),
  };
}

const COLUMNS = [
  ...['key', 'kind', 'invoiceId', 'invoiceNumber', 'sourceProvider', 'sourceId', 'cycle', 'amountMinor'],
  ...['currency', 'date', 'note', 'state', 'externalId', 'reversesKey', 'calledAt', 'recheckAt', 'eventId'],
  'createdAt',
];
const OF_BUSINESS = `SELECT ${selected(COLUMNS)} FROM postings WHERE business_id = $1 AND `;
const BY_KEY = `${OF_BUSINESS} key = $2`;
const OF_SOURCE = `${OF_BUSINESS} source_provider = $2 AND source_id = $3`;
const OF_INVOICE = `${OF_BUSINESS} invoice_id = $2`;
const REJECTED_OF_KIND = `${OF_BUSINESS} state = 'rejected' AND kind = $2`;
const DUE_FOR_RECHECK = `${OF_BUSINESS} recheck_at <= $2 ORDER BY recheck_at, key COLLATE "C" LIMIT $3`;

const OF_SAME_BUSINESS = 'WHERE postings.business_id = EXCLUDED.business_id RETURNING xmax = 0 AS "isNew"';

/** A row as it is read. */
interface PostingRow extends Omit<Posting, 'amount' | 'source'> {
  readonly sourceProvider: string;
  readonly sourceId: string;
  readonly amountMinor: BigintColumn;
  readonly currency: string;
  readonly createdAt: Date;
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

function postingOf({
  sourceProvider,
  sourceId,
  amountMinor,
  currency,
  createdAt: _,
  ...row
}: PostingRow): Posting {
  return {
    ...row,
    source: { provider: sourceProvider, id: sourceId },
    amount: { minor: BigInt(amountMinor), currency },
  };
}
