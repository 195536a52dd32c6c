import { FLOW_NAMES } from '@mlc/core';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../postgres/database.ts';
import { loadRun } from './load-run.ts';
import { systemClock } from '../clock/system.ts';
import type { FlowQueues } from './queues.ts';
import { countPending, type Status, statusOf } from './status.ts';

/** How to wait. */
export interface DrainOptions {
  readonly timeoutMs: number;
  readonly businessId?: string | undefined;
  /** Told after every look how many events are still to run, for progress on stderr. */
  readonly onLook?: (pending: number) => void;
}

const LOOK_EVERY_MS = 100;
const STALE_DELAYED_MAX = 10_000;

/**
 * Waits until nothing can run any more. Postgres is the truth: one statement finds no event stored or queued, so there
 * is no gap between states to slip through (an event leaves `queued` only in the transaction of its effect, and what
 * that wakes is stored by then). The queue is asked after it, because a job may still be on its way out; delayed jobs
 * of events that need no run any more are taken out of it. With `businessId` only that business's events count.
 */
export async function drain(
  database: Database,
  queues: FlowQueues,
  options: DrainOptions,
): Promise<{ readonly drained: boolean; readonly status: Status }> {
  const deadline = systemClock.now().getTime() + options.timeoutMs;
  for (;;) {
    const pending = await countPending(database, options.businessId);
    options.onLook?.(pending);
    const late = systemClock.now().getTime() >= deadline;
    if (pending === 0 || late) {
      const status = await statusOf(database, queues, { businessId: options.businessId });
      if (isDrained(status, options.businessId)) return { drained: true, status };
      if (late) return { drained: false, status };
      if (status.ready && options.businessId === undefined) await dropStaleDelayed(database, queues);
    }
    await pause(LOOK_EVERY_MS);
  }
}

function isDrained(status: Status, businessId: string | undefined): boolean {
  if (!status.ready || status.events.pending > 0) return false;
  const jobs = FLOW_NAMES.map((flow) => status.queues[flow]);
  return (
    businessId !== undefined || jobs.every((queue) => queue.waiting + queue.active + queue.delayed === 0)
  );
}

/** A retry that waits for its time although another event covered its own meanwhile. */
async function dropStaleDelayed(database: Database, queues: FlowQueues): Promise<void> {
  for (const flow of FLOW_NAMES) {
    const delayed = await queues.delayed(flow, STALE_DELAYED_MAX);
    const runs = await Promise.all(delayed.map(async (job) => ({ job, live: await loadRun(database, job) })));
    await queues.remove(
      flow,
      runs.flatMap(({ job, live }) => (live === null ? [job] : [])),
    );
  }
}
