import { type Clock, ConnectorError, type FlowName, type InboundEvent, toPlainJson } from '@mlc/core';
import { randomUUID } from 'node:crypto';
import { appendAll } from '../audit/append.ts';
import type { Database } from '../postgres/database.ts';
import { StaleRunError } from '../inbox/events.ts';
import type { Prisma } from '../postgres/generated/client.ts';

const ERROR_LENGTH_MAX = 2_000;

/** What is known about a death. */
export interface Death {
  readonly event: InboundEvent;
  readonly run: number;
  readonly flow: FlowName;
  readonly failureKind: string;
  readonly error: unknown;
  readonly attempts: number;
}

/**
 * Dead letter, event state and audit entry in one transaction.
 * @throws StaleRunError when this run is over already; nothing is written then.
 */
export async function bury(database: Database, clock: Clock, death: Death): Promise<string> {
  const { event, run, flow, failureKind, attempts } = death;
  const id = randomUUID();
  const error = messageOf(death.error);
  await database.transaction(async (tx) => {
    const { count } = await tx.inboundEvent.updateMany({
      where: { id: BigInt(event.id), run, state: 'queued' },
      data: {
        state: 'dead',
        reason: error,
        finishedAt: clock.now(),
        attempts,
        parkedSince: null,
        unseenSince: null,
      },
    });
    if (count === 0) throw new StaleRunError(event.id);
    await tx.deadLetter.create({
      data: {
        id,
        businessId: event.businessId,
        eventId: event.id,
        flow,
        failureKind,
        error,
        details: callOf(death.error) as Prisma.InputJsonValue,
        attempts,
        diedAt: clock.now(),
      },
    });
    await appendAll(tx, event.businessId, clock, [
      {
        actor: 'system',
        action: 'event.dead',
        subject: { provider: event.provider, type: 'event', id: event.externalEventId },
        correlationId: event.correlationId,
        details: { deadLetterId: id, flow, failureKind, error, attempts, eventType: event.type },
      },
    ]);
  });
  return id;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (toPlainJson(message) as string).slice(0, ERROR_LENGTH_MAX);
}

/** Connectors redact and bound what they tell; of any other error only its name is kept beside the message. */
function callOf(error: unknown): unknown {
  if (!(error instanceof ConnectorError)) return { name: error instanceof Error ? error.name : typeof error };
  const { provider, operation, status, reason, field, request, response } = error;
  return toPlainJson({ provider, operation, status, reason, field, request, response });
}
