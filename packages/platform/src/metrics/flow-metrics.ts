import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { FLOW_NAMES } from '@mlc/core';
import type { AttemptReport } from '../queue/engine.ts';
import type { FlowQueues } from '../queue/queues.ts';

/** Upper bounds of the buckets, in s. */
const DURATION_BUCKETS_S = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const ATTEMPTS = 'mlc_flow_attempts_total';
const SECONDS = 'mlc_flow_attempt_seconds';
const JOBS = 'mlc_queue_jobs';
const NAMES = [ATTEMPTS, SECONDS, JOBS];

/** What the worker counts; `close` takes it off the registry again. */
export interface FlowMetrics {
  attempted(report: AttemptReport): void;
  close(): void;
}

/**
 * Registers `mlc_flow_attempts_total{flow,decision,failure}`, `mlc_flow_attempt_seconds{flow}` and
 * `mlc_queue_jobs{flow,state}`, which is asked of the queue whenever the metrics are read.
 */
export function flowMetrics(registry: Registry, queues: Pick<FlowQueues, 'counts'>): FlowMetrics {
  const attempts = new Counter({
    name: ATTEMPTS,
    help: 'Attempts of flow runs by what was decided and, after a failure, its kind',
    labelNames: ['flow', 'decision', 'failure'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: SECONDS,
    help: 'Duration of one attempt of a flow run',
    labelNames: ['flow'],
    buckets: DURATION_BUCKETS_S,
    registers: [registry],
  });
  new Gauge({
    name: JOBS,
    help: 'Jobs in the queue of a flow by state',
    labelNames: ['flow', 'state'],
    registers: [registry],
    async collect() {
      const counts = await queues.counts().catch(() => null);
      this.reset();
      if (counts === null) return;
      for (const flow of FLOW_NAMES) {
        for (const [state, count] of Object.entries(counts[flow])) this.set({ flow, state }, count as number);
      }
    },
  });
  return {
    attempted: ({ flow, decision, failureKind, durationMs }) => {
      attempts.inc({ flow, decision, failure: failureKind ?? 'none' });
      seconds.observe({ flow }, durationMs / 1_000);
    },
    close: () => {
      for (const name of NAMES) registry.removeSingleMetric(name);
    },
  };
}
