import { startIngress } from '@mlc/ingress';
import { runRole } from '../run-role.ts';
import type { Verb } from '../shell.ts';

/** `mlc ingress`: webhooks in; stateless, scale freely. */
export const ingress: Verb = (call) =>
  runRole(call, 'ingress', async (runtime, add) => {
    const running = await startIngress(runtime);
    add({ stop: () => running.close() });
  });
