import { z } from 'zod';

/** All that a job carries: ids only, because job data is clear text in Redis and on the board. */
export const flowJobSchema = z.strictObject({
  eventId: z.string().regex(/^[1-9]\d{0,18}$/),
  correlationId: z.string().min(1).max(200),
});
export type FlowJob = z.infer<typeof flowJobSchema>;

/** An event on its way into a queue. `run` counts the times it was put back to be run again. */
export interface QueuedEvent extends FlowJob {
  readonly run: number;
}

const JOB_ID = /^e([1-9]\d{0,18})-(\d{1,9})$/;

/**
 * A queue's id for one run of one event: adding it twice is ignored while it is there, and a replay is a new job.
 * BullMQ refuses ids with `:` and ids that are all digits.
 */
export function jobIdFor(eventId: string, run: number): string {
  return `e${eventId}-${run}`;
}

/** Reads a job as the queue hands it out; null when it is not one of ours. */
export function parseJob(jobId: string | undefined, payload: unknown): QueuedEvent | null {
  const match = JOB_ID.exec(jobId ?? '');
  const parsed = flowJobSchema.safeParse(payload);
  if (match === null || !parsed.success || match[1] !== parsed.data.eventId) return null;
  return { ...parsed.data, run: Number(match[2]) };
}
