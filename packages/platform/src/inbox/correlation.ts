import type { Executor } from '../postgres/database.ts';

/** The correlation id of the event something came from; null without an event. */
export async function correlationOf(executor: Executor, eventId: string | null): Promise<string | null> {
  if (eventId === null || !/^\d{1,18}$/.test(eventId)) return null;
  const select = { correlationId: true };
  const event = await executor.inboundEvent.findUnique({ where: { id: BigInt(eventId) }, select });
  return event?.correlationId ?? null;
}
