import { type Database, openDatabase, type Status } from '@mlc/platform';
import { type Sandbox, startSandbox } from '@mlc/sandbox';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { startTestRedis, type TestRedis } from '@mlc/testkit/redis';
import { ensureBuilt } from './built.ts';
import { connectBusiness, openBusiness, type TestBusiness } from './test-business.ts';
import { type CommandLine, commandLine } from './command-line.ts';
import { killAll, type Place } from './mlc-process.ts';
import { createPlace, removePlace } from './place.ts';
import { type Role, startRole } from './role.ts';
import { lazyQueues, settle } from './settle.ts';
import { until } from './until.ts';

/** An installation on real stores, against a sandbox in the test's own process. */
export interface Deployment {
  readonly sandbox: Sandbox;
  readonly place: Place;
  readonly cli: CommandLine;
  readonly database: Database;
  readonly redis: TestRedis | null;
  /** Starts a role and waits until it is ready. */
  readonly start: (...args: readonly string[]) => Promise<Role>;
  /** Opens a business at the sandbox and applies it. */
  readonly addBusiness: (policy?: Readonly<Record<string, unknown>>) => Promise<TestBusiness>;
  /** Resolves when a worker has polled every connection once; it is not due again while a test runs. */
  readonly polled: () => Promise<unknown>;
  /** Resolves when every webhook is delivered and nothing can run any more. */
  readonly settle: (timeoutMs?: number) => Promise<Status>;
  readonly close: () => Promise<void>;
}

/** How a deployment may differ from the usual. */
export interface DeploymentOptions {
  /** Default `redis`. */
  readonly queue?: 'redis' | 'postgres';
  /** Default: a migrated one. */
  readonly database?: TestDatabase;
  /** Environment variables on top of the usual. */
  readonly settings?: Readonly<Record<string, string>>;
}

const SETTLE_MS_MAX = 60_000;

/** Prepares stores, sandbox and surroundings; starts no role yet. Close it in afterAll, whatever happened. */
export async function deploy(options: DeploymentOptions = {}): Promise<Deployment> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of undo.splice(0).toReversed()) await end();
  };
  try {
    await ensureBuilt();
    return { ...(await open(options, undo)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens part by part; what undoes a part is noted as soon as it stands. */
async function open(
  options: DeploymentOptions,
  undo: (() => Promise<unknown>)[],
): Promise<Omit<Deployment, 'close'>> {
  const keep = <T>(thing: T, end: (thing: T) => Promise<unknown>): T => {
    undo.push(() => end(thing));
    return thing;
  };
  const { url } = keep(options.database ?? (await createTestDatabase()), (each) => each.drop());
  const redis = options.queue === 'postgres' ? null : keep(await startTestRedis(), (each) => each.stop());
  const sandbox = keep(await startSandbox({ freshbooksPort: 0, gocardlessPort: 0 }), (each) => each.close());
  const stores = { databaseUrl: url, queueUrl: redis?.url ?? null };
  const place = keep(await createPlace(sandbox, stores, options.settings), removePlace);
  const database = keep(openDatabase(url, 4), (each) => each.close());
  const queues = keep(lazyQueues(stores.queueUrl, url), (each) => each.close());
  undo.push(killAll);
  const cli = commandLine(place);
  return {
    sandbox,
    place,
    cli,
    database,
    redis,
    start: (...args) => startRole(place, args),
    addBusiness: (policy) => connectBusiness(cli, place.cwd, openBusiness(sandbox, policy)),
    polled: () => until('every connection is polled', () => isPolled(database)),
    settle: (timeoutMs = SETTLE_MS_MAX) => settle({ sandbox, database, queues }, timeoutMs),
  };
}

async function isPolled({ prisma }: Database): Promise<boolean> {
  const where = { action: 'poll.finished' };
  return (await prisma.auditEntry.count({ where })) >= (await prisma.connection.count());
}
