import type {
  ChainedEntry,
  ClientLink,
  Clock,
  Collection,
  DebitCustomer,
  EndingCode,
  InboundEvent,
  KeptPayout,
  LedgerEntry,
  Mandate,
  MirrorStore,
  Posting,
  Review,
  SentMandateRequest,
} from '@mlc/core';

type Progress = Parameters<MirrorStore['setProgress']>[1];

/** An inbound event with what the engine keeps beside it. */
export interface MemoryEvent extends InboundEvent {
  /** Counts new starts, as the queue's job ids do. */
  readonly run: number;
  readonly reason: string | null;
  readonly waitingFor: string | null;
  readonly recheckAt: Date | null;
  readonly parkedSince: Date | null;
  /** Since when the provider has not shown what it tells of. */
  readonly unseenSince: Date | null;
  /** Why it ended without effect. */
  readonly ending: EndingCode | null;
}

/** Everything a memory store holds. Rows are never changed, only replaced: a copy of the maps is a snapshot. */
export interface MemoryRows {
  readonly collections: Map<string, Collection>;
  readonly postings: Map<string, Posting>;
  readonly reviews: Map<string, Review>;
  readonly customers: Map<string, DebitCustomer>;
  readonly mandates: Map<string, Mandate>;
  readonly progress: Map<string, Progress>;
  readonly links: Map<string, ClientLink>;
  /** By client, currency and scheme. */
  readonly mandateRequests: Map<string, SentMandateRequest>;
  /** Reasons by `invoice:<id>` and `client:<id>`. */
  readonly optOuts: Map<string, string>;
  readonly events: Map<string, MemoryEvent>;
  readonly closedMonths: Set<string>;
  /** By key, in the order they were recorded. */
  readonly ledger: Map<string, LedgerEntry>;
  readonly payouts: Map<string, KeptPayout>;
  /** First expected arrivals, by payment id. */
  readonly arrivals: Map<string, string>;
  /** Review ids in the order they were resolved. */
  readonly resolved: Set<string>;
  readonly audit: ChainedEntry[];
}

/** What a repository in memory works with. */
export interface MemoryScope {
  readonly rows: MemoryRows;
  readonly businessId: string;
  readonly clock: Clock;
  /** As in Postgres, a refused row spoils its whole transaction, even when the error is caught. */
  readonly refuse: (message: string) => never;
}

/** A store with nothing in it. */
export function emptyRows(): MemoryRows {
  return {
    collections: new Map(),
    postings: new Map(),
    reviews: new Map(),
    customers: new Map(),
    mandates: new Map(),
    progress: new Map(),
    links: new Map(),
    mandateRequests: new Map(),
    optOuts: new Map(),
    events: new Map(),
    closedMonths: new Set(),
    ledger: new Map(),
    payouts: new Map(),
    arrivals: new Map(),
    resolved: new Set(),
    audit: [],
  };
}

/** What a transaction works on until it commits. */
export function copyRows(rows: MemoryRows): MemoryRows {
  return {
    collections: new Map(rows.collections),
    postings: new Map(rows.postings),
    reviews: new Map(rows.reviews),
    customers: new Map(rows.customers),
    mandates: new Map(rows.mandates),
    progress: new Map(rows.progress),
    links: new Map(rows.links),
    mandateRequests: new Map(rows.mandateRequests),
    optOuts: new Map(rows.optOuts),
    events: new Map(rows.events),
    closedMonths: new Set(rows.closedMonths),
    ledger: new Map(rows.ledger),
    payouts: new Map(rows.payouts),
    arrivals: new Map(rows.arrivals),
    resolved: new Set(rows.resolved),
    audit: [...rows.audit],
  };
}
