import { FLOW_NAMES, type FlowName } from '@mlc/core';
import { countQueued, foldTallies, wakeDispatchers, wakeDue } from './dispatch.ts';
import { retakeQueued, returnFlowless } from './take.ts';
import { addAgain, DISPATCH_BATCH } from './dispatch-batch.ts';
import { releaseLate } from '../set-up/business-mode.ts';
import type { FlowEngine } from './engine.ts';
import type { FlowQueues, QueueCounts } from './queues.ts';

/** What a sweep put right. */
export interface Swept {
  /** Parked events whose time had come. */
  readonly woken: number;
  /** Queued events whose jobs were added again because the queue had lost some. */
  readonly requeued: number;
}

/** Most events one sweep wakes or adds again per flow; the next one goes on. */
const SWEEP_MAX = 20_000;
/** Events queued this long are added again even when the numbers fit: stale jobs may hide a missing one. */
const SUSPICIOUS_AFTER_MS = 15 * 60_000;

/**
 * For the schedule, one worker at a time. Puts right what hints cannot: wakes parked events whose time has come, dispatches what was stored and not queued,
 * and adds queued events again whose jobs vanished (Redis emptied or restored). Jobs and rows are compared by number;
 * only rows older than one interval count as lost, the younger are on their way.
 */
export async function sweep(engine: FlowEngine, queues: FlowQueues, intervalMs: number): Promise<Swept> {
  const due = await wakeDue(engine.database, engine.clock, SWEEP_MAX);
  const woken = due + (await releaseLate(engine.database));
  await returnFlowless(engine.database, intervalMs);
  await wakeDispatchers(engine.database);
  await foldTallies(engine.database);
  const rows = await countQueued(engine.database);
  const jobs = await queues.counts();
  let requeued = 0;
  for (const flow of FLOW_NAMES) {
    const missing = jobsOf(jobs[flow]) < (rows.get(flow) ?? 0);
    const olderThanMs = missing ? intervalMs : Math.max(SUSPICIOUS_AFTER_MS, intervalMs);
    requeued += await requeue(engine, queues, flow, olderThanMs);
  }
  if (woken + requeued > 0) engine.log.info('queue.swept', { woken, requeued });
  return { woken, requeued };
}

function jobsOf(counts: QueueCounts): number {
  return counts.waiting + counts.active + counts.delayed;
}

async function requeue(
  engine: FlowEngine,
  queues: FlowQueues,
  flow: FlowName,
  olderThanMs: number,
): Promise<number> {
  let requeued = 0;
  while (requeued < SWEEP_MAX) {
    const events = await retakeQueued(engine.database, flow, { olderThanMs, limit: DISPATCH_BATCH });
    requeued += await addAgain(queues, flow, events);
    if (events.length < DISPATCH_BATCH) break;
  }
  return requeued;
}
