import { startIngress } from '@mlc/ingress';
import { startWorker } from '@mlc/worker';
import { runRole } from '../run-role.ts';
import type { Verb } from '../shell.ts';
import { addConsole } from './console.ts';

/** All roles share one pool. */
const CONNECTIONS = 20;

/** `mlc start`: all roles in one process; brings the schema up to date first. */
export const start: Verb = (call) =>
  runRole(
    call,
    'start',
    async (runtime, add) => {
      const { config } = runtime;
      const worker = await startWorker(runtime);
      add(worker);
      await addConsole(runtime, add, call.shell, { queues: worker.queues });
      const ingress = await startIngress(runtime);
      add({ stop: () => ingress.close() });
      call.shell.err(`ml-connector runs: webhooks at ${config.publicUrl}, console at ${config.consoleUrl}\n`);
    },
    { migrate: true, maxConnections: CONNECTIONS },
  );
