import type { FlowName, Notices } from '@mlc/core';
import {
  consumeFlow,
  type FlowEngine,
  type FlowQueues,
  openLocks,
  openNotices,
  openQueues,
  type Running,
  type Runtime,
  startDispatcher,
  startHealthServer,
} from '@mlc/platform';
import { flowMetrics } from '@mlc/platform/metrics/flow-metrics';
import { composeEngine, schedulesOf } from './compose.ts';
import { type Connections, openConnections } from './connectors.ts';
import { startSchedules } from './schedules.ts';

/** How a worker may differ from the usual. */
export interface WorkerOptions {
  /** Consume these flows only; left out: all there are. */
  readonly flows?: readonly FlowName[];
  /** Jobs of one flow at a time. */
  readonly concurrency?: number;
  /** Left out: mails as the configuration says, else log lines. */
  readonly notices?: Notices;
  /** Where health and metrics are served; left out: WORKER_PORT. */
  readonly healthPort?: number;
  /** Queues shared with another role of the same process; they stay open when the worker stops. */
  readonly queues?: FlowQueues;
  /** Left out: the providers of the configuration. */
  readonly connections?: Connections;
}

/** A running worker. */
export interface RunningWorker extends Running {
  readonly queues: FlowQueues;
  readonly healthPort: number;
}

/** Jobs of one flow at a time in one process: they mostly wait for providers. */
const CONCURRENCY = 20;
/** Jobs in hand get this long when stopping; `mlc` has 25 s in all. What is left is taken over by another worker. */
const STOP_MS_MAX = 20_000;

/** Starts consuming, dispatching and the schedules. */
export async function startWorker(runtime: Runtime, options: WorkerOptions = {}): Promise<RunningWorker> {
  const { log, database, config } = runtime;
  const queues =
    options.queues ?? (await openQueues({ queueUrls: config.queueUrls, databaseUrl: database.url, log }));
  const locks = openLocks(database.url, log);
  const connections = options.connections ?? openConnections(runtime);
  const metrics = flowMetrics(runtime.metrics, queues);
  const engine: FlowEngine = {
    ...composeEngine({ runtime, locks, connections }),
    onAttempt: (report) => metrics.attempted(report),
  };
  const dispatcher = startDispatcher(engine, queues);
  const concurrency = options.concurrency ?? CONCURRENCY;
  for (const { name } of engine.flows) {
    if (options.flows?.includes(name) ?? true) consumeFlow({ engine, queues, dispatcher }, name, concurrency);
  }
  const notices = openNotices(config.mail, log);
  const schedules = startSchedules(
    schedulesOf(engine, {
      runtime,
      queues,
      locks,
      connections,
      notices: options.notices ?? notices,
    }),
    locks,
    log,
  );
  const stop = async (): Promise<void> => {
    await Promise.all([dispatcher.stop(), schedules.stop(), queues.stopConsuming(STOP_MS_MAX)]);
    if (options.queues === undefined) await queues.close();
    await locks.close();
    if (options.connections === undefined) await connections.close();
    notices.close();
    metrics.close();
  };
  const health = await serveHealth(runtime, queues, options).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    queues,
    healthPort: health.port,
    stop: async () => {
      await stop();
      await health.stop();
    },
  };
}

function serveHealth({ config, metrics, database }: Runtime, queues: FlowQueues, options: WorkerOptions) {
  return startHealthServer({
    host: config.listenHost,
    port: options.healthPort ?? config.ports.worker,
    metrics,
    checkStores: () => Promise.all([database.pool.query('SELECT 1'), queues.counts()]),
  });
}
