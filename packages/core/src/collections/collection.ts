import type { Money } from '../money/money.ts';

/** States of one debit; design section 5 and GoCardless "payments" status. */
export const COLLECTION_STATES = [
  'planned',
  'requested',
  'pending_submission',
  'submitted',
  'confirmed',
  'paid_out',
  'failed',
  'cancelled',
  'charged_back',
] as const;
export type CollectionState = (typeof COLLECTION_STATES)[number];

/** Where a collection came from: asked for by us, or an existing GoCardless payment tied to the invoice. */
export type CollectionOrigin = 'ours' | 'subscription' | 'instalment' | 'metadata' | 'matched';

/** One debit for one invoice: invoice × attempt → GoCardless payment. */
export interface Collection {
  readonly id: string;
  readonly invoiceId: string;
  readonly invoiceNumber: string;
  readonly clientId: string;
  /** 1 for the first debit of the invoice, 2 for the next. */
  readonly attempt: number;
  readonly origin: CollectionOrigin;
  /** GoCardless payment id (`PM…`); null until it is known. */
  readonly paymentId: string | null;
  readonly mandateId: string;
  readonly amount: Money;
  /** YYYY-MM-DD; for a planned one the date asked for, null = as soon as the mandate allows. */
  readonly chargeDate: string | null;
  /**
   * YYYY-MM-DD, the due date it was made for, '' when the invoice had none; null when due dates did not count (policy), for
   * what others made, and in old rows.
   */
  readonly wantedDate: string | null;
  /** GoCardless creditor that gets the money (`CR…`); null when that is not known. */
  readonly creditorId: string | null;
  readonly state: CollectionState;
  readonly idempotencyKey: string;
  /** Subscription or instalment schedule the linked payment belongs to. */
  readonly scheduleId: string | null;
  /** GoCardless said it will retry a failed payment by itself under the same id. */
  readonly willAttemptRetry: boolean;
  /** When the create call was (last) sent; null before. */
  readonly calledAt: Date | null;
  /** `us` when we cancelled it or a person released the invoice for another debit; null otherwise. */
  readonly endedBy: 'us' | null;
}

/** What is needed to record a new collection. */
export type NewCollection = Omit<Collection, 'id'>;

const LIVE: ReadonlySet<CollectionState> = new Set([
  'planned',
  'requested',
  'pending_submission',
  'submitted',
  'confirmed',
  'paid_out',
]);

/** True while the debit may still bring (or has brought) the money: collecting again would double it. */
export function isLive(collection: Collection): boolean {
  return LIVE.has(collection.state) || (collection.state === 'failed' && collection.willAttemptRetry);
}
