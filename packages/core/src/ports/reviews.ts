import type { Money } from '../money/money.ts';
import type { Subject } from './subject.ts';

/** What a person can be asked about. */
export const REVIEW_KINDS = [
  'no_mandate',
  'not_collected',
  'ambiguous_customer',
  'mandate_limit',
  'limit',
  'currency_mismatch',
  'unmatched_payment',
  'ambiguous_match',
  'amount_mismatch',
  'overpayment',
  'invoice_missing',
  'refund',
  'dispute',
  'chargeback',
  'late_failure',
  'double_payment_risk',
  'payout_unexplained',
  'reauthorise',
  'period_locked',
  'unreadable_event',
  'webhooks_silent',
] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];
export type ReviewAction = 'match' | 'ignore' | 'retry' | 'done';

/** A possible answer to a review, best first. `score` in 0…100. */
export interface Candidate {
  readonly invoiceId: string;
  readonly invoiceNumber: string;
  readonly score: number;
  readonly why: string;
}

/** A question for a person in finance. One open review per (kind, subject). */
export interface Review {
  readonly id: string;
  readonly kind: ReviewKind;
  readonly state: 'open' | 'resolved';
  readonly subject: Subject;
  readonly amount: Money | null;
  /** Sentences a finance person understands. */
  readonly reasons: readonly string[];
  readonly candidates: readonly Candidate[];
  /**
   * What an answer to it covers besides kind, subject and amount: the stage of a dispute, the debit that ended. Null: nothing
   * more. Whoever asks of another state asks anew.
   */
  readonly covers: string | null;
  readonly openedAt: Date;
  /** The event to run again on `retry` and `match`. */
  readonly eventId: string | null;
  /** What was decided; null while open. `by` is `system` when the reason went away by itself. */
  readonly resolution: {
    readonly action: ReviewAction;
    readonly note: string;
    readonly by: string;
    /** For `match`: the invoice a person chose. */
    readonly invoiceId: string | null;
    /** For `match` on ambiguous_customer or no_mandate: the GoCardless customer a person chose. */
    readonly customerId: string | null;
  } | null;
}

/** What a flow says when it opens a review. */
export type NewReview = Pick<Review, 'kind' | 'subject' | 'amount' | 'reasons' | 'candidates' | 'eventId'> &
  Partial<Pick<Review, 'covers'>>;

/** Questions for people. */
export interface ReviewReads {
  openOn(subject: Subject): Promise<readonly Review[]>;
  /** Open reviews of one kind. */
  openOfKind(kind: ReviewKind): Promise<readonly Review[]>;
  /**
   * The newest resolution by a person (never by `system`) of a review of this kind and subject; with `covers` given, of those
   * that cover exactly this (null: nothing more).
   */
  lastAnswer(kind: ReviewKind, subject: Subject, covers?: string | null): Promise<Review | null>;
  /** The newest such resolution of each of these kinds, whatever it covers; those without one are left out. */
  lastAnswers(kinds: readonly ReviewKind[], subject: Subject): Promise<readonly Review[]>;
}

/** The same within a transaction. */
export interface ReviewStore extends ReviewReads {
  /** Opens it, or refreshes all that is said in the open one. Queues a mail when it is new. */
  open(review: NewReview): Promise<Review>;
  /** Closes open reviews whose reason went away. */
  settle(kinds: readonly ReviewKind[], subject: Subject, note: string): Promise<void>;
}
