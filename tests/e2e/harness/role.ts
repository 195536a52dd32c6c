import { freePort } from '@mlc/testkit/setup/free-port';
import { type MlcProcess, type Place, startMlc } from './mlc-process.ts';
import { until } from './until.ts';

/** A process of `mlc` that serves its health somewhere. */
export interface Role extends MlcProcess {
  readonly url: string;
}

const READY_MS_MAX = 60_000;
const PORT_OF_ROLE: Readonly<Record<string, string>> = {
  ingress: 'INGRESS_PORT',
  console: 'CONSOLE_PORT',
  start: 'INGRESS_PORT',
};

/** Starts a role and waits until its `/readyz` says 200. Throws what it said when it ends instead. */
export async function startRole(place: Place, args: readonly string[]): Promise<Role> {
  const named = place.env[PORT_OF_ROLE[args[0] ?? ''] ?? ''];
  const port = named ?? String(await freePort());
  const env = named === undefined ? { ...place.env, WORKER_PORT: port } : place.env;
  const process = startMlc({ ...place, env }, args);
  const url = `http://127.0.0.1:${port}`;
  const isReady = async (): Promise<boolean> => !process.isRunning() || (await fetch(`${url}/readyz`)).ok;
  await until(`mlc ${process.name} is ready`, isReady, READY_MS_MAX);
  if (!process.isRunning()) throw new Error(`mlc ${process.name} ended: ${process.lastWords()}`);
  return { ...process, url };
}

/** Stops a role as an operator would. Throws what it said when it does not end with 0. */
export async function stopRole(role: MlcProcess): Promise<void> {
  role.signal('SIGTERM');
  const { status, signal } = await role.ended;
  if (status !== 0)
    throw new Error(`mlc ${role.name} ended with ${String(status ?? signal)}: ${role.lastWords()}`);
}
