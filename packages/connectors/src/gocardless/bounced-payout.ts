import type { DomainEvent } from '@mlc/core';
import { z } from 'zod';

/** The action that tells of a payout the bank sent back; its resource is the creditor (gocardless.md 2.12). */
export const BOUNCED_PAYOUT = 'bounced_payout';

/** What of the event's own JSON matters; whatever is not there or not readable is not said. */
const bounceSchema = z
  .object({
    created_at: z.iso.datetime({ offset: true }).optional().catch(undefined),
    links: z
      .object({ payout: z.string().regex(/^[A-Za-z0-9_-]+$/) })
      .nullable()
      .catch(null),
  })
  .catch({ links: null });

/** `creditors.bounced_payout`: which payout, when the event says so, and when. */
export function bouncedPayout(payload: string): DomainEvent {
  const { created_at: happenedAt, links } = bounceSchema.parse(jsonIn(payload));
  return {
    kind: 'payout-changed',
    payoutId: links?.payout ?? null,
    action: BOUNCED_PAYOUT,
    ...(happenedAt === undefined ? {} : { happenedAt }),
  };
}

/** undefined when it is not JSON. */
function jsonIn(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
