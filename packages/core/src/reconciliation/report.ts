import type { LedgerKind } from '../ledger/entry.ts';
import type { ClearingRow } from './clearing.ts';
import type { Difference } from './differences.ts';

/** What was booked on one invoice in the month, in one currency. All amounts in minor units, positive as usual. */
export interface InvoiceLine {
  readonly invoiceId: string;
  /** Null when neither a debit nor an entry of ours ever told it. */
  readonly invoiceNumber: string | null;
  readonly currency: string;
  readonly collectedMinor: bigint;
  readonly reversedMinor: bigint;
  readonly refundedMinor: bigint;
  /** Keys of its postings dated in the month, sorted. */
  readonly postings: readonly string[];
}

/**
 * One entry in FreshBooks dated in the month. It is found there by its key, which stands in its note: the id FreshBooks gave
 * it tells in which order things were booked, and a report does not depend on that.
 */
export interface PostingLine {
  readonly key: string;
  readonly kind: string;
  readonly invoiceId: string | null;
  readonly source: { readonly provider: string; readonly id: string };
  readonly amountMinor: bigint;
  readonly currency: string;
  /** YYYY-MM-DD in the books. */
  readonly date: string;
  /** YYYY-MM-DD when it happened: earlier than `date` when that month was closed. */
  readonly originalDate: string;
  readonly state: string;
}

/** An open question; what is behind it (which may name ids of FreshBooks) is in `mlc reviews list`. */
export interface ReviewLine {
  readonly kind: string;
  readonly subject: { readonly provider: string; readonly type: string; readonly id: string };
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
}

/**
 * Every event received so far stands in exactly one of the five: `seen` is their sum. `inReview`: its run ended, and the
 * thing it is about is the subject of an open review. `skipped`: no flow takes it. `parked`: its run is still to come.
 */
export interface Completeness {
  readonly seen: number;
  readonly done: number;
  readonly skipped: number;
  readonly parked: number;
  readonly dead: number;
  readonly inReview: number;
}

/** What the ledger says happened on one day with one thing between two accounts: entries and their mirrors summed. */
export interface Transaction {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly kind: LedgerKind;
  readonly provider: string;
  readonly source: { readonly provider: string; readonly type: string; readonly id: string };
  readonly debit: string;
  readonly credit: string;
  /** Positive. */
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Dates on which it happened, where these are not `date`: sorted. */
  readonly originalDates: readonly string[];
  /** Sorted. */
  readonly invoiceIds: readonly string[];
  readonly postingKeys: readonly string[];
  readonly payoutIds: readonly string[];
}

/** What stood in an account before the month's own transactions. Minor units, debit positive. */
export interface AccountBalance {
  readonly account: string;
  readonly currency: string;
  /** Before the month, the opening balance of go-live in it included. */
  readonly openingMinor: bigint;
  /** At its end. */
  readonly closingMinor: bigint;
}

/**
 * Everything a report is written from, as of one moment. Lists come in their final order and may be longer than memory;
 * each can be read once per call. One reading at a time.
 */
export interface ReportFacts {
  /** The business's short name. */
  readonly business: string;
  /** YYYY-MM. */
  readonly month: string;
  /** By currency, then provider. */
  clearing(): Promise<readonly ClearingRow[]>;
  /** Where the ledger and the provider disagree, by id. */
  differences(row: ClearingRow): AsyncIterable<Difference>;
  /** By account, then currency: those with a balance before the month and those of its transactions. */
  accounts(): Promise<readonly AccountBalance[]>;
  /** By date, kind, provider, source, accounts and currency. */
  transactions(): AsyncIterable<Transaction>;
  /** By invoice id, then currency. */
  invoices(): AsyncIterable<InvoiceLine>;
  /** By date, then key. */
  postings(): AsyncIterable<PostingLine>;
  /** By kind, then subject. */
  openReviews(): AsyncIterable<ReviewLine>;
  completeness(): Promise<Completeness>;
}

/** The report's formats. */
export const REPORT_FORMATS = ['json', 'csv', 'hledger'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
