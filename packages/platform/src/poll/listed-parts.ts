import { clearingOf, type ListedPart, type Money } from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import type { PollTarget } from './runs.ts';

/** A part of an object, as a list has it. */
export interface PartOfObject {
  readonly resourceId: string;
  readonly part: ListedPart;
}

/** What we know of a part by itself. */
export interface PartKnown {
  /** What is known about the object is about this part: it was the first that was listed. */
  readonly isFirst: boolean;
  /** The ledger says of the object what this part says. */
  readonly isCounted: boolean;
}

/**
 * What is known of each of the parts, in their order. The first part of an object that is ever asked about here stays its
 * first one, over all windows and runs.
 */
export async function knownOf(
  database: Database,
  target: PollTarget,
  parts: readonly PartOfObject[],
): Promise<readonly PartKnown[]> {
  if (parts.length === 0) return [];
  const first = await firstParts(database, target, parts);
  const moved = await movedOf(database, target, parts);
  return parts.map(({ resourceId, part: { key, counted } }) => ({
    isFirst: first.get(resourceId) === key,
    isCounted: isAll(counted.amounts, moved.get(`${counted.sourceType} ${resourceId}`) ?? []),
  }));
}

interface FirstRow {
  readonly transaction_id: string;
  readonly row_key: string;
}

/** By object. */
async function firstParts(
  database: Database,
  { connectionId }: PollTarget,
  parts: readonly PartOfObject[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await database.pool.query<FirstRow>(
    `WITH told AS (
       SELECT DISTINCT ON (id) id, key FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS part(id, key, place)
       ORDER BY id, place
     ), fresh AS (
       INSERT INTO listed_rows (connection_id, transaction_id, row_key) SELECT $1, id, key FROM told
       ON CONFLICT (connection_id, transaction_id) DO NOTHING RETURNING transaction_id, row_key
     )
     SELECT transaction_id, row_key FROM fresh
     UNION ALL SELECT transaction_id, row_key FROM listed_rows WHERE connection_id = $1 AND transaction_id = ANY($2)`,
    [connectionId, parts.map(({ resourceId }) => resourceId), parts.map(({ part }) => part.key)],
  );
  return new Map(rows.map((row) => [row.transaction_id, row.row_key]));
}

interface MovedRow {
  readonly source_type: string;
  readonly source_id: string;
  readonly currency: string;
  readonly minor: string;
}

/** By how much the entries about an object moved the provider's clearing account, by the type of their source and its id. */
async function movedOf(
  database: Database,
  { businessId, provider }: PollTarget,
  parts: readonly PartOfObject[],
): Promise<ReadonlyMap<string, readonly Money[]>> {
  const { rows } = await database.pool.query<MovedRow>(
    `SELECT source_type, source_id, currency,
       sum(CASE $3 WHEN debit THEN amount_minor WHEN credit THEN -amount_minor ELSE 0 END)::text AS minor
     FROM ledger_entries WHERE business_id = $1 AND source_provider = $2 AND source_type = ANY($4) AND source_id = ANY($5)
     GROUP BY source_type, source_id, currency`,
    [
      businessId,
      provider,
      clearingOf(provider),
      [...new Set(parts.map(({ part }) => part.counted.sourceType))],
      [...new Set(parts.map(({ resourceId }) => resourceId))],
    ],
  );
  const moved = new Map<string, Money[]>();
  for (const { source_type: type, source_id: id, currency, minor } of rows) {
    const name = `${type} ${id}`;
    moved.set(name, [...(moved.get(name) ?? []), { minor: BigInt(minor), currency }]);
  }
  return moved;
}

function isAll(wanted: readonly Money[], counted: readonly Money[]): boolean {
  return wanted.every(
    ({ minor, currency }) => (counted.find((money) => money.currency === currency)?.minor ?? 0n) === minor,
  );
}
