import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Desk } from '@mlc/platform/accounts/desk';
import { firstSetUpLink, withdrawLink } from '@mlc/platform/accounts/entry-links';
import type { Running, Runtime } from '@mlc/platform/lifecycle/runtime';
import { type FlowQueues, openQueues } from '@mlc/platform/queue/queues';
import { type Connections, openConnections } from '@mlc/worker';
import { type AdminToken, adminTokenOf } from './admin-token.ts';
import { BOARD_PATH, consoleApp } from './app.ts';
import { queueBoard } from './board/board.ts';
import { openDesk, openDoor, tidyDoor } from './open-door.ts';
import { readWebApp } from './pages/web-app.ts';
import { repeatedly } from './repeatedly.ts';
import { openChangeFeed } from './stream/change-feed.ts';
import { startHeldAnswers } from './start-held-answers.ts';

/** What the console may share with other roles of the same process. */
export interface ConsoleOptions {
  /** They stay open when the console stops. */
  readonly queues?: FlowQueues;
  /** Left out: the providers of the configuration, opened at first use. */
  readonly connections?: Connections;
}

/** A listening console. */
export interface RunningConsole extends Running {
  readonly port: number;
  /** To be shown once when it was made just now. */
  readonly adminToken: AdminToken;
  /** Where the first account is made; null when there are accounts, or a link is out already. To be shown once. */
  readonly setUpUrl: string | null;
  /** What accounts of this console work with. */
  readonly desk: Desk;
}

const TIDY_MS = 3_600_000;

/** Starts the console where the configuration says. Rejects when the port is taken. */
export async function startConsole(runtime: Runtime, options: ConsoleOptions = {}): Promise<RunningConsole> {
  const { config, database, log, metrics, clock } = runtime;
  const adminToken = await adminTokenOf(config);
  const settings = { queueUrls: config.queueUrls, databaseUrl: database.url, log };
  const queues = options.queues ?? (await openQueues(settings));
  const desk = openDesk(runtime);
  const door = openDoor(runtime, desk, adminToken.token);
  const providers = lazyConnections(runtime, options.connections);
  const feed = openChangeFeed(database, log);
  const held = startHeldAnswers({ database, clock, log });
  const api = {
    database,
    desk,
    clock,
    log,
    config,
    queues,
    feed,
    connections: () => providers.open(),
    consoleUrl: config.consoleUrl,
    answerHeld: () => held.soon(),
  };
  const app = consoleApp({
    door,
    api,
    board: queueBoard(queues, BOARD_PATH),
    web: await readWebApp(),
    trustedProxies: config.trustedProxies,
    checkStores: () => database.pool.query('SELECT 1'),
    metrics,
    onError: (error, correlationId) => log.error('console request failed', { error, correlationId }),
  });
  const tidying = repeatedly(TIDY_MS, () => tidyDoor(door), log);
  const server = createServer(app);
  const stopParts = async (): Promise<void> => {
    await Promise.all([held.stop(), tidying.stop(), feed.stop()]);
    await providers.close();
    if (options.queues === undefined) await queues.close();
  };
  // Before it listens: who finds the console ready may stop it at once.
  const link = await firstSetUpLink(desk);
  try {
    await listen(server, config);
  } catch (error) {
    // Nobody saw it: the next start makes another.
    if (link !== null) await withdrawLink(desk, link.token);
    await stopParts();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  log.info('console listening', { host: config.listenHost, port });
  return {
    port,
    adminToken,
    setUpUrl: link === null ? null : `${config.consoleUrl}/setup?token=${link.token}`,
    desk,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await stopParts();
    },
  };
}

function listen(server: Server, { ports, listenHost }: Runtime['config']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(ports.console, listenHost, resolve);
  });
}

/** Providers are needed for a choice and a ping only. */
function lazyConnections(runtime: Runtime, shared: Connections | undefined) {
  let own: Connections | null = null;
  return {
    open: (): Connections => shared ?? (own ??= openConnections(runtime)),
    close: async (): Promise<void> => own?.close(),
  };
}
