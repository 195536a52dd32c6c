import type { Config } from '@mlc/platform/config/config';
import { heldEvents } from '@mlc/platform/set-up/business-mode';
import { listBusinesses } from '@mlc/platform/set-up/businesses';
import { type Database, openDatabase } from '@mlc/platform/postgres/database';
import { pendingMigrations } from '@mlc/platform/postgres/migrate';
import { heldConnections, heldText } from '@mlc/platform/set-up/ownership';
import { mirrorStates } from '@mlc/platform/poll/mirror-backlog';
import { openServer } from '@mlc/platform/lifecycle/open-stores';
import { systemClock } from '@mlc/platform/clock/system';
import { openQueues } from '@mlc/platform/queue/queues';
import { ownFolder } from '@mlc/platform/files/own-file';
import { vaultKeysOf } from '@mlc/platform/lifecycle/own-keys';
import { openVault } from '@mlc/platform/vault/vault';
import { explain } from './explain.ts';
import { quietLog } from './quiet-log.ts';
import type { Call } from './shell.ts';
import { configOf } from './stores.ts';

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What is so, or what to do. */
  readonly detail: string;
}

const NODE_MIN = [20, 19] as const;
const POSTGRES_MIN = 140_000;
const SKEW_MAX_MS = 5_000;

async function check(name: string, look: () => Promise<string> | string): Promise<Check> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    const detail = explain(error)
      .text.trim()
      .replace(/^mlc: (unexpected: Error: )?/, '')
      .split('\n    at ')[0];
    return { name, ok: false, detail: detail ?? 'failed' };
  }
}

function checkNode(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isEnough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  if (!isEnough)
    throw new Error(`${process.version} is too old: install Node ${NODE_MIN.join('.')} or newer`);
  return process.version;
}

async function checkPostgres(database: Database): Promise<string> {
  const { rows } = await database.pool.query<{ number: number; version: string; skew: number }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,
       extract(epoch FROM clock_timestamp() - $1::timestamptz)::float8 * 1000 AS skew`,
    [systemClock.now()],
  );
  const [row] = rows;
  if (row === undefined || row.number < POSTGRES_MIN)
    throw new Error(`PostgreSQL ${row?.version ?? '?'} is too old: 14 or newer is needed`);
  if (Math.abs(row.skew) > SKEW_MAX_MS)
    throw new Error(`its clock is ${Math.round(row.skew)} ms off this machine's: set up NTP on both`);
  return `PostgreSQL ${row.version}`;
}

async function checkSchema(url: string): Promise<string> {
  const missing = await pendingMigrations(url);
  if (missing.length > 0) throw new Error(`${missing.length} migration(s) missing: run mlc migrate`);
  return 'up to date';
}

async function checkQueue(config: Config, database: Database): Promise<string> {
  const queues = await openQueues({ queueUrls: config.queueUrls, databaseUrl: database.url, log: quietLog });
  try {
    await queues.counts();
    return queues.backend;
  } finally {
    await queues.close();
  }
}

/** Opens one secret of every key in use: a key that is gone is found before a flow needs it. */
async function checkVault(config: Config, database: Database): Promise<string> {
  const vault = openVault(await vaultKeysOf(config));
  const samples = await database.prisma.secret.findMany({
    distinct: ['keyId'],
    select: { connectionId: true, name: true },
  });
  for (const { connectionId, name } of samples) await vault.getSecret(database.prisma, connectionId, name);
  return `key ${vault.activeKeyId}; ${samples.length} key(s) in use, all open`;
}

async function checkConnections(database: Database): Promise<string> {
  const connections = await database.prisma.connection.findMany({ select: { state: true, provider: true } });
  const held = await heldConnections(database);
  if (held.length > 0) throw new Error(held.map(heldText).join('; '));
  const dead = connections.filter(({ state }) => state !== 'active');
  if (dead.length > 0)
    throw new Error(
      `${dead.length} connection(s) need new tokens: mlc reviews list --state open shows which`,
    );
  return connections.length === 0 ? 'none yet: mlc apply -f FILE makes them' : `${connections.length} active`;
}

/** Creditors that business files choose; one that cannot be asked for is `mlc ping`'s to complain about. */
async function checkCreditors(config: Config, database: Database): Promise<string> {
  const { creditorProblems } = await import('./creditor-problems.ts');
  const { problems, said } = await creditorProblems(config, database);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return said;
}

/** Credentials of one account and the id of another; what cannot be compared is said and no fault. */
async function checkAccounts(config: Config, database: Database): Promise<string> {
  const { accountProblems } = await import('./account-problems.ts');
  const { problems, said } = await accountProblems(config, database);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return said;
}

/** Without the app a FreshBooks connection lives as long as its access token: half a day. */
async function checkFreshbooksApp({ freshbooks }: Config, database: Database): Promise<string> {
  const { clientId, clientSecret } = freshbooks;
  if (clientId !== null && clientSecret !== null) return 'set';
  const waiting = await database.prisma.connection.count({ where: { provider: 'freshbooks' } });
  if (waiting === 0) return 'not set; needed as soon as there is a FreshBooks connection';
  throw new Error(
    'set FRESHBOOKS_CLIENT_ID and FRESHBOOKS_CLIENT_SECRET: without them no token can be refreshed',
  );
}

/** Observing is no fault, but whoever wonders why nothing is collected looks here. */
async function checkModes(database: Database): Promise<string> {
  const businesses = await listBusinesses(database.prisma);
  if (businesses.length === 0) return 'no business yet';
  const waiting = await heldEvents(database);
  return businesses
    .map(({ id, slug, policy }) =>
      policy.mode === 'live'
        ? `${slug}: live`
        : `${slug}: observe, ${waiting.get(id) ?? 0} events wait for mlc go-live --business ${slug}`,
    )
    .join('; ');
}

/** A mirror that is not complete is no fault: a running worker fills it. */
async function checkMirrors(database: Database): Promise<string> {
  const states = await mirrorStates(database);
  if (states.length === 0) return 'no GoCardless connection yet';
  return states
    .map(({ business, customers, mandates, isComplete }) => {
      const count = `${customers} customers and ${mandates} mandates of GoCardless`;
      return isComplete ? `${business}: ${count}` : `${business}: ${count} so far, a running worker reads on`;
    })
    .join('; ');
}

async function checkStores(config: Config): Promise<Check[]> {
  const server = await openServer(config);
  const database = openDatabase(server.url, 2);
  try {
    const postgres = await check('postgres', () => checkPostgres(database));
    if (!postgres.ok) return [postgres];
    const schema = await check('schema', () => checkSchema(server.url));
    const queue = await check('queue', () => checkQueue(config, database));
    if (!schema.ok) return [postgres, schema, queue];
    const vault = await check('vault', () => checkVault(config, database));
    const connections = await check('connections', () => checkConnections(database));
    const creditors = await check('creditors', () => checkCreditors(config, database));
    const accounts = await check('accounts', () => checkAccounts(config, database));
    const app = await check('FreshBooks app', () => checkFreshbooksApp(config, database));
    const modes = await check('modes', () => checkModes(database));
    const mirrors = await check('mirror', () => checkMirrors(database));
    return [postgres, schema, queue, vault, connections, creditors, accounts, app, modes, mirrors];
  } finally {
    await database.close();
    await server.release();
  }
}

/** Looks at everything that has to be right before the processes run. */
export async function runChecks(call: Call): Promise<Check[]> {
  const checks = [await check('node', checkNode)];
  let config: Config | undefined;
  checks.push(
    await check('configuration', () => {
      config = configOf(call);
      return 'readable';
    }),
  );
  if (config === undefined) return checks;
  const read = config;
  checks.push(
    await check('data folder', async () => {
      await ownFolder(read.dataDir);
      return read.dataDir;
    }),
  );
  let stores: Check[] = [];
  const opened = await check('database', async () => {
    stores = await checkStores(read);
    return read.databaseUrl === null ? 'embedded' : 'given by DATABASE_URL';
  });
  return [...checks, opened, ...stores];
}
