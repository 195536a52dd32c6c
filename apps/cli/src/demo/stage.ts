import { type RunningConsole, startConsole } from '@mlc/console';
import { startIngress } from '@mlc/ingress';
import type { ProofQuestion, ProviderProof } from '@mlc/core';
import { drain, openLocks, storeFor } from '@mlc/platform';
import { makeLink } from '@mlc/platform/accounts/entry-links';
import { addPerson } from '@mlc/platform/accounts/people';
import { EVERY_BUSINESS } from '@mlc/platform/accounts/roles';
import { type Preview, previewCollections } from '@mlc/flows';
import { sha256Hex } from '@mlc/platform/clock/system';
import { readConfig } from '@mlc/platform/config/read-config';
import { openRuntime, type OpenRuntime, type Running } from '@mlc/platform/lifecycle/runtime';
import { type Sandbox, SANDBOX_APP, SandboxClock, startSandbox } from '@mlc/sandbox';
import { fetchProofs, openConnections, pollBusiness, type RunningWorker, startWorker } from '@mlc/worker';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBusiness } from './business.ts';
import { SANDBOX_START } from './month.ts';

/** Everything a business needs, running in this process against simulated providers. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly runtime: OpenRuntime;
  readonly businessId: string;
  readonly consoleUrl: string;
  /** Signs its holder in, once. */
  readonly signInUrl: string;
  /** Resolves when every webhook is delivered and nothing can run any more. */
  settle(): Promise<void>;
  /** Runs the safety net, then what it found. */
  poll(): Promise<void>;
  /** What GoCardless and PayPal themselves say they held at the end of a day. */
  proofs(question: ProofQuestion): Promise<readonly ProviderProof[]>;
  /** What would be collected now. */
  preview(): Promise<Preview>;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Longer than BullMQ takes to find a job again that a busy machine lost (30 s, queue by queue). */
const SETTLE_MS_MAX = 120_000;
/** Webhooks and work that cause each other end after a few rounds; more means something goes in circles. */
const ROUNDS_MAX = 50;

/** Starts sandbox, stores, worker, ingress and console, and connects one business. */
export async function setStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'mlc-demo-'));
  // As root the embedded Postgres runs as another user, who has to get into the folder.
  await chmod(folder, 0o755);
  const parts: Running[] = [{ stop: () => rm(folder, { recursive: true, force: true }) }];
  const sandbox = await startSandbox({
    freshbooksPort: 0,
    gocardlessPort: 0,
    paypalPort: 0,
    clock: new SandboxClock({ start: SANDBOX_START }),
  });
  parts.push({ stop: () => sandbox.close() });
  const config = readConfig(await environment(folder, sandbox), folder);
  const runtime = await openRuntime(config, 'demo', { clock: sandbox.clock, maxConnections: 20 });
  parts.push({ stop: () => runtime.close() });
  const worker = await startWorker(runtime);
  const webConsole = await startConsole(runtime, { queues: worker.queues });
  const ingress = await startIngress(runtime);
  parts.push(worker, webConsole, { stop: () => ingress.close() });
  const businessId = await connectBusiness(runtime, sandbox);
  const net = openNet(runtime, businessId);
  parts.push(net);
  return {
    sandbox,
    runtime,
    businessId,
    consoleUrl: config.consoleUrl,
    signInUrl: await signInUrl(config.consoleUrl, webConsole),
    settle: () => settle(sandbox, runtime, worker),
    proofs: (question) => net.proofs(question),
    preview: () => net.preview(),
    poll: async () => {
      await net.poll();
      await settle(sandbox, runtime, worker);
    },
    stop: async () => {
      for (const part of parts.toReversed()) await part.stop();
    },
  };
}

/** An admin of everything, and the link that lets somebody at this screen in as them. */
async function signInUrl(consoleUrl: string, { desk }: RunningConsole): Promise<string> {
  const personId = await desk.database.transaction((tx) =>
    addPerson(tx, desk, {
      name: 'Demo',
      email: 'demo@demo.test',
      passwordHash: null,
      memberships: [{ businessId: EVERY_BUSINESS, roles: ['admin'] }],
    }),
  );
  const { token } = await makeLink(desk, { kind: 'sign-in', personId, by: 'demo' });
  return `${consoleUrl}/sign-in/link?token=${token}`;
}

type Net = Running & Pick<Stage, 'poll' | 'proofs' | 'preview'>;

const pause = async (ms: number): Promise<void> => {
  await sleep(ms);
};

/** The safety net of the one business, on demand, and what its providers say. */
function openNet(runtime: OpenRuntime, businessId: string): Net {
  const locks = openLocks(runtime.database.url, runtime.log);
  const connections = openConnections(runtime);
  const store = storeFor(runtime.database, businessId, { clock: runtime.clock });
  return {
    poll: async () => {
      for (const report of await pollBusiness({ runtime, locks, connections, businessId })) {
        if (report.failure !== null) throw new Error(`polling ${report.provider}: ${report.failure}`);
      }
    },
    proofs: async (question) =>
      fetchProofs({ ...(await connections.of(businessId)), clock: runtime.clock, store, pause }, question),
    preview: async () =>
      previewCollections({ ...(await connections.of(businessId)), ...previewing(runtime), store }, { pause }),
    stop: async () => {
      await connections.close();
      await locks.close();
    },
  };
}

function previewing({ clock, log, config }: OpenRuntime) {
  return { clock, log, sha256: sha256Hex, settleDelayMs: config.retry.settleDelayMs };
}

async function environment(folder: string, sandbox: Sandbox): Promise<Record<string, string>> {
  const caFile = join(folder, 'paypal-ca.pem');
  await writeFile(caFile, sandbox.paypal.caBundle);
  const [ingressPort, consolePort, workerPort] = [
    await freePort(4000),
    await freePort(4001),
    await freePort(4002),
  ];
  return {
    MLC_DATA_DIR: join(folder, 'data'),
    INGRESS_PORT: String(ingressPort),
    CONSOLE_PORT: String(consolePort),
    WORKER_PORT: String(workerPort),
    MLC_PUBLIC_URL: `http://${HOST}:${ingressPort}`,
    MLC_CONSOLE_URL: `http://${HOST}:${consolePort}`,
    FRESHBOOKS_API_URL: sandbox.urls.freshbooks,
    FRESHBOOKS_AUTH_URL: sandbox.urls.freshbooks,
    FRESHBOOKS_CLIENT_ID: SANDBOX_APP.clientId,
    FRESHBOOKS_CLIENT_SECRET: SANDBOX_APP.clientSecret,
    FRESHBOOKS_REDIRECT_URI: `https://${HOST}:${consolePort}/oauth/freshbooks`,
    GOCARDLESS_API_URL: sandbox.urls.gocardless,
    PAYPAL_API_URL: sandbox.urls.paypal,
    PAYPAL_CERT_URL_PREFIX: sandbox.paypal.certUrlPrefix,
    PAYPAL_CERT_CA_FILE: caFile,
    MLC_BACKOFF_BASE_MS: '50',
    MLC_BACKOFF_CAP_MS: '1000',
    MLC_SETTLE_DELAY_MS: '500',
    MLC_SWEEP_INTERVAL_S: '1',
    LOG_LEVEL: 'error',
    LOG_FORMAT: 'pretty',
  };
}

/** The usual port when nobody has it, else any. */
async function freePort(preferred: number): Promise<number> {
  return (await tryPort(preferred)) ?? (await tryPort(0)) ?? preferred;
}

function tryPort(port: number): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(port, HOST, () => {
      const taken = (server.address() as AddressInfo).port;
      server.close(() => resolve(taken));
    });
  });
}

/** What we write comes back as webhooks: settled is when a round sends nothing new. */
async function settle(sandbox: Sandbox, { database }: OpenRuntime, worker: RunningWorker): Promise<void> {
  const sent = (): number =>
    [sandbox.freshbooks, sandbox.gocardless, sandbox.paypal].reduce(
      (sum, { deliveries }) => sum + deliveries.log.length,
      0,
    );
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await sandbox.idle();
    const before = sent();
    const { drained, status } = await drain(database, worker.queues, { timeoutMs: SETTLE_MS_MAX });
    if (!drained) throw new Error(`the queues do not drain: ${JSON.stringify(status)}`);
    await sandbox.idle();
    if (sent() === before) return;
  }
  throw new Error('webhooks and work cause each other without end');
}
