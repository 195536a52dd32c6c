import { applyBusiness, openLocks, openRuntime, type OpenRuntime, readConfig } from '@mlc/platform';
import { checkBusinessFile } from '@mlc/platform/config/business-file';
import type { ProcessLocks } from '@mlc/platform/locks/locks';
import { webhookUrls } from '@mlc/platform/set-up/webhook-urls';
import { listenIngress, type RunningIngress } from '@mlc/ingress';
import { type Sandbox, SANDBOX_APP, SandboxClock, sandboxConnections, startSandbox } from '@mlc/sandbox';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { type LoggedLine, recordingLog } from '@mlc/testkit/flow-engine';
import { tmpdir } from 'node:os';
import { type Connections, openConnections } from '../../apps/worker/src/connectors.ts';
import { pollBusiness } from '../../apps/worker/src/polling/poll-business.ts';
import type { Polling, PollReport } from '../../apps/worker/src/polling/polling.ts';

const HOST = '127.0.0.1';
const EVENTS = ['invoice', 'client', 'payment'];

/** One business with its webhooks, on simulated providers that send them over HTTP. */
export interface PolledBusiness {
  readonly sandbox: Sandbox;
  readonly runtime: OpenRuntime;
  readonly polling: Polling & { readonly locks: ProcessLocks };
  readonly businessId: string;
  /** `paypal` is '' unless it was asked for. */
  readonly connectionIds: {
    readonly freshbooks: string;
    readonly gocardless: string;
    readonly paypal: string;
  };
  readonly logged: LoggedLine[];
  /** Runs the safety net; the report of each provider. */
  poll(provider?: string): Promise<Readonly<Record<string, PollReport>>>;
  /** What happens meanwhile, its webhooks delivered or lost. */
  whileWebhooksAre(state: 'delivered' | 'lost', act: () => unknown): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it all; nothing consumes the inbox. `clock`: simulated time, for the providers only or for polling as well. */
export async function openPolledBusiness(
  clock?: SandboxClock,
  whose: 'everybody' | 'providers' | 'everybody, PayPal too' = 'everybody',
): Promise<PolledBusiness> {
  const testDatabase = await createTestDatabase();
  const sandbox = await startSandbox({
    freshbooksPort: 0,
    gocardlessPort: 0,
    paypalPort: 0,
    clock: clock ?? new SandboxClock(),
  });
  const logged: LoggedLine[] = [];
  const options = clock === undefined || whose === 'providers' ? {} : { clock };
  const runtime = await openRuntime(configFor(sandbox, testDatabase), 'test', {
    log: recordingLog(logged),
    ...options,
  });
  const ingress = await listenIngress(runtime, { host: HOST, port: 0 });
  const locks = openLocks(testDatabase.url, runtime.log);
  const connections = openConnections(runtime);
  const applied = await connect(runtime, sandbox, ingress, whose === 'everybody, PayPal too');
  // Nothing consumes the inbox: there is no end to wait for.
  const polling = { runtime, locks, connections, idleMs: 0 };
  const idOf = (provider: string): string => applied.connections[provider]?.id ?? '';
  return {
    sandbox,
    runtime,
    polling,
    businessId: applied.businessId,
    connectionIds: { freshbooks: idOf('freshbooks'), gocardless: idOf('gocardless'), paypal: idOf('paypal') },
    logged,
    poll: async (provider) => {
      const reports = await pollBusiness({ ...polling, businessId: applied.businessId, provider });
      return Object.fromEntries(reports.map((report) => [report.provider, report]));
    },
    whileWebhooksAre: async (state, act) => {
      for (const { deliveries } of [sandbox.freshbooks, sandbox.gocardless])
        deliveries.set({ drop: state === 'lost' ? 'always' : 0 });
      await act();
      await sandbox.idle();
      for (const { deliveries } of [sandbox.freshbooks, sandbox.gocardless]) deliveries.set({ drop: 0 });
    },
    stop: () => stopAll({ connections, locks, ingress, runtime, sandbox, testDatabase }),
  };
}

interface Parts {
  readonly connections: Connections;
  readonly locks: ProcessLocks;
  readonly ingress: RunningIngress;
  readonly runtime: OpenRuntime;
  readonly sandbox: Sandbox;
  readonly testDatabase: TestDatabase;
}

async function stopAll({ connections, locks, ingress, runtime, sandbox, testDatabase }: Parts) {
  await connections.close();
  await locks.close();
  await ingress.close();
  await runtime.close();
  await sandbox.close();
  await testDatabase.drop();
}

function configFor(sandbox: Sandbox, testDatabase: TestDatabase) {
  return readConfig(
    {
      DATABASE_URL: testDatabase.url,
      MLC_VAULT_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      FRESHBOOKS_API_URL: sandbox.urls.freshbooks,
      FRESHBOOKS_CLIENT_ID: SANDBOX_APP.clientId,
      FRESHBOOKS_CLIENT_SECRET: SANDBOX_APP.clientSecret,
      FRESHBOOKS_REDIRECT_URI: 'https://console.test/oauth/freshbooks',
      GOCARDLESS_API_URL: sandbox.urls.gocardless,
      PAYPAL_API_URL: sandbox.urls.paypal,
    },
    tmpdir(),
  );
}

async function connect(runtime: OpenRuntime, sandbox: Sandbox, ingress: RunningIngress, hasPaypal: boolean) {
  const { database, vault, clock } = runtime;
  const file = businessFile(sandbox, hasPaypal);
  const applied = await applyBusiness(database, vault, clock, checkBusinessFile(file));
  const urls = webhookUrls(`http://${HOST}:${ingress.port}`, { ...applied, callbackEvents: EVENTS });
  if (typeof urls['gocardless'] === 'string')
    sandbox.gocardless.addEndpoint({ url: urls['gocardless'], secret: 'gc-secret' });
  const callbacks = Object.entries(typeof urls['freshbooks'] === 'object' ? urls['freshbooks'] : {}).map(
    ([event, uri], index) => {
      const verifier = `verifier-${index + 1}`;
      const { id } = sandbox.freshbooks.desk().registerCallback({ event, uri, verifier });
      return { event, callbackId: id, verifier };
    },
  );
  const { freshbooks, ...others } = file.connections;
  const connections = { freshbooks: { ...freshbooks, callbacks }, ...others };
  return applyBusiness(database, vault, clock, checkBusinessFile({ ...file, connections }));
}

function businessFile(sandbox: Sandbox, hasPaypal: boolean) {
  const { freshbooks, gocardless, paypal } = sandboxConnections(sandbox, { gocardlessSecret: 'gc-secret' });
  const connections = { freshbooks, gocardless, ...(hasPaypal ? { paypal } : {}) };
  const policy = { mode: 'live' as const };
  return { business: 'acme', displayName: 'Acme Ltd', timezone: 'Europe/London', connections, policy };
}
