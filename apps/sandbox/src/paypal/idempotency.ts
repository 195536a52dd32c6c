import type { Request } from 'express';
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;
/** How long each API remembers `PayPal-Request-Id` (paypal.md 1.4). */
export const REMEMBERED_MS = { orders: 6 * HOUR_MS, payments: 45 * 24 * HOUR_MS };

/**
 * Does `work` once per `PayPal-Request-Id` and path: 201 and the new id, and 200 and the same id when it is asked for
 * again. The answer is then made from what the thing has become.
 */
export function once(
  world: World,
  req: Request,
  rememberedMs: number,
  work: () => string,
): { status: 200 | 201; id: string } {
  const requestId = req.get('paypal-request-id');
  if (requestId === undefined) return { status: 201, id: work() };
  const key = `${req.path} ${requestId}`;
  const now = world.now();
  const earlier = world.requests.get(key);
  if (earlier !== undefined && now - earlier.atMs <= rememberedMs) return { status: 200, id: earlier.id };
  const id = work();
  world.requests.set(key, { id, atMs: now });
  return { status: 201, id };
}

/** Thin answers unless the caller asks for the whole (paypal.md 1.4). */
export function wantsWhole(req: Request): boolean {
  return (req.get('prefer') ?? '').includes('return=representation');
}
