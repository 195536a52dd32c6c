import { refuse } from './refusal.ts';
import { affectsBalance, versionAt } from './search-rows.ts';
import type { SearchRow, SearchVersion } from './search-rows.ts';
import { refuseUnavailable } from './search-query.ts';
import type { SearchQuery } from './search-query.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;
const HISTORY_MS = 3 * 365 * 86_400_000;

/** A row as the report knows it. */
export interface SeenRow {
  readonly row: SearchRow;
  readonly version: SearchVersion;
}

export interface SearchPage {
  readonly rows: readonly SeenRow[];
  readonly refreshedMs: number;
  readonly total: number;
  readonly pages: number;
}

/** Up to when the report is complete: hours behind (paypal.md 4.4). */
export function refreshedAt(world: World): number {
  return world.now() - world.settings.searchDelayMinutes * MINUTE_MS;
}

/** Three years are kept (paypal.md 4.4). */
export function isInHistory(world: World, atMs: number): boolean {
  return atMs >= world.now() - HISTORY_MS;
}

/** One page, oldest first. The window is about when a transaction began, also when it completed later. */
export function search(world: World, query: SearchQuery): SearchPage {
  const refreshedMs = refreshedAt(world);
  if (query.fromMs > refreshedMs || !isInHistory(world, query.fromMs))
    throw refuseUnavailable(world.settings.searchUnavailableStatus);
  const rows = world.statement.rows
    .flatMap((row) => seen(row, refreshedMs))
    .filter((candidate) => isWanted(candidate, query))
    .sort((one, other) => one.row.initiatedMs - other.row.initiatedMs);
  const max = world.settings.searchItemsMax;
  if (rows.length > max)
    throw refuse('RESULTSET_TOO_LARGE', [], { more: { total_items: rows.length, maximum_items: max } });
  const start = (query.page - 1) * query.pageSize;
  return {
    rows: rows.slice(start, start + query.pageSize),
    refreshedMs,
    total: rows.length,
    pages: Math.ceil(rows.length / query.pageSize),
  };
}

function seen(row: SearchRow, refreshedMs: number): SeenRow[] {
  const version = versionAt(row, refreshedMs);
  return version === undefined ? [] : [{ row, version }];
}

function isWanted({ row, version }: SeenRow, query: SearchQuery): boolean {
  const isInWindow = row.initiatedMs >= query.fromMs && row.initiatedMs <= query.toMs;
  if (!isInWindow || (query.isBalanceAffectingOnly && !affectsBalance(row, version))) return false;
  const { transactionId, code, status, currency, instrument, amounts } = query;
  return (
    isAny(transactionId, row.id) &&
    isAny(code, row.code) &&
    isAny(status, version.status) &&
    isAny(currency, row.currency) &&
    isAny(instrument, row.instrument) &&
    (amounts === null || (version.amount >= amounts[0] && version.amount <= amounts[1]))
  );
}

function isAny(wanted: string | null, value: string | undefined): boolean {
  return wanted === null || wanted === value;
}
