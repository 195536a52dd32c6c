import type {
  ChainedEntry,
  Clock,
  InboundEvent,
  NewCollection,
  NewReview,
  Posting,
  PostingStore,
  Review,
  ReviewAnswer,
  Store,
} from '@mlc/core';

/** A store under test, with what happens to it from outside the flows. */
export interface StoreSubject {
  readonly store: Store;
  readonly businessId: string;
  /** Puts an event into the inbox and hands it out: state `queued`. */
  queueEvent(event: { type: string; resourceId: string }): Promise<InboundEvent>;
  optOut(kind: 'invoice' | 'client', id: string, why: string): Promise<void>;
  closeMonth(month: string): Promise<void>;
  answer(reviewId: string, answer: ReviewAnswer): Promise<Review>;
  auditEntries(): Promise<readonly ChainedEntry[]>;
}

/** A clock that the test moves. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

/** What one test of the suite works with. */
export interface Bench {
  readonly subject: () => StoreSubject;
  readonly clock: () => TestClock;
}

/** A clock that stands at 1 November 2026 until it is moved. */
export function testClock(): TestClock {
  let now = Date.parse('2026-11-01T09:00:00Z');
  return {
    now: () => new Date(now),
    advance: (ms) => {
      now += ms;
    },
  };
}

// Keys are unique over all businesses of a database.
let keyCount = 0;

/** A debit of invoice 101. */
export function aCollection(changes: Partial<NewCollection> = {}): NewCollection {
  const { invoiceId = '101', attempt = 1 } = changes;
  return {
    invoiceId,
    invoiceNumber: `INV-${invoiceId}`,
    clientId: '7',
    attempt,
    origin: 'ours',
    paymentId: null,
    mandateId: 'MD1',
    amount: { minor: 9_007_199_254_740_993n, currency: 'GBP' },
    chargeDate: '2026-11-05',
    wantedDate: '2026-11-04',
    creditorId: 'CR1',
    state: 'planned',
    idempotencyKey: `key-${invoiceId}-${String(attempt)}-${String(keyCount++)}`,
    scheduleId: null,
    willAttemptRetry: false,
    calledAt: null,
    endedBy: null,
    ...changes,
  };
}

type Intent = Parameters<PostingStore['insertIntent']>[0];

/** The intent of booking payment PM1 on invoice 101. */
export function anIntent(changes: Partial<Intent> = {}): Intent {
  return {
    key: `posting-${String(keyCount++)}`,
    kind: 'payment',
    invoiceId: '101',
    invoiceNumber: 'INV-101',
    source: { provider: 'gocardless', id: 'PM1' },
    cycle: 1,
    amount: { minor: 1999n, currency: 'GBP' },
    date: '2026-11-05',
    note: 'GoCardless PM1',
    reversesKey: null,
    eventId: '1',
    ...changes,
  };
}

/** The posting an intent is right after its insertion. */
export function intended(intent: Intent): Posting {
  return { ...intent, state: 'intent', externalId: null, calledAt: null, recheckAt: null };
}

/** A question about invoice 101. */
export function aQuestion(changes: Partial<NewReview> = {}): NewReview {
  return {
    kind: 'no_mandate',
    subject: { provider: 'freshbooks', type: 'invoice', id: '101' },
    amount: { minor: 1999n, currency: 'GBP' },
    reasons: ['Ada has no mandate', 'ask her for one'],
    candidates: [{ invoiceId: '102', invoiceNumber: 'INV-102', score: 80, why: 'same amount' }],
    eventId: null,
    ...changes,
  };
}
