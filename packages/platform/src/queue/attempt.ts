import {
  ConnectorError,
  type DomainEvent,
  type FlowContext,
  type FlowName,
  type FlowResult,
  type InboundEvent,
  opens,
  skipped,
  UNREADABLE_EVENT,
} from '@mlc/core';
import { loadRun } from './load-run.ts';
import { StaleRunError } from '../inbox/events.ts';
import { bury } from './bury.ts';
import type { Attempt, AttemptReport, Ended, FlowEngine } from './engine.ts';
import { endRun } from './end-run.ts';
import { inJob } from './in-job.ts';
import { settleFailure } from './settle-failure.ts';
import { eventSubject } from '../inbox/subjects.ts';
import type { JobOutcome, RunningJob } from './workers.ts';

const STALE: Ended = {
  outcome: { then: 'complete' },
  report: { decision: 'stale', failureKind: null, delayMs: null },
  reason: 'this run was over already',
};

/**
 * Runs the flow of one job's event and records how it ended, in Postgres first. Rejects only when even that could not
 * be recorded; the job then has to come back.
 */
export async function attemptEvent(engine: FlowEngine, flow: FlowName, job: RunningJob): Promise<JobOutcome> {
  const startedAt = performance.now();
  const loaded = await loadRun(engine.database, job);
  if (loaded === null) {
    engine.log.debug('flow.stale_job', { flow, eventId: job.eventId, run: job.run });
    return STALE.outcome;
  }
  const attempt: Attempt = { ...loaded, flow, number: loaded.event.attempts + job.stalls + 1 };
  const ended = await tryOnce(engine, attempt, job.stalls);
  tell(engine, attempt, ended, performance.now() - startedAt);
  return ended.outcome;
}

async function tryOnce(engine: FlowEngine, attempt: Attempt, stalls: number): Promise<Ended> {
  try {
    if (stalls > 0 && attempt.number > engine.budget.maxAttempts) return await diedInHand(engine, attempt);
    return await runToItsEnd(engine, attempt);
  } catch (error) {
    if (error instanceof StaleRunError) return STALE;
    return await settleFailure(engine, attempt, error).catch((failure: unknown) => {
      if (failure instanceof StaleRunError) return STALE;
      throw failure;
    });
  }
}

/** What the flow locked stays locked until its outcome is recorded. */
function runToItsEnd(engine: FlowEngine, attempt: Attempt): Promise<Ended> {
  return inJob(engine, attempt.event.businessId, async (context) =>
    endRun(context, attempt, await runFlow(engine, attempt, context)),
  );
}

async function runFlow(engine: FlowEngine, attempt: Attempt, context: FlowContext): Promise<FlowResult> {
  const { event } = attempt;
  const flow = engine.flows.find((candidate) => candidate.name === attempt.flow);
  if (flow === undefined) throw noSuchFlow(attempt.flow);
  const meaning = engine.translate(event);
  const nothing = nothingToRun(event, meaning);
  if (nothing !== null) return nothing;
  return flow.run({ ...context, event }, meaning);
}

/** An older version than the one that stored the event: a newer worker takes it when it comes back. */
function noSuchFlow(flow: FlowName): ConnectorError {
  const message = `this version has no flow ${flow}`;
  return new ConnectorError({ kind: 'not-ready', provider: 'mlc', operation: flow, message });
}

/** Flows never see what cannot be read or means nothing; null when there is something to run. */
export function nothingToRun(event: InboundEvent, meaning: DomainEvent): FlowResult | null {
  if (meaning.kind === 'irrelevant') return skipped('not-followed', meaning.why);
  if (meaning.kind !== 'unreadable' && event.type !== UNREADABLE_EVENT) return null;
  const why = meaning.kind === 'unreadable' ? meaning.why : 'the event could not be read';
  const subject = meaning.kind === 'unreadable' ? meaning.subject : undefined;
  return {
    state: 'done',
    reason: `review unreadable_event: ${why}`,
    effects: [
      opens({
        kind: 'unreadable_event',
        subject: subject ?? eventSubject(event),
        amount: null,
        reasons:
          subject === undefined
            ? [
                `An authentic ${event.provider} webhook could not be read: ${why}.`,
                'Look at the event, then at the object it was about, and do by hand what is needed.',
              ]
            : [
                `${event.provider} lists ${subject.type} ${subject.id}, which could not be read: ${why}.`,
                'Look at it there, and do by hand what is needed: it is neither in the books nor in the ledger.',
              ],
        candidates: [],
        eventId: event.id,
      }),
    ],
  };
}

/** A run that took its worker down as often as the budget allows would go on doing so for ever. */
async function diedInHand(engine: FlowEngine, attempt: Attempt): Promise<Ended> {
  const attempts = attempt.number - 1;
  const error = new Error(`the worker stopped in the middle of this event; ${attempts} attempts are used up`);
  await bury(engine.database, engine.clock, { ...attempt, failureKind: 'transient', error, attempts });
  return {
    outcome: { then: 'fail', message: error.message },
    report: { decision: 'dead', failureKind: 'transient', delayMs: null },
    reason: error.message,
  };
}

/** The one wide line per attempt. */
function tell(engine: FlowEngine, attempt: Attempt, ended: Ended, elapsedMs: number): void {
  const { event, flow } = attempt;
  const report: AttemptReport = { flow, durationMs: Math.round(elapsedMs), ...ended.report };
  const level = report.decision === 'dead' ? 'error' : 'info';
  engine.log[level]('flow.attempted', {
    ...report,
    eventId: event.id,
    externalEventId: event.externalEventId,
    eventType: event.type,
    resourceId: event.resourceId,
    businessId: event.businessId,
    correlationId: event.correlationId,
    run: attempt.run,
    attempt: attempt.number,
    maxAttempts: engine.budget.maxAttempts,
    reason: ended.reason,
  });
  engine.onAttempt?.(report);
}
