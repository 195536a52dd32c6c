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
