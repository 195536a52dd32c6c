import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { type Prisma, PrismaClient } from './generated/client.ts';
import { newPool } from './postgres.ts';

/** Prisma inside or outside a transaction: what every repository runs its statements on. */
export type Executor = Prisma.TransactionClient;

/** One process's way to Postgres: Prisma and raw SQL over the same pool. */
export interface Database {
  readonly url: string;
  readonly prisma: PrismaClient;
  /** For statements Prisma would slow down or cannot say: group commit, queue dispatch, LISTEN. */
  readonly pool: pg.Pool;
  /** All or nothing; see TRANSACTION_TIMEOUT_MS. */
  transaction<T>(work: (tx: Executor) => Promise<T>): Promise<T>;
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
    pool,
    transaction: (work) =>
      prisma.$transaction(work, { timeout: TRANSACTION_TIMEOUT_MS, maxWait: TRANSACTION_TIMEOUT_MS }),
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
