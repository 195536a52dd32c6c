import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import type { Executor } from './executor.ts';
import { PrismaClient } from './generated/client.ts';
import { newPool } from './postgres.ts';
import { conversationWith } from './conversation.ts';
import { type Sql, sqlOver } from './sql.ts';
import { transactionOn } from './transaction.ts';

export type { Executor } from './executor.ts';

/** One process's way to Postgres: prepared statements and Prisma over the same pool. */
export interface Database {
  readonly url: string;
  readonly prisma: PrismaClient;
  /** Prepared statements outside of a transaction, for one who asks: what a job reads. */
  sql(): Sql;
  /** For what is sent unprepared or listens: group commit, queue dispatch, LISTEN. */
  readonly pool: pg.Pool;
  /** All or nothing, in Prisma; see TRANSACTION_TIMEOUT_MS. */
  transaction<T>(work: (tx: Executor) => Promise<T>): Promise<T>;
  /** All or nothing, in prepared statements: what jobs write. Rejects as well when a statement had failed and its error was caught. */
  inTransaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A transaction that takes longer is rolled back: none of ours waits for a provider. */
const TRANSACTION_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** Opens a pool of at most `maxConnections`; connects lazily. */
export function openDatabase(url: string, maxConnections = 10): Database {
  const pool = newPool(url, {
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
  });
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) });
  return {
    url,
    prisma,
    sql: () => sqlOver(conversationWith(pool), false),
    pool,
    transaction: (work) =>
      prisma.$transaction(work, { timeout: TRANSACTION_TIMEOUT_MS, maxWait: TRANSACTION_TIMEOUT_MS }),
    inTransaction: (work) => transactionOn(pool, work, TRANSACTION_TIMEOUT_MS),
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
