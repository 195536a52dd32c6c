import type { Prisma } from './generated/client.ts';

/** Prisma inside or outside a transaction: for rows that people edit (ADR 17). */
export type Executor = Prisma.TransactionClient;
