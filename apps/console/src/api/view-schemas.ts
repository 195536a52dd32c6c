import { flow, instant } from './schemas.ts';
import { z } from './zod.ts';

export const connection = z.object({
  provider: z.string(),
  id: z.string(),
  environment: z.string(),
  state: z.string(),
  revision: z.number().int(),
  lastEventAt: instant.nullable(),
  lastPollAt: instant.nullable(),
  lastPollAgeMs: z.number().describe('0 when it was never polled'),
  lostEvents: z.number().int(),
  refused24h: z.number().int(),
  callbacks: z.object({ verified: z.number().int(), pending: z.number().int() }),
  failingLists: z.array(z.string()),
});

export const ping = z.object({
  provider: z.string(),
  ok: z.boolean(),
  latencyMs: z.number(),
  detail: z.string(),
});

export const month = z.object({
  month: z.string(),
  state: z.enum(['open', 'closed']),
  entries: z.number().int(),
  sha256: z.string().nullable(),
  closedBy: z.string().nullable(),
  closedAt: instant.nullable(),
});

const counts = z.object({
  waiting: z.number().int(),
  active: z.number().int(),
  delayed: z.number().int(),
  failed: z.number().int(),
});

export const status = z.object({
  ready: z.boolean(),
  events: z.object({ stored: z.number().int(), processed: z.number().int(), pending: z.number().int() }),
  queues: z.record(z.string(), counts).describe('jobs of all businesses: a queue knows nothing of them'),
  parked: z.number().int(),
  deadLetters: z.number().int(),
  reviewsOpen: z.number().int(),
  mode: z.string(),
});

export const queue = z.object({
  flow,
  ...counts.shape,
  oldestAt: instant.nullable().describe('since when the oldest job that could run waits'),
  paused: z.object({ by: z.string(), at: instant }).nullable(),
});
