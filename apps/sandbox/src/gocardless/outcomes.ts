/** How one collection of a debit ends. Without a plan it is paid. */
export type Outcome =
  | { readonly kind: 'paid' }
  | {
      readonly kind: 'failed';
      /** Default: the scheme's "no money" cause. */
      readonly cause?: string;
      /** Overrides what `retry_if_possible` says. */
      readonly willAttemptRetry?: boolean;
      readonly retryAfterWorkingDays?: number;
    }
  /** Fails so many working days after it was paid out (default 2); negative not allowed. */
  | { readonly kind: 'late_failure'; readonly afterWorkingDays?: number; readonly cause?: string }
  /** The payer takes it back so many working days after it was paid out (default 3). */
  | {
      readonly kind: 'charged_back';
      readonly afterWorkingDays?: number;
      readonly cancelsMandate?: boolean;
    };

/** What the API does not show of a payment: its timetable and what is planned for it. */
export interface Life {
  submitOn: string;
  confirmOn: string;
  payoutOn: string;
  /** One entry per collection; shifted when that collection's fate is known. */
  outcomes: Outcome[];
  /** Retries asked for through the API, at most 3. */
  retries: number;
  autoRetries: number;
  /** Set while an automatic retry is due. */
  autoRetryOn: string | null;
  autoRetryChargeDate: string | null;
  /** Trouble waiting for its day after the payout. */
  trouble: { readonly on: string; readonly outcome: Outcome } | null;
  /** Money of it is in a payout and was not taken back since. */
  isPaidOut: boolean;
  /** Taken back from the next payout. */
  debit: 'payment_failed' | 'payment_charged_back' | null;
  /** Given back by a cancelled chargeback, with the next payout. */
  credit: boolean;
  /** Of a failure or a chargeback: waits for a payout, borne by one, or waits to be given back. */
  surcharge: 'due' | 'borne' | 'due-back' | null;
}
