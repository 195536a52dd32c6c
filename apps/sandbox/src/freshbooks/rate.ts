import type { RequestHandler } from 'express';
import type { World } from './world.ts';

const WINDOW_MS = 60_000;
const SHOWN_LIMIT = 20;

/**
 * The rate headers of freshbooks.md 4, `Retry-After` on successful answers too, and 429 above the switch's limit of
 * requests a minute and token. The windows are real time of the sandbox's clock.
 */
export function rateLimit(world: World): RequestHandler {
  const windows = new Map<string, { startMs: number; count: number }>();
  return (req, res, next) => {
    const { requestsPerMinute, rateHeadersOnSuccess } = world.switches;
    const now = world.now();
    const key = req.get('authorization') ?? '';
    const open = windows.get(key);
    const window = open !== undefined && now - open.startMs < WINDOW_MS ? open : { startMs: now, count: 0 };
    windows.set(key, { ...window, count: window.count + 1 });
    const secondsLeft = Math.max(1, Math.ceil((window.startMs + WINDOW_MS - now) / 1000));
    const limit = requestsPerMinute ?? SHOWN_LIMIT;
    const isOver = requestsPerMinute !== null && window.count >= requestsPerMinute;
    if (isOver || rateHeadersOnSuccess) {
      res.set({
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(0, limit - window.count - 1)),
        'x-ratelimit-reset': String(Math.floor(now / 1000) + secondsLeft),
        'retry-after': String(secondsLeft),
      });
    }
    if (isOver) res.status(429).json(RATE_LIMITED);
    else next();
  };
}

/** The real body is not known. */
export const RATE_LIMITED = {
  error: 'rate_limited',
  error_description: 'Too many requests. Please try again later.',
};
