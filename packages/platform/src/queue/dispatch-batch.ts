import { applyEffects, FLOW_NAMES, type FlowName, type FlowResult, skipped } from '@mlc/core';
import { loadEvents, returnToStored, takeStored } from './dispatch.ts';
import { StaleRunError } from '../inbox/events.ts';
import { nothingToRun } from './attempt.ts';
import type { FlowEngine } from './engine.ts';
import type { QueuedEvent } from './job.ts';
import type { FlowQueues } from './queues.ts';
import { subjectOf } from '../inbox/subjects.ts';

/** Events moved in one go. */
export const DISPATCH_BATCH = 500;
/** Jobs of one flow that may wait in the queue; the rest stays in Postgres, so that Redis stays small. */
export const QUEUE_WAITING_MAX = 10_000;
/** Jobs of one flow that may be delayed (retries, rate limits) before no more are added. */
export const QUEUE_DELAYED_MAX = 50_000;

/** What a round of dispatching works with. */
export interface Dispatching {
  readonly engine: FlowEngine;
  readonly queues: FlowQueues;
  readonly waitingMax: number;
}

/** How a round went. `more`: there may be more right now; `held`: more is stored than the queues may hold. */
export interface Round {
  readonly moved: number;
  readonly more: boolean;
  readonly held: boolean;
}

/**
 * Moves one batch of each flow from Postgres to its queue, oldest first, and ends the events no flow takes.
 * @throws when the queue cannot be reached; nothing is lost then.
 */
export async function dispatchRound(dispatching: Dispatching): Promise<Round> {
  const flowless = await endFlowless(dispatching);
  const room = await roomOf(dispatching);
  let moved = flowless;
  let more = flowless === DISPATCH_BATCH;
  let held = false;
  for (const flow of FLOW_NAMES) {
    const limit = Math.min(DISPATCH_BATCH, room[flow]);
    const count = limit > 0 ? await moveToQueue(dispatching, flow, limit) : 0;
    moved += count;
    more ||= count === DISPATCH_BATCH;
    held ||= limit < DISPATCH_BATCH && count === Math.max(limit, 0);
  }
  return { moved, more, held };
}

async function roomOf({ queues, waitingMax }: Dispatching): Promise<Record<FlowName, number>> {
  const counts = await queues.counts();
  const entries = FLOW_NAMES.map((flow): [FlowName, number] => {
    const { waiting, delayed } = counts[flow];
    return [flow, Math.min(waitingMax - waiting, QUEUE_DELAYED_MAX - delayed)];
  });
  return Object.fromEntries(entries) as Record<FlowName, number>;
}

async function moveToQueue({ engine, queues }: Dispatching, flow: FlowName, limit: number): Promise<number> {
  const events = await takeStored(engine.database, flow, limit);
  if (events.length === 0) return 0;
  try {
    await queues.add(flow, events);
  } catch (error) {
    // Some may have been added all the same: adding them again is ignored, and a job that finds its event `stored` ends.
    await returnToStored(engine.database, events);
    throw error;
  }
  return events.length;
}

async function endFlowless({ engine }: Dispatching): Promise<number> {
  const taken = await takeStored(engine.database, null, DISPATCH_BATCH);
  if (taken.length === 0) return 0;
  const loaded = await loadEvents(engine.database, taken);
  const businesses = new Set(loaded.map(({ event }) => event.businessId));
  for (const businessId of businesses) {
    const own = loaded.filter(({ event }) => event.businessId === businessId);
    await endAll(engine, businessId, own);
  }
  return taken.length;
}

type Loaded = Awaited<ReturnType<typeof loadEvents>>[number];

/** All in one transaction; when that fails one by one, so that a poison event does not hold its neighbours. */
async function endAll(engine: FlowEngine, businessId: string, loaded: readonly Loaded[]): Promise<void> {
  try {
    await endTogether(engine, businessId, loaded);
  } catch (error) {
    for (const one of loaded) {
      await endTogether(engine, businessId, [one]).catch((failure: unknown) => {
        if (failure instanceof StaleRunError) return;
        engine.log.error('dispatch.flowless_failed', { eventId: one.event.id, error: failure });
      });
    }
    engine.log.debug('dispatch.flowless_one_by_one', { businessId, error });
  }
}

function endTogether(engine: FlowEngine, businessId: string, loaded: readonly Loaded[]): Promise<void> {
  return engine.storeOf(businessId).transaction(async (tx) => {
    for (const { event, run } of loaded) {
      const ending = endOf(engine, { event, run });
      await applyEffects(tx, ending.effects);
      await tx.events.finish(event.id, {
        state: ending.state === 'parked' ? 'skipped' : ending.state,
        reason: ending.reason,
        ...(ending.state === 'skipped' ? { because: ending.because } : {}),
        waitingFor: null,
        recheckAt: null,
        run,
      });
      await tx.audit.append({
        actor: 'system',
        action: `event.${ending.state}`,
        subject: subjectOf(event),
        correlationId: event.correlationId,
        details: {
          reason: ending.reason,
          ...(ending.state === 'skipped' ? { because: ending.because } : {}),
          eventId: event.id,
          eventType: event.type,
          externalEventId: event.externalEventId,
        },
      });
    }
  });
}

function endOf(engine: FlowEngine, { event }: Pick<Loaded, 'event' | 'run'>): FlowResult {
  const nothing = nothingToRun(event, engine.translate(event));
  return nothing ?? skipped('not-followed', `nothing to do for ${event.provider} ${event.type}`);
}

/** For the sweeper: the same events once more, ids that are still there being ignored. */
export async function addAgain(
  queues: FlowQueues,
  flow: FlowName,
  events: readonly QueuedEvent[],
): Promise<number> {
  if (events.length > 0) await queues.add(flow, events);
  return events.length;
}
