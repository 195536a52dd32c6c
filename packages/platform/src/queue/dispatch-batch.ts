import { applyEffects, FLOW_NAMES, type FlowName, type FlowResult, skipped } from '@mlc/core';
import { loadEvents } from './load-run.ts';
import { type InHand, returnToStored, type Taken, takeFlowless, takeStored } from './take.ts';
import { StaleRunError } from '../inbox/events.ts';
import { nothingToRun } from './attempt.ts';
import type { FlowEngine } from './engine.ts';
import type { QueuedEvent } from './job.ts';
import type { FlowQueues } from './queues.ts';
import { subjectOf } from '../inbox/subjects.ts';

/** Events moved in one go. */
export const DISPATCH_BATCH = 500;

/**
 * What one connection may have on its way in one flow; the rest stays in Postgres, so that the queue stays small. Fewer than
 * the jobs a worker runs at a time (20): however slow a provider is, the others' work finds a free hand. When several
 * connections have something stored, they share twice that, each having two at least (`mlc_take_stored`).
 */
export const IN_HAND: InHand = { perConnection: 8, perConnectionWithRetries: 500, batch: DISPATCH_BATCH };

/** What a round of dispatching works with. */
export interface Dispatching {
  readonly engine: FlowEngine;
  readonly queues: FlowQueues;
  readonly inHand: InHand;
}

/** How a round went. `more`: there may be more right now; `held`: more may be stored than its connections may have in hand. */
export interface Round {
  readonly moved: number;
  readonly more: boolean;
  readonly held: boolean;
}

/**
 * Moves what may be in hand of each flow from Postgres to its queue, in turn over the connections, and ends the events no
 * flow takes.
 * @throws when the queue cannot be reached; nothing is lost then.
 */
export async function dispatchRound(dispatching: Dispatching): Promise<Round> {
  const flowless = await endFlowless(dispatching);
  const { taken, more } = await takeStored(dispatching.engine.database, FLOW_NAMES, dispatching.inHand);
  await moveToQueues(dispatching, taken);
  const counts = taken.map(({ events }) => events.length);
  return {
    moved: flowless + counts.reduce((sum, count) => sum + count, 0),
    more: flowless === DISPATCH_BATCH || counts.some((count) => count === dispatching.inHand.batch),
    held: more,
  };
}

/** Each flow's on its own: what the queue does not take goes back, and the first failure is told. */
async function moveToQueues({ engine, queues }: Dispatching, taken: readonly Taken[]): Promise<void> {
  const moves = taken.map(async ({ flow, events }) => {
    if (events.length === 0) return;
    try {
      await queues.add(flow, events);
    } catch (error) {
      // Some may have been added all the same: adding them again is ignored, and a job that finds its event `stored` ends.
      await returnToStored(engine.database, events);
      throw error;
    }
  });
  for (const move of await Promise.allSettled(moves)) if (move.status === 'rejected') throw move.reason;
}

async function endFlowless({ engine }: Dispatching): Promise<number> {
  const taken = await takeFlowless(engine.database, DISPATCH_BATCH);
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
