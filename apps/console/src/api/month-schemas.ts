import { instant, subject } from './schemas.ts';
import { z } from './zod.ts';

const minor = z.number().int();

export const monthDetails = z.object({
  month: z.string(),
  state: z.enum(['open', 'closed']),
  closedBy: z.string().nullable(),
  closedAt: instant.nullable(),
  sha256: z.string().describe('of the report as it is now; the ETag, and the If-Match of closing'),
  isOver: z.boolean(),
  blockers: z.array(z.string()).describe('what stands in the way of closing; none once it is closed'),
  notices: z.array(z.string()).describe('what is odd about closing it now'),
  currencies: z.array(
    z.object({
      currency: z.string(),
      clearing: z.array(
        z.object({
          provider: z.string(),
          openingMinor: minor,
          collectedMinor: minor,
          reversedMinor: minor,
          refundedMinor: minor,
          feesMinor: minor,
          paidOutMinor: minor,
          otherMinor: minor,
          closingMinor: minor,
          providerInFlightMinor: minor.nullable(),
          differenceMinor: minor.nullable().describe('null: not proven'),
          balanceUnprovenWhy: z.string().optional(),
          differences: z
            .array(z.object({ id: z.string(), amountMinor: minor.nullable(), why: z.string() }))
            .optional(),
        }),
      ),
    }),
  ),
  openReviews: z.array(
    z.object({ kind: z.string(), subject, amountMinor: minor.nullable(), currency: z.string().nullable() }),
  ),
  completeness: z.object({
    seen: minor,
    done: minor,
    skipped: minor,
    parked: minor,
    dead: minor,
    inReview: minor,
  }),
});

export const closing = z.strictObject({
  override: z.boolean().default(false).describe('admins only: close it although something stands in the way'),
  note: z.string().trim().min(1).max(2_000).optional().describe('why; needed to override'),
});

export const verification = z.object({
  state: z.enum(['never', 'running', 'whole', 'broken', 'failed']),
  by: z.string().nullable(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  entries: minor.nullable(),
  brokenAt: minor.nullable().describe('the first number at which the chain is not what it was'),
});
