import type { AuditEntry, AuditLog, ChainHead, Clock, Repositories, Store } from '@mlc/core';
import { appendTo, auditLog } from '../audit/append.ts';
import { takeTurn, type Turn } from '../audit/chain-turns.ts';
import { arrivalStore } from './arrivals.ts';
import { clientStore } from './clients.ts';
import { collectionStore } from './collections.ts';
import type { Database, Executor } from '../postgres/database.ts';
import { eventStore } from '../inbox/events.ts';
import { ledgerStore } from './ledger.ts';
import { type Fence, openingOf, refuseLost } from '../locks/fence.ts';
import { type Sql, sqlOn } from '../postgres/sql.ts';
import { mirrorStore } from './mirror.ts';
import { payoutStore } from './payouts.ts';
import { periodStore } from './periods.ts';
import { postingStore } from './postings.ts';
import { reviewStore } from './reviews.ts';

/** Everything flows keep of one business, on whatever runs the statements. Without `audit`, entries are appended at once. */
export function repositoriesOn(
  on: Executor | Sql,
  businessId: string,
  clock: Clock,
  audit: AuditLog = auditLog(on, businessId, clock),
): Repositories {
  const sql = sqlOn(on);
  return {
    audit,
    collections: collectionStore(sql, businessId, clock),
    postings: postingStore(sql, businessId, clock),
    reviews: reviewStore(sql, businessId, clock, audit),
    mirror: mirrorStore(sql, businessId),
    clients: clientStore(sql, businessId, clock),
    events: eventStore(sql, businessId, clock),
    periods: periodStore(sql, businessId),
    ledger: ledgerStore(sql, businessId, clock, audit),
    payouts: payoutStore(sql, businessId, clock),
    arrivals: arrivalStore(sql, businessId, clock),
  };
}

/** How a store is opened. */
export interface StoreOptions {
  readonly clock: Clock;
  /** Of the job it is opened for: asked at the start of each transaction. */
  readonly fence?: Fence | undefined;
}

/**
 * The store of one business on Postgres. Inside a transaction audit entries are collected and appended as its last
 * statement: the chain of the business is locked for one round trip only, and no two transactions can wait for each
 * other's chain and rows crosswise. Calls outside a transaction that write get one of their own.
 */
export function storeFor(database: Database, businessId: string, { clock, fence }: StoreOptions): Store {
  const transaction: Store['transaction'] = (work) =>
    transactionOf(database, businessId, { clock, fence }, work);
  return {
    ...outsideTransaction(repositoriesOn(database.sql, businessId, clock), transaction),
    transaction,
  };
}

/** One transaction of such a store, with what its statements run on for what no repository can say. */
export async function transactionOf<T>(
  database: Database,
  businessId: string,
  { clock, fence }: StoreOptions,
  work: (tx: Repositories, sql: Sql) => Promise<T>,
): Promise<T> {
  const passes = fence?.() ?? [];
  let turn: Turn | undefined;
  let head: ChainHead | null = null;
  try {
    const result = await database.inTransaction(async (sql, opened) => {
      refuseLost(passes, opened);
      const entries: AuditEntry[] = [];
      const done = await work(repositoriesOn(sql, businessId, clock, collectIn(entries)), sql);
      if (entries.length === 0) return done;
      turn = await takeTurn(database, businessId);
      head = await appendTo(turn.known, { sql, businessId, clock }, entries);
      return done;
    }, openingOf(passes));
    turn?.end(head);
    return result;
  } catch (error) {
    turn?.end(null);
    throw error;
  }
}

function collectIn(entries: AuditEntry[]): AuditLog {
  return {
    append: (entry) => {
      entries.push(entry);
      return Promise.resolve();
    },
  };
}

function outsideTransaction(direct: Repositories, transaction: Store['transaction']): Repositories {
  return {
    ...direct,
    audit: { append: (entry) => transaction((tx) => tx.audit.append(entry)) },
    collections: {
      ...direct.collections,
      insert: (collection) => transaction((tx) => tx.collections.insert(collection)),
      update: (id, changes) => transaction((tx) => tx.collections.update(id, changes)),
    },
    postings: {
      ...direct.postings,
      insertIntent: (posting) => transaction((tx) => tx.postings.insertIntent(posting)),
      update: (key, changes) => transaction((tx) => tx.postings.update(key, changes)),
    },
    clients: {
      ...direct.clients,
      link: (...link) => transaction((tx) => tx.clients.link(...link)),
      setMandateRequest: (...request) => transaction((tx) => tx.clients.setMandateRequest(...request)),
    },
    reviews: {
      ...direct.reviews,
      open: (review) => transaction((tx) => tx.reviews.open(review)),
      settle: (kinds, subject, note) => transaction((tx) => tx.reviews.settle(kinds, subject, note)),
    },
    mirror: {
      ...direct.mirror,
      removeCustomer: (customerId) => transaction((tx) => tx.mirror.removeCustomer(customerId)),
    },
    events: {
      ...direct.events,
      finish: (eventId, outcome) => transaction((tx) => tx.events.finish(eventId, outcome)),
      wake: (waitingFor) => transaction((tx) => tx.events.wake(waitingFor)),
      rerun: (eventIds) => transaction((tx) => tx.events.rerun(eventIds)),
      rerunInvoices: (invoiceIds) => transaction((tx) => tx.events.rerunInvoices(invoiceIds)),
      cover: (event, runs) => transaction((tx) => tx.events.cover(event, runs)),
    },
    ledger: { ...direct.ledger, record: (entries) => transaction((tx) => tx.ledger.record(entries)) },
    payouts: {
      ...direct.payouts,
      put: (payout, items) => transaction((tx) => tx.payouts.put(payout, items)),
      replaceItems: (payoutId, items) => transaction((tx) => tx.payouts.replaceItems(payoutId, items)),
    },
  };
}
