import { FLOW_NAMES, type FlowName } from '@mlc/core';
import type { JobType, Queue } from 'bullmq';

/** Whether a queue's jobs are taken, and how long the oldest one waits. */
export interface QueueHold {
  /** A person holds it: what runs ends, nothing else begins. */
  readonly isPaused: boolean;
  /** When the oldest job that could run was queued; null when none waits. */
  readonly oldestAt: Date | null;
}

const WAITING_STATES: JobType[] = ['waiting', 'paused' as JobType, 'prioritized'];

/** How each queue is held. */
export async function holdsOf(
  queues: Readonly<Record<FlowName, Queue>>,
): Promise<Record<FlowName, QueueHold>> {
  const entries = await Promise.all(
    FLOW_NAMES.map(async (flow) => [flow, await holdOf(queues[flow])] as const),
  );
  return Object.fromEntries(entries) as Record<FlowName, QueueHold>;
}

async function holdOf(queue: Queue): Promise<QueueHold> {
  const [isPaused, [oldest]] = await Promise.all([
    queue.isPaused(),
    queue.getJobs(WAITING_STATES, 0, 0, true),
  ]);
  return { isPaused, oldestAt: oldest === undefined ? null : new Date(oldest.timestamp) };
}
