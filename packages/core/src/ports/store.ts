import type { Collection, NewCollection } from '../collections/collection.ts';
import type { EndingCode } from '../endings/endings.ts';
import type { EventState, InboundEvent } from '../events/inbound-event.ts';
import type { Money } from '../money/money.ts';
import type { ArrivalReads, ArrivalStore } from './arrivals.ts';
import type { DebitCustomer, Mandate } from './debits.ts';
import type { LedgerReads, LedgerStore, PayoutReads, PayoutStore } from './ledger.ts';
import type { ReviewReads, ReviewStore } from './reviews.ts';
import type { Subject } from './subject.ts';

/** One entry of the audit log; who, what, on what, why. `details` is plain JSON (amounts as integers). */
export interface AuditEntry {
  /** `system`, a user name, or `cli`. */
  readonly actor: string;
  /** Noun.verb in the past: `collection.created`, `event.skipped`, `review.resolved`. */
  readonly action: string;
  readonly subject: Subject;
  readonly correlationId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Appends to the business's hash chain (design section 12) in the current transaction. */
export interface AuditLog {
  append(entry: AuditEntry): Promise<void>;
}

/** Debits we follow. */
export interface CollectionReads {
  /** All attempts of one invoice, oldest first. */
  ofInvoice(invoiceId: string): Promise<readonly Collection[]>;
  byPayment(paymentId: string): Promise<Collection | null>;
  /** Collections linked to a subscription or instalment schedule, oldest first. */
  ofSchedule(scheduleId: string): Promise<readonly Collection[]>;
  /** Collections of a client that have not ended (`isLive` without those paid out), oldest first. */
  liveOfClient(clientId: string): Promise<readonly Collection[]>;
  /** The same of a mandate. */
  liveOnMandate(mandateId: string): Promise<readonly Collection[]>;
  /** What `liveOnMandate` answers; within a transaction, no other transaction gets an answer for the mandate until its end. */
  reservedOnMandate(mandateId: string): Promise<readonly Collection[]>;
  /**
   * Debits of ours in a currency whose create call was (last) sent at or after `from` and before `to`. Asked within a
   * transaction, no other transaction gets an answer until its end: what it adds is counted by whoever asks next.
   */
  countCalled(currency: string, within: { readonly from: Date; readonly to: Date }): Promise<number>;
}

/** The same within a transaction. */
export interface CollectionStore extends CollectionReads {
  /** Unique per (invoice, attempt) and per payment id: rejects when it exists already. */
  insert(collection: NewCollection): Promise<Collection>;
  update(
    id: string,
    changes: Partial<Omit<Collection, 'id' | 'invoiceId' | 'attempt' | 'idempotencyKey'>>,
  ): Promise<void>;
}

export const POSTING_STATES = ['intent', 'posted', 'reversed', 'rejected'] as const;
export type PostingState = (typeof POSTING_STATES)[number];
export type PostingKind = 'payment' | 'reversal' | 'fee' | 'journal';

/** One entry in the books: intent before the call, external id after it. */
export interface Posting {
  /** The outbound idempotency key, carried in the note as `mlc:<key>`. */
  readonly key: string;
  readonly kind: PostingKind;
  readonly invoiceId: string | null;
  /** As it was when the entry was intended; null without an invoice, and in rows from before numbers were kept. */
  readonly invoiceNumber: string | null;
  readonly source: { readonly provider: string; readonly id: string };
  /** How many times this source was booked, counting this one. */
  readonly cycle: number;
  readonly amount: Money;
  /** YYYY-MM-DD, the date in the books. */
  readonly date: string;
  readonly note: string;
  readonly state: PostingState;
  /** FreshBooks payment id once known; for a reversal the payment taken back. */
  readonly externalId: string | null;
  /** For a reversal: the key of the posting it takes back. */
  readonly reversesKey: string | null;
  /** When the call was last sent; null before. */
  readonly calledAt: Date | null;
  /** After an unclear outcome: look once more, not before this moment. */
  readonly recheckAt: Date | null;
  /** The event that caused it. */
  readonly eventId: string;
}

/** What is said of an entry when it is intended. */
export type NewPosting = Omit<Posting, 'state' | 'externalId' | 'calledAt' | 'recheckAt'>;
/** What of it may change. */
export type PostingChanges = Partial<
  Pick<Posting, 'state' | 'externalId' | 'calledAt' | 'recheckAt' | 'date' | 'note'>
>;

/** Exactly-once postings (design section 8). */
export interface PostingReads {
  byKey(key: string): Promise<Posting | null>;
  /** All postings of one provider payment, oldest first. */
  ofSource(provider: string, sourceId: string): Promise<readonly Posting[]>;
  ofInvoice(invoiceId: string): Promise<readonly Posting[]>;
  /** Postings of one kind that the books refused, oldest first. */
  rejectedOfKind(kind: PostingKind): Promise<readonly Posting[]>;
  /** Postings whose second look is due. */
  dueForRecheck(now: Date, limit: number): Promise<readonly Posting[]>;
}

/** The same within a transaction. */
export interface PostingStore extends PostingReads {
  /** Inserts as `intent`; false when the key exists already. */
  insertIntent(posting: NewPosting): Promise<boolean>;
  /**
   * Inserts it with these changes; or, when the key exists already, makes the changes alone. True when it was inserted. Rejects
   * when another key is the entry of this source, kind and cycle.
   */
  put(posting: NewPosting, changes: PostingChanges): Promise<boolean>;
  update(key: string, changes: PostingChanges): Promise<void>;
}

/** Customers and mandates of GoCardless, mirrored because its API cannot search them by e-mail. */
export interface MirrorReads {
  customer(customerId: string): Promise<DebitCustomer | null>;
  /** Whole address, case-insensitive. */
  customersByEmail(email: string): Promise<readonly DebitCustomer[]>;
  /** By metadata `freshbooks_client_id`. */
  customersByClientId(clientId: string): Promise<readonly DebitCustomer[]>;
  mandates(customerId: string): Promise<readonly Mandate[]>;
  /** When a page-through last ended, and the newest creation time it saw. */
  progress(resource: 'customers' | 'mandates'): Promise<{ fullAt: Date; newestCreatedAt: string } | null>;
}

/** The same within a transaction. */
export interface MirrorStore extends MirrorReads {
  putCustomers(customers: readonly DebitCustomer[]): Promise<void>;
  removeCustomer(customerId: string): Promise<void>;
  putMandates(mandates: readonly Mandate[]): Promise<void>;
  setProgress(
    resource: 'customers' | 'mandates',
    progress: { fullAt: Date; newestCreatedAt: string },
  ): Promise<void>;
}

/** Which GoCardless customer a FreshBooks client is, as it was found or said. */
export interface ClientLink {
  readonly customerId: string;
  readonly why: string;
  readonly linkedAt: Date;
}

/** What a client was asked to authorise: a mandate of another currency or scheme is another request. */
export interface AskedMandate {
  readonly currency: string;
  readonly scheme: string;
}

/** A request for a mandate that was handed out. */
export interface SentMandateRequest {
  readonly billingRequestId: string;
  readonly authorisationUrl: string;
  readonly requestedAt: Date;
}

/** A stored link between a FreshBooks client and a GoCardless customer, and what a client asked of us. */
export interface ClientReads {
  linkOf(clientId: string): Promise<ClientLink | null>;
  clientsOf(customerId: string): Promise<readonly string[]>;
  /** Why collection is switched off for this invoice or its client; null when it is not. */
  optOut(invoiceId: string, clientId: string): Promise<string | null>;
  /** The newest request for such a mandate sent for this client. */
  mandateRequest(clientId: string, asked: AskedMandate): Promise<SentMandateRequest | null>;
  clientOfMandateRequest(billingRequestId: string): Promise<string | null>;
}

/** The same within a transaction. */
export interface ClientStore extends ClientReads {
  link(clientId: string, customerId: string, why: string): Promise<void>;
  setMandateRequest(clientId: string, asked: AskedMandate, request: SentMandateRequest): Promise<void>;
}

/** One run of an event; a rerun or a replay is another one. */
export interface WaitingRun {
  readonly eventId: string;
  /** The provider's word for what happened. */
  readonly type: string;
  readonly run: number;
}

/** The inbox, as far as flows may touch it. */
export interface EventReads {
  get(eventId: string): Promise<InboundEvent | null>;
  /** What parked events wait for, as far as it begins with this text; each once, in code-unit order. */
  awaited(beginning: string): Promise<readonly string[]>;
  /**
   * Runs still to come or under way of other events on the same object (same connection, same resource id and same noun of
   * the type: ids of invoices and payments may be equal). Whoever looks at the object from now on sees what they announce.
   */
  waitingOn(event: InboundEvent): Promise<readonly WaitingRun[]>;
}

/** The same within a transaction. */
export interface EventStore extends EventReads {
  /** Ends (or parks) the event's run. */
  finish(
    eventId: string,
    outcome: {
      state: Extract<EventState, 'done' | 'skipped' | 'parked'>;
      reason: string;
      /** Why without effect, when `skipped`. */
      because?: EndingCode;
      waitingFor: string | null;
      recheckAt: Date | null;
      /** The run that ends; when it is not the event's current one any more, the transaction is taken back. */
      run?: number;
    },
  ): Promise<void>;
  /** Parked events waiting for this go back to `stored` and are queued at once. Returns how many. */
  wake(waitingFor: string): Promise<number>;
  /** Runs stored events again with the same keys (retry of a review, replay). Returns how many changed. */
  rerun(eventIds: readonly string[]): Promise<number>;
  /** The same for the newest event of each of these FreshBooks invoices: it is decided anew whether and what to collect. */
  rerunInvoices(invoiceIds: readonly string[]): Promise<number>;
  /**
   * Marks skipped what of these runs has not ended meanwhile. For the transaction that ends the run of `event`, and no
   * other: a run that fails or dies must not have taken away what it did not do. Returns the ids of their events.
   */
  cover(event: InboundEvent, runs: readonly WaitingRun[]): Promise<readonly string[]>;
}

/** Closed months. */
export interface PeriodStore {
  /** The first date on or after `date` (YYYY-MM-DD) that is not in a closed month. */
  firstOpenDate(date: string): Promise<string>;
}

/** What flows keep of one business, to be read. */
export interface Reading {
  readonly collections: CollectionReads;
  readonly postings: PostingReads;
  readonly reviews: ReviewReads;
  readonly mirror: MirrorReads;
  readonly clients: ClientReads;
  readonly events: EventReads;
  readonly periods: PeriodStore;
  readonly ledger: LedgerReads;
  readonly payouts: PayoutReads;
  readonly arrivals: ArrivalReads;
}

/** The same within a transaction, where it can be written to. */
export interface Repositories extends Reading {
  readonly audit: AuditLog;
  readonly collections: CollectionStore;
  readonly postings: PostingStore;
  readonly reviews: ReviewStore;
  readonly mirror: MirrorStore;
  readonly clients: ClientStore;
  readonly events: EventStore;
  readonly ledger: LedgerStore;
  readonly payouts: PayoutStore;
  readonly arrivals: ArrivalStore;
}

/**
 * The store of one business. Outside a transaction it is read, as it was committed; every write is in a transaction, where a
 * job that lost its lock is stopped.
 */
export interface Store extends Reading {
  /** All or nothing. Nested transactions are not supported. */
  transaction<T>(work: (tx: Repositories) => Promise<T>): Promise<T>;
}
