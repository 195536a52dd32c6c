import { setTimeout as pause } from 'node:timers/promises';
import { type ConnectorError, LockBusyError } from '@mlc/core';
import { endPollRun } from '@mlc/platform/poll/end-poll-run';
import { listAnswered, listFailed } from '@mlc/platform/poll/failing-lists';
import { beginPollRun, type PollRun, type PollTarget } from '@mlc/platform/poll/runs';
import { awaitEnds } from './await-ends.ts';
import { askAboutLosses } from './ask-about-losses.ts';
import { askToReauthorise } from './ask-to-reauthorise.ts';
import { eventSourcesOf } from './event-sources.ts';
import type { Polling, PollReport } from './polling.ts';
import { wakePending } from './wake-pending.ts';
import { openLedger } from './open-ledger.ts';
import { nothingFound, pollSource, PollStopped, type RunSoFar } from './poll-source.ts';

/** Our clock further from Postgres' than this is a simulated one. */
const SIMULATED_MS = 60_000;
const TURN_MS = 200;
/** The worker that is to run what was found takes it within moments, and an event takes seconds at most. */
const IDLE_MS = 10_000;

/**
 * One run over one connection, one at a time. Never rejects for what a provider or a list of it does: that is the
 * report's `failure`.
 * @throws LockBusyError when another process has been polling it for longer than `waitMs`.
 */
export async function pollConnection(
  polling: Polling,
  target: PollTarget,
  waitMs: number,
): Promise<PollReport> {
  const key = `poll:${target.connectionId}`;
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return await polling.locks.withLock(key, () => runOnce(polling, target));
    } catch (error) {
      if (!(error instanceof LockBusyError) || error.key !== key || performance.now() >= deadline)
        throw error;
      await pause(TURN_MS);
    }
  }
}

async function runOnce(polling: Polling, target: PollTarget): Promise<PollReport> {
  const { database, clock, log } = polling.runtime;
  const run = await beginPollRun(database, target.connectionId);
  if (run === null) return reportOf(target, nothingFound(), 'the connection is gone');
  const clocksAgree = Math.abs(clock.now().getTime() - run.startedAt.getTime()) <= SIMULATED_MS;
  const found = nothingFound();
  const { failures, isCut } = await pollSources({ polling, run, clocksAgree, found });
  const failure = failures.length === 0 ? null : failures.join('; ');
  if (!isCut) await openLedger(polling, run);
  await wakePending(polling.runtime, run);
  const recovered = await awaitEnds(polling, found.missing, polling.idleMs ?? IDLE_MS);
  found.tally = { ...found.tally, recovered };
  const firstLostAt = clocksAgree ? found.firstLostAt : null;
  await endPollRun({ database, clock, log }, run, { ...found, firstLostAt, failure });
  const { connectionId, provider } = target;
  log[failure === null ? 'info' : 'warn']('poll.finished', {
    connectionId,
    provider,
    ...found.tally,
    failure,
  });
  return reportOf(target, found, failure);
}

function reportOf({ provider, connectionId }: PollTarget, { tally }: RunSoFar, failure: string | null) {
  const { seen, missing, recovered } = tally;
  return { provider, seen, missing, recovered, connectionId, failure };
}

interface SourcesRun {
  readonly polling: Polling;
  readonly run: PollRun;
  readonly clocksAgree: boolean;
  readonly found: RunSoFar;
}

/** `isCut`: something spoke for all lists of the connection. */
interface SourcesRead {
  readonly failures: readonly string[];
  readonly isCut: boolean;
}

/** A list that fails does not keep the connection's others from being read, unless it speaks for all of them. */
async function pollSources(sourcesRun: SourcesRun): Promise<SourcesRead> {
  const { polling, run } = sourcesRun;
  const failures: string[] = [];
  try {
    const sources = await eventSourcesOf(polling.connections, polling.runtime.clock, run);
    for (const source of sources) {
      const list = { target: run, name: source.name };
      try {
        await pollSource({ ...sourcesRun, source });
        await listAnswered(polling.runtime, list);
      } catch (error) {
        failures.push(wordsOf(error));
        if (isOfTheList(error)) await listFailed(polling.runtime, list, wordsOf(error));
        if (await concernsAll(polling, run, error)) return { failures, isCut: true };
      }
    }
    await askAboutLosses(sourcesRun, sources);
    return { failures, isCut: false };
  } catch (error) {
    return { failures: [...failures, wordsOf(error)], isCut: true };
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What says nothing about the list: that we stop, or that the connection's credentials no longer work. */
function isOfTheList(error: unknown): boolean {
  if (error instanceof PollStopped) return false;
  const { kind, connectionId } = error as Partial<ConnectorError>;
  return kind !== 'unauthorised' || connectionId === undefined;
}

async function concernsAll(polling: Polling, run: PollRun, error: unknown): Promise<boolean> {
  if (error instanceof PollStopped) return true;
  const { kind, connectionId } = error as Partial<ConnectorError>;
  if (kind === 'unauthorised' && connectionId !== undefined)
    await askToReauthorise(polling.runtime, run, error as ConnectorError);
  return kind === 'unauthorised' || kind === 'rate-limited';
}
