import { AsyncLocalStorage } from 'node:async_hooks';
import {
  answerProblem,
  type ChainedEntry,
  type Clock,
  type Collection,
  type InboundEvent,
  type KeptPayout,
  type LedgerEntry,
  type Posting,
  type Reading,
  type Repositories,
  type Review,
  type ReviewAnswer,
  runsEventAgain,
  type Store,
} from '@mlc/core';
import { memoryArrivals } from './arrivals.ts';
import { memoryAudit } from './audit.ts';
import { memoryClients, memoryPeriods } from './clients.ts';
import { memoryCollections } from './collections.ts';
import { inboundEventOf, memoryEvents, noteUnseen, wakeDue } from './events.ts';
import { memoryLedger, memoryPayouts } from './ledger.ts';
import { memoryMirror } from './mirror.ts';
import { memoryPostings } from './postings.ts';
import { closeReview, memoryReviews } from './reviews.ts';
import { copyRows, emptyRows, type MemoryEvent, type MemoryRows, type MemoryScope } from './rows.ts';

/** What a test says about an event it puts into the inbox; the rest is filled in. */
export type NewMemoryEvent = Partial<Omit<InboundEvent, 'id' | 'state' | 'attempts'>> &
  Pick<InboundEvent, 'type' | 'resourceId'>;

/** A store in memory, with what tests need to see and to do from outside the flows. */
export interface MemoryStore extends Store {
  readonly businessId: string;
  collectionRows(): readonly Collection[];
  postingRows(): readonly Posting[];
  reviewRows(): readonly Review[];
  eventRows(): readonly MemoryEvent[];
  auditEntries(): readonly ChainedEntry[];
  ledgerRows(): readonly LedgerEntry[];
  payoutRows(): readonly KeptPayout[];
  /** Puts an event into the inbox as `stored`. */
  addEvent(event: NewMemoryEvent): InboundEvent;
  /** Takes the oldest `stored` event and makes it `queued`, as the dispatcher does; null when none is left. */
  claimNext(): Promise<InboundEvent | null>;
  /** Parked events whose time has come become `stored` again, as the sweep does. Returns how many. */
  wakeDue(): Promise<number>;
  /** Notes that the provider does not show what the event tells of; the first such moment stays. */
  noteUnseen(eventId: string): Promise<void>;
  /** The same store for one job: `fence` throws inside each transaction once a lock of the job was lost. */
  fencedBy(fence: () => void): Store;
  closeMonth(month: string): void;
  /** As a store is that was filled before there was a ledger. */
  forgetLedger(): void;
  optOut(kind: 'invoice' | 'client', id: string, why: string): void;
  /** A person answers a review; its event becomes `stored` again on `retry` and `match`. Rejects as `mlc reviews resolve` does. */
  answer(reviewId: string, answer: ReviewAnswer): Promise<Review>;
}

/**
 * The store whose transaction is going on. One for all stores: Node asks every AsyncLocalStorage there is at every promise,
 * and some tests make a thousand stores.
 */
const inside = new AsyncLocalStorage<symbol>();

/**
 * The semantics of the Postgres store without Postgres: transactions run one after the other on a copy that replaces
 * the rows when they commit. Writing to the store itself inside one of its transactions is refused, where Postgres
 * would write outside of it.
 */
export function memoryStore(options: { clock: Clock; businessId?: string }): MemoryStore {
  const { clock, businessId = 'business-1' } = options;
  const self = Symbol(businessId);
  let committed = emptyRows();
  // What is put in from outside while a transaction runs must survive its commit.
  let draft: MemoryRows | null = null;
  let lastTurn: Promise<unknown> = Promise.resolve();

  const run = async <T>(work: (scope: MemoryScope) => Promise<T>): Promise<T> => {
    const rows = copyRows(committed);
    const refusals: string[] = [];
    draft = rows;
    try {
      const result = await inside.run(self, () => work(scopeOn(rows, { businessId, clock, refusals })));
      if (refusals.length > 0) throw new Error(`the transaction was aborted: ${String(refusals[0])}`);
      committed = rows;
      return result;
    } finally {
      draft = null;
    }
  };
  const inTurn = <T>(work: (scope: MemoryScope) => Promise<T>): Promise<T> => {
    if (inside.getStore() === self)
      return Promise.reject(new Error('inside a transaction only its own repositories may be written to'));
    const turn = lastTurn.then(() => run(work));
    lastTurn = turn.catch(() => undefined);
    return turn;
  };
  const reading = () => repositoriesOn(scopeOn(committed, { businessId, clock, refusals: [] }));
  const fencedBy = (fence: () => void): Store => {
    const transaction: Store['transaction'] = (work) =>
      inTurn((scope) => {
        fence();
        return work(repositoriesOn(scope));
      });
    return { ...asCommitted(reading), transaction };
  };
  return {
    ...fencedBy(() => undefined),
    fencedBy,
    ...inspection(() => committed, businessId),
    ...interference(() => (draft === null ? [committed] : [committed, draft]), { businessId, clock }),
    claimNext: () => inTurn((scope) => Promise.resolve(claimNext(scope.rows))),
    wakeDue: () => inTurn((scope) => Promise.resolve(wakeDue(scope))),
    noteUnseen: (eventId) =>
      inTurn((scope) => {
        noteUnseen(scope, eventId);
        return Promise.resolve();
      }),
    answer: (reviewId, answer) => inTurn((scope) => takeAnswer(scope, reviewId, answer)),
  };
}

/** Repositories that are looked for at each call: what was committed meanwhile is seen. */
function asCommitted(reading: () => Reading): Reading {
  const names = Object.keys(reading()) as (keyof Reading)[];
  return Object.fromEntries(
    names.map((name) => [name, current(() => reading()[name])]),
  ) as unknown as Reading;
}

function current(repository: () => object): object {
  return new Proxy(repository(), {
    get: (_first, method) => Reflect.get(repository(), method) as unknown,
  });
}

type Owner = Pick<MemoryScope, 'businessId' | 'clock'>;

function scopeOn(rows: MemoryRows, owner: Owner & { refusals: string[] }): MemoryScope {
  const { businessId, clock, refusals } = owner;
  const refuse = (message: string): never => {
    refusals.push(message);
    throw new Error(message);
  };
  return { rows, businessId, clock, refuse };
}

function repositoriesOn(scope: MemoryScope): Repositories {
  const audit = memoryAudit(scope);
  return {
    audit,
    collections: memoryCollections(scope),
    postings: memoryPostings(scope),
    reviews: memoryReviews(scope, audit),
    mirror: memoryMirror(scope),
    clients: memoryClients(scope),
    events: memoryEvents(scope),
    periods: memoryPeriods(scope),
    ledger: memoryLedger(scope, audit),
    payouts: memoryPayouts(scope),
    arrivals: memoryArrivals(scope),
  };
}

async function takeAnswer(scope: MemoryScope, reviewId: string, answer: ReviewAnswer): Promise<Review> {
  const review = scope.rows.reviews.get(reviewId);
  if (review === undefined) throw new Error(`there is no review ${reviewId}`);
  const problem = answerProblem(review, answer);
  if (problem !== null) throw new Error(problem);
  const closed = await closeReview(scope, memoryAudit(scope), review, answer);
  if (runsEventAgain(answer.action) && review.eventId !== null)
    await memoryEvents(scope).rerun([review.eventId]);
  return closed;
}

function inspection(rows: () => MemoryRows, businessId: string) {
  return {
    businessId,
    collectionRows: () => [...rows().collections.values()],
    postingRows: () => [...rows().postings.values()],
    reviewRows: () => [...rows().reviews.values()],
    eventRows: () => [...rows().events.values()],
    auditEntries: () => rows().audit,
    ledgerRows: () => [...rows().ledger.values()],
    payoutRows: () => [...rows().payouts.values()],
  };
}

function interference(alive: () => readonly MemoryRows[], owner: Owner) {
  const everywhere = (change: (rows: MemoryRows) => void) => alive().forEach(change);
  return {
    addEvent: (event: NewMemoryEvent) => {
      const stored = newEvent(String((alive()[0]?.events.size ?? 0) + 1), owner, event);
      everywhere((rows) => rows.events.set(stored.id, stored));
      return inboundEventOf(stored);
    },
    closeMonth: (month: string) => everywhere((rows) => rows.closedMonths.add(month)),
    forgetLedger: () => everywhere((rows) => rows.ledger.clear()),
    optOut: (kind: 'invoice' | 'client', id: string, why: string) =>
      everywhere((rows) => rows.optOuts.set(`${kind}:${id}`, why)),
  };
}

function newEvent(id: string, { businessId, clock }: Owner, event: NewMemoryEvent): MemoryEvent {
  return {
    id,
    businessId,
    connectionId: 'connection-1',
    provider: 'freshbooks',
    externalEventId: `external-${id}`,
    payload: '',
    receivedAt: clock.now(),
    correlationId: `correlation-${id}`,
    state: 'stored',
    flow: null,
    attempts: 0,
    run: 0,
    reason: null,
    waitingFor: null,
    recheckAt: null,
    parkedSince: null,
    unseenSince: null,
    ending: null,
    ...event,
  };
}

function claimNext(rows: MemoryRows): InboundEvent | null {
  const next = [...rows.events.values()].find((event) => event.state === 'stored');
  if (next === undefined) return null;
  const claimed: MemoryEvent = { ...next, state: 'queued' };
  rows.events.set(next.id, claimed);
  return inboundEventOf(claimed);
}
