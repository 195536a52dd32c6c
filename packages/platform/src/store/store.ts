import type { AuditEntry, AuditLog, ChainHead, Clock, Reading, Repositories, Store } from '@mlc/core';
import { appendAtEnd, appendBehind, auditLog, ChainMovedError } from '../audit/append.ts';
import { takeTurn, type Turn } from '../audit/chain-turns.ts';
import { arrivalStore } from './arrivals.ts';
import { clientStore } from './clients.ts';
import { collectionStore } from './collections.ts';
import type { Database, Executor } from '../postgres/database.ts';
import { eventStore } from '../inbox/events.ts';
import { ledgerStore } from './ledger.ts';
import { asLockLost, type Fence, PASS, type Pass, passValues } from '../locks/fence.ts';
import { type BigintColumn, type Sql, sqlOn } from '../postgres/sql.ts';
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
  const reading: Reading = repositoriesOn(database.sql(), businessId, clock);
  return { ...reading, transaction };
}

/** One transaction of such a store, with what its statements run on for what no repository can say. */
export async function transactionOf<T>(
  database: Database,
  businessId: string,
  { clock, fence }: StoreOptions,
  work: Work<T>,
): Promise<T> {
  const once = { database, businessId, clock, passes: fence?.() ?? [], work };
  try {
    return await tryOnce(once, (known) => known);
  } catch (error) {
    if (!(error instanceof ChainMovedError)) throw error;
    // Nothing was written. Rare: the chain is looked at when a transaction begins, and did not move since then.
    return tryOnce(once, () => null);
  }
}

type Work<T> = (tx: Repositories, sql: Sql) => Promise<T>;

interface Once<T> {
  readonly database: Database;
  readonly businessId: string;
  readonly clock: Clock;
  readonly passes: readonly Pass[];
  readonly work: Work<T>;
}

/** `trusted`: the head of the chain as this process left it, unless it is better asked for. */
async function tryOnce<T>(
  { database, businessId, clock, passes, work }: Once<T>,
  trusted: (known: ChainHead | null) => ChainHead | null,
): Promise<T> {
  let turn: Turn | undefined;
  let head: ChainHead | null = null;
  try {
    const result = await database.inTransaction(async (sql) => {
      const opened = open(sql, businessId, passes);
      const entries: AuditEntry[] = [];
      const done = await afterAll(
        opened,
        work(repositoriesOn(sql, businessId, clock, collectIn(entries)), sql),
      );
      if (entries.length === 0) return done;
      turn = await takeTurn(database, businessId);
      const known = trusted(stillTheEnd(turn.known, await opened));
      const chain = { sql, businessId, clock };
      head = await (known === null ? appendAtEnd(chain, entries) : appendBehind(known, chain, entries));
      return done;
    });
    turn?.end(head);
    return result;
  } catch (error) {
    turn?.end(null);
    throw error;
  }
}

/** What the work answers; when the opening failed, that says more than what failed in the work because of it. */
async function afterAll<T>(opened: Promise<unknown>, working: Promise<T>): Promise<T> {
  const [open, done] = await Promise.allSettled([opened, working]);
  if (open.status === 'rejected') throw open.reason;
  if (done.status === 'rejected') throw done.reason;
  return done.value;
}

/** What a transaction begins with: the fence, and a look at the end of the audit chain. */
interface Opened {
  /** Null before the first entry. */
  readonly seq: BigintColumn | null;
  readonly hasReceipts: boolean;
}

const OPEN = `SELECT ${PASS} AS passed, (SELECT seq FROM audit_heads WHERE business_id = $3) AS seq,
  EXISTS (SELECT FROM webhook_receipts WHERE business_id = $3) AS "hasReceipts"`;

async function open(sql: Sql, businessId: string, passes: readonly Pass[]): Promise<Opened | undefined> {
  try {
    const [opened] = await sql.rows<Opened>(OPEN, [...passValues(passes), businessId]);
    return opened;
  } catch (error) {
    throw asLockLost(error, passes);
  }
}

/** The head as this process left it, when nothing has to go behind it first, as far as that was seen. */
function stillTheEnd(known: ChainHead | null, opened: Opened | undefined): ChainHead | null {
  if (known === null || opened === undefined || opened.hasReceipts) return null;
  return Number(opened.seq ?? 0) > known.seq ? null : known;
}

function collectIn(entries: AuditEntry[]): AuditLog {
  return {
    append: (entry) => {
      entries.push(entry);
      return Promise.resolve();
    },
  };
}
