import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running, Runtime } from '@mlc/platform/lifecycle/runtime';
import { type FlowQueues, openQueues } from '@mlc/platform/queue/queues';
import { type AdminToken, adminTokenOf } from './admin-token.ts';
import { BOARD_PATH, consoleApp } from './app.ts';
import { queueBoard } from './board/board.ts';

/** What the console may share with other roles of the same process. */
export interface ConsoleOptions {
  /** They stay open when the console stops. */
  readonly queues?: FlowQueues;
}

/** A listening console. */
export interface RunningConsole extends Running {
  readonly port: number;
  /** To be shown once when it was made just now. */
  readonly adminToken: AdminToken;
}

/** Starts the console where the configuration says. Rejects when the port is taken. */
export async function startConsole(runtime: Runtime, options: ConsoleOptions = {}): Promise<RunningConsole> {
  const { config, database, log, metrics } = runtime;
  const adminToken = await adminTokenOf(config);
  const settings = { queueUrls: config.queueUrls, databaseUrl: database.url, log };
  const queues = options.queues ?? (await openQueues(settings));
  const app = consoleApp({
    token: adminToken.token,
    isSecure: config.consoleUrl.startsWith('https:'),
    board: queueBoard(queues, BOARD_PATH),
    checkStores: () => database.pool.query('SELECT 1'),
    metrics,
    onError: (error) => log.error('console request failed', { error }),
  });
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.ports.console, config.listenHost, resolve);
  });
  const { port } = server.address() as AddressInfo;
  log.info('console listening', { host: config.listenHost, port });
  return {
    port,
    adminToken,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      if (options.queues === undefined) await queues.close();
    },
  };
}
