import {
  ACCOUNT_HELD,
  ConnectorError,
  decideRetry,
  LockBusyError,
  type Effect,
  type FlowResult,
  opens,
  type RetryDecision,
  step,
  waitForGoLive,
  WriteHeldError,
} from '@mlc/core';
import { bury } from './bury.ts';
import { noteRetry } from './dispatch.ts';
import { endRun } from './end-run.ts';
import type { Attempt, Ended, FlowEngine } from './engine.ts';
import { connectionSubject } from '../inbox/subjects.ts';

/** A busy lock is looked at again after this long plus up to LOCK_BUSY_SPREAD_MS. */
const LOCK_BUSY_MS = 200;
const LOCK_BUSY_SPREAD_MS = 600;

/**
 * What happens after a failed attempt: the table is `decideRetry` in core, this carries its decision out. Anything
 * thrown that is neither a ConnectorError nor a busy lock is a mistake of ours: logged as an error, retried like a
 * transient failure (a restart of Postgres looks the same), dead when attempts run out.
 */
export async function settleFailure(engine: FlowEngine, attempt: Attempt, error: unknown): Promise<Ended> {
  if (error instanceof LockBusyError) {
    return comeBack(
      LOCK_BUSY_MS + Math.floor(engine.random() * LOCK_BUSY_SPREAD_MS),
      'lock-busy',
      error.message,
    );
  }
  if (error instanceof WriteHeldError) return hold(engine, attempt, error);
  const failure = asFailure(engine, attempt, error);
  const decision = decideRetry(
    {
      kind: failure.kind,
      attempt: attempt.number,
      ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
      // A business without such a connection has no id to wait for: its provider's name takes the place.
      connectionId: failure.connectionId ?? failure.provider,
      ...(attempt.unseenSince === null
        ? {}
        : { waitedMs: engine.clock.now().getTime() - attempt.unseenSince.getTime() }),
    },
    engine.budget,
    engine.random(),
  );
  return carryOut(engine, attempt, failure, decision);
}

/** Flows end so themselves where they know it in time; this is for what only the guard at the ports stopped. */
function hold(engine: FlowEngine, attempt: Attempt, held: WriteHeldError): Promise<Ended> {
  const store = engine.storeOf(attempt.event.businessId);
  return endRun({ clock: engine.clock, store }, attempt, waitForGoLive(held));
}

function asFailure(engine: FlowEngine, attempt: Attempt, error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const { event, flow } = attempt;
  engine.log.error('flow.mistake', { flow, eventId: event.id, correlationId: event.correlationId, error });
  const message = error instanceof Error ? error.message : String(error);
  return new ConnectorError({ kind: 'transient', provider: 'mlc', operation: flow, message, cause: error });
}

async function carryOut(
  engine: FlowEngine,
  attempt: Attempt,
  failure: ConnectorError,
  decision: RetryDecision,
): Promise<Ended> {
  switch (decision.action) {
    case 'retry':
      await noteRetry(engine.database, {
        eventId: attempt.event.id,
        run: attempt.run,
        delayMs: decision.delayMs,
        counted: decision.counted,
        unseenAt: failure.kind === 'not-ready' ? engine.clock.now() : null,
        rateLimited: failure.kind === 'rate-limited',
      });
      return comeBack(decision.delayMs, failure.kind, failure.message);
    case 'park': {
      const store = engine.storeOf(attempt.event.businessId);
      const parked = parkedBy(engine, attempt, failure, decision);
      const ended = await endRun({ clock: engine.clock, store }, attempt, parked);
      return { ...ended, report: { ...ended.report, failureKind: failure.kind, delayMs: decision.delayMs } };
    }
    case 'dead':
      await bury(engine.database, engine.clock, {
        ...attempt,
        failureKind: failure.kind,
        error: failure,
        attempts: attempt.number,
      });
      return {
        outcome: { then: 'fail', message: failure.message },
        report: { decision: 'dead', failureKind: failure.kind, delayMs: null },
        reason: failure.message,
      };
  }
}

function comeBack(delayMs: number, failureKind: string, reason: string): Ended {
  return { outcome: { then: 'delay', delayMs }, report: { decision: 'retry', failureKind, delayMs }, reason };
}

function parkedBy(
  engine: FlowEngine,
  attempt: Attempt,
  failure: ConnectorError,
  decision: Extract<RetryDecision, { action: 'park' }>,
): FlowResult {
  return {
    state: 'parked',
    reason: failure.message,
    waitingFor: decision.waitingFor,
    recheckAt: new Date(engine.clock.now().getTime() + decision.delayMs),
    details: { failureKind: failure.kind, operation: failure.operation, status: failure.status ?? null },
    effects: failure.kind === 'unauthorised' ? [askToReauthorise(attempt, failure)] : [],
  };
}

function reasonsOf({ provider, message, reason }: ConnectorError): string[] {
  if (reason === ACCOUNT_HELD) return [`${message}.`];
  return [
    `${provider} no longer accepts our credentials: ${message}`,
    'Connect it again; what waits for it then runs by itself.',
  ];
}

/** One open review per connection, however many events wait for it; whoever opened it knew its reasons best. */
function askToReauthorise(attempt: Attempt, failure: ConnectorError): Effect {
  const subject = connectionSubject(failure.provider, failure.connectionId ?? failure.provider);
  const about = { subject, amount: null, reasons: reasonsOf(failure), candidates: [] };
  return step('looks', async (tx) => {
    const open = await tx.reviews.openOn(subject);
    if (open.some(({ kind }) => kind === 'reauthorise')) return [];
    return [opens({ kind: 'reauthorise', ...about, eventId: attempt.event.id })];
  });
}
