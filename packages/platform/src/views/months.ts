import type { Database } from '../postgres/database.ts';

/** A month of a business's books. */
export interface MonthView {
  /** YYYY-MM. */
  readonly month: string;
  readonly state: 'open' | 'closed';
  /** Transfers dated in it. */
  readonly entries: number;
  /** Of the report at closing; null while it is open. */
  readonly sha256: string | null;
  readonly closedBy: string | null;
  /** RFC 3339 UTC. */
  readonly closedAt: string | null;
}

interface Row extends Omit<MonthView, 'state' | 'closedAt'> {
  readonly closedAt: Date | null;
}

const SQL = `
  WITH months AS (
    SELECT left(date, 7) AS month, count(*)::int AS entries FROM ledger_entries WHERE business_id = $1 GROUP BY 1
  ), closed AS (SELECT month, sha256, closed_by, closed_at FROM closed_periods WHERE business_id = $1)
  SELECT COALESCE(months.month, closed.month) AS month, COALESCE(entries, 0) AS entries, sha256,
    closed_by AS "closedBy", closed_at AS "closedAt"
  FROM months FULL JOIN closed ON closed.month = months.month ORDER BY 1 DESC`;

/** Months with entries or closed, newest first. */
export async function listMonths(database: Pick<Database, 'pool'>, businessId: string): Promise<MonthView[]> {
  const { rows } = await database.pool.query<Row>(SQL, [businessId]);
  return rows.map(({ closedAt, ...row }) => ({
    ...row,
    state: row.sha256 === null ? 'open' : 'closed',
    closedAt: closedAt?.toISOString() ?? null,
  }));
}
