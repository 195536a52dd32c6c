import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Runtime } from '@mlc/platform/lifecycle/runtime';
import { ingressApp } from './app.ts';
import { type ComposedIngress, composeIngress, type IngressRuntime } from './compose.ts';
import { keepGarbageYoung } from './keep-garbage-young.ts';

/** A listening ingress. */
export interface RunningIngress {
  readonly port: number;
  /** Takes no more connections, answers what has come in, then lets go of Postgres. */
  close(): Promise<void>;
}

/** After this many ms connections that are still open are cut: `mlc` has 25 s to stop. */
const CLOSE_MS_MAX = 15_000;
/** Connections that become idle while stopping are closed this often. */
const CLOSE_IDLE_MS = 50;

/** Starts the ingress where the configuration says. Rejects when the port is taken. */
export function startIngress(runtime: Runtime): Promise<RunningIngress> {
  const { listenHost, ports } = runtime.config;
  return listenIngress(runtime, { host: listenHost, port: ports.ingress });
}

/** The same on any address; port 0 takes a free one. */
export async function listenIngress(
  runtime: IngressRuntime,
  address: { readonly host: string; readonly port: number },
): Promise<RunningIngress> {
  keepGarbageYoung();
  const composed = composeIngress(runtime);
  const { server } = ingressApp(composed.parts);
  try {
    await listen(server, address);
  } catch (error) {
    await composed.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  runtime.log.info('ingress listening', { host: address.host, port });
  return { port, close: () => closeGracefully(server, composed) };
}

function listen(server: Server, address: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function closeGracefully(server: Server, composed: ComposedIngress): Promise<void> {
  composed.stopping();
  const closed = new Promise((resolve) => server.close(resolve));
  const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS);
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS_MAX);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
  await composed.close();
}
