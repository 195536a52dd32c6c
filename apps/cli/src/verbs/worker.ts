import type { FlowName } from '@mlc/core';
import { startWorker } from '@mlc/worker';
import { runRole } from '../run-role.ts';
import type { Verb } from '../shell.ts';

/** `mlc worker`: consumes flows and competes for the scheduled jobs. */
export const worker: Verb<{ flows?: readonly FlowName[] }> = (call) => {
  const { flows } = call.options;
  return runRole(call, 'worker', async (runtime, add) => {
    const running = await startWorker(runtime, flows === undefined ? {} : { flows });
    add(running);
    runtime.log.info('worker running', { flows: flows ?? 'all', healthPort: running.healthPort });
  });
};
