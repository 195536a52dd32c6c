import { applyEffects, type FlowContext, type FlowResult, type Store } from '@mlc/core';
import type { Attempt, Ended } from './engine.ts';
import { endOfPark, settlingWhatWaited } from './end-of-park.ts';
import { subjectOf } from '../inbox/subjects.ts';

/** Effects, event state and audit entry in one transaction. Parked for too long ends in a review. */
export async function endRun(
  { clock, store }: Pick<FlowContext, 'clock' | 'store'>,
  attempt: Pick<
    Attempt,
    'event' | 'run' | 'flow' | 'number' | 'parkedSince' | 'unseenSince' | 'goesAheadFor'
  >,
  result: FlowResult,
): Promise<Ended> {
  const ending =
    result.state === 'parked'
      ? await endOfPark({ clock, store }, attempt, result)
      : settlingWhatWaited(attempt, result);
  await record(store, attempt, ending);
  return {
    outcome: { then: 'complete' },
    report: { decision: ending.state, failureKind: null, delayMs: null },
    reason: ending.reason,
  };
}

async function record(
  store: Store,
  attempt: Pick<Attempt, 'event' | 'run' | 'flow' | 'number' | 'goesAheadFor'>,
  ending: FlowResult,
): Promise<void> {
  const { event, run } = attempt;
  await store.transaction(async (tx) => {
    await applyEffects(tx, ending.effects);
    await tx.events.finish(event.id, {
      state: ending.state,
      reason: ending.reason,
      ...becauseOf(ending),
      waitingFor: ending.state === 'parked' ? ending.waitingFor : null,
      recheckAt: ending.state === 'parked' ? ending.recheckAt : null,
      run,
    });
    if (gotThrough(attempt, ending)) await tx.events.wake(attempt.goesAheadFor);
    await tx.audit.append({
      actor: 'system',
      action: `event.${ending.state}`,
      subject: subjectOf(event),
      correlationId: event.correlationId,
      details: {
        reason: ending.reason,
        ...ending.details,
        ...(ending.state === 'parked' ? { waitingFor: ending.waitingFor } : {}),
        ...becauseOf(ending),
        flow: attempt.flow,
        eventId: event.id,
        eventType: event.type,
        externalEventId: event.externalEventId,
        attempt: attempt.number,
      },
    });
  });
}

/** It went ahead of the events that wait for a connection, and does not wait for it any more: they may follow. */
function gotThrough<A extends Pick<Attempt, 'goesAheadFor'>>(
  attempt: A,
  ending: FlowResult,
): attempt is A & { readonly goesAheadFor: string } {
  const { goesAheadFor } = attempt;
  return goesAheadFor !== null && !(ending.state === 'parked' && ending.waitingFor === goesAheadFor);
}

/** The code of an ending without effect, where it stands in records. */
export function becauseOf(ending: FlowResult) {
  return ending.state === 'skipped' ? { because: ending.because } : {};
}
