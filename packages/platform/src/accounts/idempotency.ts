import { Prisma } from '../postgres/generated/client.ts';
import type { Desk } from './desk.ts';

const KEPT_MS = 24 * 3_600_000;
/** A request that has not ended by then died with its process. */
const RUNNING_MS_MAX = 60_000;

/** A request that is not to have its effect twice. */
export interface KeyedRequest {
  /** Who asks: a key is a person's own. */
  readonly caller: string;
  readonly key: string;
  /** Of method, path and body. */
  readonly requestHash: string;
}

/** What is known of a request of that key. `null` as body: it held a secret and was not kept. */
export type Claimed =
  | { readonly kind: 'run' }
  | { readonly kind: 'running' }
  | { readonly kind: 'other-request' }
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown };

/** Takes the key, or says what it stands for. */
export async function claimKey(desk: Desk, request: KeyedRequest): Promise<Claimed> {
  const { caller, key, requestHash } = request;
  const { prisma } = desk.database;
  const now = desk.clock.now();
  const startedBefore = (ms: number) => ({ lt: new Date(now.getTime() - ms) });
  await prisma.apiIdempotency.deleteMany({
    where: {
      OR: [
        { startedAt: startedBefore(KEPT_MS) },
        { caller, key, status: null, startedAt: startedBefore(RUNNING_MS_MAX) },
      ],
    },
  });
  const data = { caller, key, requestHash, startedAt: now };
  const { count } = await prisma.apiIdempotency.createMany({ data, skipDuplicates: true });
  if (count === 1) return { kind: 'run' };
  const known = await prisma.apiIdempotency.findUnique({ where: { caller_key: { caller, key } } });
  if (known === null) return { kind: 'running' };
  if (known.requestHash !== requestHash) return { kind: 'other-request' };
  if (known.status === null) return { kind: 'running' };
  return { kind: 'answered', status: known.status, body: known.body };
}

/** Keeps the answer; `body` null where it must not be kept. */
export async function keepAnswer(
  desk: Desk,
  { caller, key }: KeyedRequest,
  { status, body }: { status: number; body: unknown },
): Promise<void> {
  await desk.database.prisma.apiIdempotency.updateMany({
    where: { caller, key },
    data: { status, body: body === null ? Prisma.DbNull : (body as Prisma.InputJsonValue) },
  });
}

/** It failed on our side: the same key may try again. */
export async function releaseKey(desk: Desk, { caller, key }: KeyedRequest): Promise<void> {
  await desk.database.prisma.apiIdempotency.deleteMany({ where: { caller, key, status: null } });
}
