import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SandboxClock } from './clock.ts';
import { FreshbooksSandbox } from './freshbooks/sandbox.ts';
import type { FreshbooksOptions } from './freshbooks/sandbox.ts';
import { GocardlessSandbox } from './gocardless/sandbox.ts';
import type { GocardlessOptions } from './gocardless/sandbox.ts';
import { PaypalSandbox } from './paypal/sandbox.ts';
import type { PaypalOptions } from './paypal/sandbox.ts';

/** How often the clock looks whether real time alone has begun a new day. */
const TICK_INTERVAL_MS = 30_000;

export interface SandboxOptions {
  /** 0: any free port. */
  readonly freshbooksPort: number;
  readonly gocardlessPort: number;
  /** Any free port when left out. */
  readonly paypalPort?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** One clock for all providers; by default a new one that shows the real time. */
  readonly clock?: SandboxClock;
  readonly freshbooks?: Partial<FreshbooksOptions>;
  readonly gocardless?: Partial<GocardlessOptions>;
  readonly paypal?: Partial<PaypalOptions>;
}

export interface Sandbox {
  readonly freshbooks: FreshbooksSandbox;
  readonly gocardless: GocardlessSandbox;
  readonly paypal: PaypalSandbox;
  readonly clock: SandboxClock;
  /** Base addresses without a trailing slash. */
  readonly urls: { readonly freshbooks: string; readonly gocardless: string; readonly paypal: string };
  /** Resolves when no provider has a webhook left to send or retry. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the simulated providers, each on its own port of `host`. Throws when a port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const clock = options.clock ?? new SandboxClock();
  const freshbooks = new FreshbooksSandbox({ ...options.freshbooks, clock });
  const gocardless = new GocardlessSandbox({ ...options.gocardless, clock });
  const paypal = await PaypalSandbox.open({ ...options.paypal, clock });
  const host = options.host ?? '127.0.0.1';
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    clearInterval(ticking);
    freshbooks.close();
    gocardless.close();
    paypal.close();
    await Promise.all(servers.map(stop));
  };
  const ticking = setInterval(() => void clock.tick(), TICK_INTERVAL_MS).unref();
  try {
    servers.push(await listen(freshbooks.app, options.freshbooksPort, host));
    servers.push(await listen(gocardless.app, options.gocardlessPort, host));
    servers.push(await listen(paypal.app, options.paypalPort ?? 0, host));
  } catch (error) {
    await close();
    throw error;
  }
  const [freshbooksUrl = '', gocardlessUrl = '', paypalUrl = ''] = servers.map((server) =>
    urlOf(server, host),
  );
  paypal.listensAt(paypalUrl);
  const idle = async (): Promise<void> => {
    await Promise.all([freshbooks.idle(), gocardless.idle(), paypal.idle()]);
  };
  return {
    freshbooks,
    gocardless,
    paypal,
    clock,
    urls: { freshbooks: freshbooksUrl, gocardless: gocardlessUrl, paypal: paypalUrl },
    idle,
    close,
  };
}

function listen(app: RequestListener, port: number, host: string): Promise<Server> {
  const server = createServer(app);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function urlOf(server: Server, host: string): string {
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
