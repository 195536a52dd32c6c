import { auditEntry, instant } from './schemas.ts';
import { connection } from './view-schemas.ts';
import { z } from './zod.ts';

const minor = z.number().int();
const summed = { amountMinor: minor, count: z.number().int() };

export const cashFlowDay = z.object({
  date: z.string(),
  currency: z.string(),
  expectedMinor: minor,
  arrivedMinor: minor,
  debits: z.number().int(),
  arrivals: z.number().int(),
});

export const overview = z.object({
  asOf: instant,
  isNew: z.boolean().describe('nothing was received yet: what is left is setting up'),
  blocks: z.array(
    z.object({
      currency: z.string(),
      verdict: z.object({
        kind: z.enum(['right', 'unexplained', 'unknown']),
        sentence: z.string(),
        because: z.array(z.string()),
      }),
      inFlight: z.array(z.object({ state: z.string(), ...summed })),
      arrived: z.array(z.object({ provider: z.string(), ...summed })).describe('last 30 days'),
      questions: z.array(z.object({ kind: z.string(), ...summed })),
      next: z.array(cashFlowDay).describe('next 14 days'),
    }),
  ),
  counts: z.object({
    reviewsOpen: z.number().int(),
    deadLetters: z.number().int(),
    parked: z.number().int(),
  }),
  questionsWithoutAmount: z.array(z.object({ kind: z.string(), count: z.number().int() })),
  lastClosedMonth: z.string().nullable(),
  health: z.array(
    connection.extend({ trouble: z.string().nullable().describe('why nothing can be said for sure') }),
  ),
  lastEvents: z.array(auditEntry),
});

export const cashFlow = z.object({
  from: z.string(),
  to: z.string().describe('the last day, included'),
  today: z.string(),
  days: z.array(cashFlowDay).describe('days with something'),
  accuracy: z.array(
    z.object({
      currency: z.string(),
      arrived: z.number().int(),
      onTime: z.number().int(),
      early: z.number().int(),
      late: z.number().int(),
      withinTwoDays: z.number().int(),
      daysLateMax: z.number().int(),
      overdue: z.number().int(),
    }),
  ),
});

export const searchHit = z.object({
  kind: z.enum(['invoice', 'client', 'payment', 'payout', 'posting', 'review', 'event', 'dead-letter']),
  id: z.string(),
  title: z.string(),
  invoiceId: z.string().nullable().describe('where it is shown, when that is an invoice'),
});
