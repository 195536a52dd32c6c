import { LockBusyError } from '@mlc/core';
import { connectionsToPoll, type PollTarget } from '@mlc/platform/poll/runs';
import { pollConnection } from './poll-connection.ts';
import type { Polling } from './polling.ts';

/** Connections polled at once: they mostly wait for providers. */
const AT_ONCE = 4;

/** How often it is looked whether a connection is due, for an interval of `intervalMs`; several workers may look. */
export function lookIntervalMs(intervalMs: number): number {
  return Math.min(Math.max(Math.round(intervalMs / 10), 1_000), 60_000);
}

/**
 * Polls every connection of every business whose last run is `intervalMs` ago. One that fails, however, does not stop the
 * others. Returns how many were polled.
 */
export async function pollDue(polling: Polling, intervalMs: number): Promise<number> {
  const due = [...(await connectionsToPoll(polling.runtime.database, intervalMs))];
  let polled = 0;
  const take = async (): Promise<void> => {
    for (let target = due.shift(); target !== undefined; target = due.shift()) {
      if (polling.stopping?.aborted === true) return;
      if (await pollOne(polling, target)) polled += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  return polled;
}

async function pollOne(polling: Polling, target: PollTarget): Promise<boolean> {
  try {
    await pollConnection(polling, target, 0);
    return true;
  } catch (error) {
    // Somebody else is at it.
    if (error instanceof LockBusyError) return false;
    polling.runtime.log.warn('poll.failed', { ...target, error });
    return false;
  }
}
