import type { AuditEntry, AuditLog, ChainHead, Clock, Reading, Repositories, Store } from '@mlc/core';
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
 * other's chain and rows crosswise.
 */
export function storeFor(database: Database, businessId: string, { clock, fence }: StoreOptions): Store {
  const transaction: Store['transaction'] = (work) =>
    transactionOf(database, businessId, { clock, fence }, work);
  const reading: Reading = repositoriesOn(database.sql, businessId, clock);
  return { ...reading, transaction };
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
