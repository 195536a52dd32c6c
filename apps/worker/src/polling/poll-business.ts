import { LockBusyError } from '@mlc/core';
import { connectionsOfBusiness, type PollTarget } from '@mlc/platform/poll/runs';
import { pollConnection } from './poll-connection.ts';
import type { Polling, PollReport } from './polling.ts';

/** One business, now. */
export interface BusinessPoll extends Polling {
  readonly businessId: string;
  /** Only this one; all when left out. */
  readonly provider?: string | undefined;
  /** How long to wait for a run that is under way elsewhere. */
  readonly waitMs?: number;
}

/** A run under way in a worker is over within this time, usually. */
const WAIT_MS = 60_000;

/**
 * Runs the safety net over the connections of one business, one after the other, each for itself: what goes wrong with
 * one is the `failure` in its report. For `mlc poll`.
 */
export async function pollBusiness(poll: BusinessPoll): Promise<PollReport[]> {
  const { businessId, provider, waitMs = WAIT_MS } = poll;
  const targets = await connectionsOfBusiness(poll.runtime.database, businessId);
  const reports: PollReport[] = [];
  for (const target of targets.filter((one) => provider === undefined || one.provider === provider)) {
    reports.push(await pollOne(poll, target, waitMs));
  }
  return reports;
}

async function pollOne(polling: Polling, target: PollTarget, waitMs: number): Promise<PollReport> {
  try {
    return await pollConnection(polling, target, waitMs);
  } catch (error) {
    const { provider, connectionId } = target;
    const busy = error instanceof LockBusyError;
    const failure = busy ? 'another process is polling this connection: try again' : String(error);
    return { provider, seen: 0, missing: 0, recovered: 0, connectionId, failure };
  }
}
