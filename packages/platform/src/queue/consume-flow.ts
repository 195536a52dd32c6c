import type { FlowName } from '@mlc/core';
import { attemptEvent } from './attempt.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { FlowEngine } from './engine.ts';
import type { FlowQueues } from './queues.ts';

/** What takes jobs, runs them, and tells who gives them out. */
export interface Consuming {
  readonly engine: FlowEngine;
  readonly queues: Pick<FlowQueues, 'consume'>;
  readonly dispatcher: Pick<Dispatcher, 'jobEnded'>;
}

/** Starts running the jobs of one flow, at most `concurrency` at a time. */
export function consumeFlow(
  { engine, queues, dispatcher }: Consuming,
  flow: FlowName,
  concurrency: number,
): void {
  queues.consume(
    flow,
    async (job) => {
      try {
        return await attemptEvent(engine, flow, job);
      } finally {
        dispatcher.jobEnded();
      }
    },
    { concurrency },
  );
}
