import type { Completeness } from './report.ts';

/** What a person wants to see of a report at once: all of R (contract section 6) but its two long lists. */
export interface ReportSummary {
  readonly report: {
    readonly business: string;
    readonly month: string;
    readonly currencies: readonly {
      readonly currency: string;
      readonly clearing: readonly SummaryRow[];
    }[];
    readonly openReviews: readonly {
      readonly kind: string;
      readonly subject: { readonly provider: string; readonly type: string; readonly id: string };
      readonly amountMinor: number | null;
      readonly currency: string | null;
    }[];
    readonly completeness: Completeness;
  };
  readonly sha256: string;
}

/** A clearing account as JSON says it. */
export interface SummaryRow {
  readonly provider: string;
  readonly openingMinor: number;
  readonly collectedMinor: number;
  readonly reversedMinor: number;
  readonly refundedMinor: number;
  readonly feesMinor: number;
  readonly paidOutMinor: number;
  readonly otherMinor: number;
  readonly closingMinor: number;
  readonly providerInFlightMinor: number | null;
  readonly differenceMinor: number | null;
  /** Why the provider's balance is not what it was proven with. */
  readonly balanceUnprovenWhy?: string;
  readonly differences?: readonly {
    readonly id: string;
    readonly amountMinor: number | null;
    readonly why: string;
  }[];
}

/** Where the long lists begin and end. Within a string of JSON the quotes would be escaped. */
const LISTS_BEGIN = ',"invoices":';
const LISTS_END = ',"openReviews":';

/** Reads a report's JSON piece by piece and forgets the long lists, so that its memory does not grow with the month. */
export interface SummaryReader {
  push(piece: string): void;
  /** After the last piece. */
  summary(): ReportSummary;
}

/** @throws SyntaxError from `summary` when the pieces are no report. */
export function summaryReader(): SummaryReader {
  const kept = { head: '', tail: '' };
  let place: 'head' | 'lists' | 'tail' = 'head';
  let open = '';
  return {
    push: (piece) => {
      open += piece;
      if (place === 'head') {
        const begin = open.indexOf(LISTS_BEGIN);
        if (begin < 0) return;
        kept.head = open.slice(0, begin);
        open = open.slice(begin);
        place = 'lists';
      }
      if (place === 'lists') {
        const end = open.indexOf(LISTS_END);
        // A marker may lie across two pieces.
        open = end < 0 ? open.slice(-LISTS_END.length) : open.slice(end);
        if (end >= 0) place = 'tail';
      }
      if (place === 'tail') {
        kept.tail += open;
        open = '';
      }
    },
    summary: () => JSON.parse(kept.head + kept.tail) as ReportSummary,
  };
}
