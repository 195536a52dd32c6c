import type { Executor } from '../postgres/database.ts';

/** SQL: the correlation id of the event whose id, a text or NULL, `id` says; NULL without such an event. */
export function correlationIn(id: string): string {
  return `(SELECT correlation_id FROM inbound_events WHERE id = CASE WHEN ${id} ~ '^[0-9]{1,18}$' THEN ${id}::bigint END)`;
}

/** The correlation id of the event something came from; null without an event. */
export async function correlationOf(executor: Executor, eventId: string | null): Promise<string | null> {
  if (eventId === null || !/^\d{1,18}$/.test(eventId)) return null;
  const select = { correlationId: true };
  const event = await executor.inboundEvent.findUnique({ where: { id: BigInt(eventId) }, select });
  return event?.correlationId ?? null;
}
