import type { Database } from '../postgres/database.ts';
import type { EventPageItem } from './paged-lists.ts';

/** Everything known about one event. */
export interface EventDetails extends EventPageItem {
  readonly attempts: number;
  readonly run: number;
  readonly ending: string | null;
  readonly waitingFor: string | null;
  /** RFC 3339 UTC. */
  readonly parkedSince: string | null;
  readonly finishedAt: string | null;
  readonly retryAt: string | null;
  readonly payload: string;
}

/** One event with the business it is of; null when there is none. */
export async function eventDetails(
  { prisma }: Pick<Database, 'prisma'>,
  eventId: string,
): Promise<{ readonly businessId: string; readonly event: EventDetails } | null> {
  const row = await prisma.inboundEvent.findUnique({ where: { id: BigInt(eventId) } });
  if (row === null) return null;
  const { businessId, provider, type, externalEventId, resourceId, flow, state, reason, correlationId } = row;
  const { attempts, run, ending, waitingFor, payload } = row;
  const event = {
    id: eventId,
    ...{ provider, type, externalEventId, resourceId, flow, state, reason, correlationId },
    ...{ attempts, run, ending, waitingFor, payload },
    receivedAt: row.receivedAt.toISOString(),
    parkedSince: row.parkedSince?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    retryAt: row.retryAt?.toISOString() ?? null,
  };
  return { businessId, event };
}
