import { firstDayOf, lastDayOf, type ProviderProof } from '@mlc/core';

/** Which report: of whom, of when, and what the providers said to prove it. */
export interface ReportQuestion {
  readonly business: { readonly id: string; readonly slug: string };
  /** YYYY-MM. */
  readonly month: string;
  /** From the providers' own records as of the month's last day; a provider left out was not asked. */
  readonly proofs: readonly ProviderProof[];
}

/** Values of a statement: $1 the business, $2 the month's first day, $3 its last. */
export function monthValues({ business, month }: ReportQuestion): readonly [string, string, string] {
  return [business.id, firstDayOf(month), lastDayOf(month)];
}

/**
 * What stood when the month ($2 is its first day) began: entries dated before, and the opening balance of go-live in it. An
 * opening entry that was moved here because its own month is closed is a movement of this month: otherwise the month would
 * not begin with what the closed one ended with.
 */
export const IS_BEFORE = `(date < $2 OR (kind = 'opening' AND fact_date >= $2))`;
