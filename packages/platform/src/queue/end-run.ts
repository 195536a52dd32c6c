import {
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  PARK_LIMIT_MS,
  type Repositories,
  type Store,
} from '@mlc/core';
import type { Attempt, Ended } from './engine.ts';
import { reviewKindOfWaiting, subjectOf } from './subjects.ts';

type Parked = Extract<FlowResult, { state: 'parked' }>;

/**
 * Parked work is looked at again after this long at first, and then after as long as it has been waiting, up to what the
 * flow asked for: what it waits for may have come between the flow's look and the park, when there was nothing parked
 * to wake yet.
 */
const FIRST_RECHECK_MS = 20_000;

/** Effect, event state and audit entry in one transaction. Parked for too long ends in a review. */
export async function endRun(
  { clock, store }: Pick<FlowContext, 'clock' | 'store'>,
  attempt: Attempt,
  result: FlowResult,
): Promise<Ended> {
  const ending = result.state === 'parked' ? endOfPark(clock.now(), attempt, result) : result;
  await record(store, attempt, ending);
  return {
    outcome: { then: 'complete' },
    report: { decision: ending.state, failureKind: null, delayMs: null },
    reason: ending.reason,
  };
}

async function record(store: Store, attempt: Attempt, ending: FlowResult): Promise<void> {
  const { event, run } = attempt;
  await store.transaction(async (tx) => {
    await ending.record?.(tx);
    await tx.events.finish(event.id, {
      state: ending.state,
      reason: ending.reason,
      waitingFor: ending.state === 'parked' ? ending.waitingFor : null,
      recheckAt: ending.state === 'parked' ? ending.recheckAt : null,
      run,
    });
    await tx.audit.append({
      actor: 'system',
      action: `event.${ending.state}`,
      subject: subjectOf(event),
      correlationId: event.correlationId,
      details: {
        reason: ending.reason,
        ...ending.details,
        ...(ending.state === 'parked' ? { waitingFor: ending.waitingFor } : {}),
        ...(ending.state === 'skipped' ? { because: ending.because } : {}),
        flow: attempt.flow,
        eventId: event.id,
        eventType: event.type,
        externalEventId: event.externalEventId,
        attempt: attempt.number,
      },
    });
  });
}

function endOfPark(now: Date, attempt: Attempt, parked: Parked): FlowResult {
  const waitedMs = attempt.parkedSince === null ? 0 : now.getTime() - attempt.parkedSince.getTime();
  if (attempt.parkedSince !== null && waitedMs > PARK_LIMIT_MS) {
    return overdue(attempt.event, attempt.parkedSince, parked);
  }
  const soonest = now.getTime() + Math.max(FIRST_RECHECK_MS, waitedMs);
  return { ...parked, recheckAt: new Date(Math.min(parked.recheckAt.getTime(), soonest)) };
}

function overdue(event: InboundEvent, parkedSince: Date, parked: Parked): FlowResult {
  const kind = reviewKindOfWaiting(parked.waitingFor);
  const since = parkedSince.toISOString().slice(0, 10);
  return {
    state: 'done',
    reason: `review ${kind}: waited since ${since} for ${parked.waitingFor}`,
    details: { ...parked.details, waitingFor: parked.waitingFor, parkedSince: parkedSince.toISOString() },
    record: async (tx: Repositories) => {
      await parked.record?.(tx);
      await tx.reviews.open({
        kind,
        subject: subjectOf(event),
        amount: null,
        reasons: [`Waiting since ${since} without result: ${parked.reason}`],
        candidates: [],
        eventId: event.id,
      });
    },
  };
}
