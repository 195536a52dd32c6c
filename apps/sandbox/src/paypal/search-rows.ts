import type { Minor } from './amounts.ts';
import type { Payer } from './rows.ts';

/** D denied, P pending, S success, V reversed. */
export type SearchStatus = 'D' | 'P' | 'S' | 'V';

/** How a row stands from a moment on. */
export interface SearchVersion {
  readonly atMs: number;
  readonly status: SearchStatus;
  /** Signed: money out is negative. */
  readonly amount: Minor;
  /** Signed: a cost is negative. */
  readonly fee: Minor;
}

/** What a transaction of Transaction Search is about. */
export interface NewSearchRow {
  /** Not unique: a capture's authorization can share it. */
  readonly id: string;
  /** `T0006` … (paypal.md 4.4). */
  readonly code: string;
  readonly reference?: { readonly id: string; readonly type: 'ODR' | 'TXN' | 'SUB' | 'PAP' };
  readonly currency: string;
  readonly payer: Payer | null;
  readonly invoiceId?: string | null;
  readonly custom?: string | null;
  readonly subject?: string;
  readonly instrument?: 'PAYPAL' | 'CREDITCARD';
  /** A record that never moves money, shown only when asked for. */
  readonly isMemo?: boolean;
  /** Written instead of the amount, as it stands. */
  readonly oddAmount?: { readonly value: string; readonly currency_code: string };
}

export interface SearchRow extends NewSearchRow {
  readonly initiatedMs: number;
  readonly versions: SearchVersion[];
}

/** The account statement behind Transaction Search and the balances. */
export class Statement {
  readonly rows: SearchRow[] = [];

  add(row: NewSearchRow, first: SearchVersion): void {
    this.rows.push({ ...row, initiatedMs: first.atMs, versions: [first] });
  }

  /** Every money row of this id (not its memos) stands like this from now on. */
  restate(id: string, atMs: number, changes: Partial<SearchVersion>): void {
    for (const row of this.rows) {
      const last = row.versions.at(-1);
      if (row.id === id && row.isMemo !== true && last !== undefined)
        row.versions.push({ ...last, ...changes, atMs });
    }
  }

  /** Balance of a currency as it was at a moment. */
  balance(currency: string, atMs: number): Minor {
    return this.rows
      .filter((row) => row.currency === currency)
      .map((row) => movement(row, atMs))
      .reduce((sum, moved) => sum + moved, 0);
  }

  /** Those with a row that had begun by then. */
  currencies(atMs = Infinity): string[] {
    const rows = this.rows.filter(({ initiatedMs }) => initiatedMs <= atMs);
    return [...new Set(rows.map(({ currency }) => currency))].sort();
  }
}

/** The version of a row that was in force at a moment. */
export function versionAt(row: SearchRow, atMs: number): SearchVersion | undefined {
  return row.versions.findLast((version) => version.atMs <= atMs);
}

/** Whether a version moves the balance. A reversed payment did; its reversal has a row of its own. */
export function affectsBalance(row: SearchRow, version: SearchVersion): boolean {
  return row.isMemo !== true && (version.status === 'S' || version.status === 'V');
}

function movement(row: SearchRow, atMs: number): Minor {
  const version = versionAt(row, atMs);
  return version !== undefined && affectsBalance(row, version) ? version.amount + version.fee : 0;
}
