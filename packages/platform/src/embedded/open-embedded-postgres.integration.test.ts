import { appendFile, chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { buildProgram, type Program, runProgram } from '@mlc/testkit/source-program';
import pg from 'pg';
import { openEmbeddedPostgres } from './open-embedded-postgres.ts';
import { startOfProcess } from './process-identity.ts';

jest.setTimeout(60_000);

const USER = `
import { openEmbeddedPostgres } from './open-embedded-postgres.ts';
const server = await openEmbeddedPostgres(process.argv[2] ?? '');
process.stdout.write('url ' + server.url + '\\n');
process.once('SIGTERM', () => void server.release().then(() => process.exit(0)));
`;

let program: string;
let dir: string;
const started: Program[] = [];

beforeAll(async () => {
  program = await buildProgram(USER, import.meta.dirname);
});

beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), 'mlc-embedded-'));
  // As root the server runs as somebody else, who has to get through.
  await chmod(parent, 0o755);
  dir = join(parent, 'data');
});

afterEach(async () => {
  for (const user of started.splice(0)) {
    user.child.kill('SIGKILL');
    await user.ended;
  }
  // Whatever a killed user left running: come in once more and be the last one out.
  await (await openEmbeddedPostgres(dir)).release();
  // Beside a closed folder the cluster lies elsewhere.
  await rm(dirname(await clusterFolder()), { recursive: true });
  await rm(dirname(dir), { recursive: true, force: true });
});

function startUser(env: NodeJS.ProcessEnv = {}): Program {
  const user = runProgram(program, [dir], env);
  started.push(user);
  return user;
}

const urlOf = async (user: Program) => (await user.line('url ')).slice('url '.length);

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function clusterFolder(): Promise<string> {
  return (JSON.parse(await readFile(join(dir, 'postgres.json'), 'utf8')) as { folder: string }).folder;
}

async function serverPid(): Promise<number> {
  return Number((await readFile(join(await clusterFolder(), 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

const isRunning = async (pid: number) => (await startOfProcess(pid)) !== null;

test('data survives a restart, fsync is on, and nobody else may look into the folder', async () => {
  const first = await openEmbeddedPostgres(dir);
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  expect(await query(first.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  const pid = await serverPid();
  await first.release();
  expect(await isRunning(pid)).toBe(false);

  const second = await openEmbeddedPostgres(dir);
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  await second.release();
  expect((await stat(dir)).mode & 0o777).toBe(0o700);
  expect((await stat(join(dir, 'postgres.json'))).mode & 0o777).toBe(0o600);
});

const ZONES = `SELECT current_setting('TimeZone') AS sessions, current_setting('log_timezone') AS log`;

test('initialised on a machine in Sydney, the server is in UTC for whoever connects', async () => {
  const user = startUser({ TZ: 'Australia/Sydney' });
  expect(await query(await urlOf(user), ZONES)).toEqual([{ sessions: 'UTC', log: 'UTC' }]);
  const settings = await readFile(join(await clusterFolder(), 'postgresql.conf'), 'utf8');
  expect(settings).not.toContain('Sydney');
});

test('so is one that was initialised in the zone of its machine, from its next start', async () => {
  await (await openEmbeddedPostgres(dir)).release();
  const ofMachine = `timezone = 'Australia/Sydney'\nlog_timezone = 'Australia/Sydney'\n`;
  await appendFile(join(await clusterFolder(), 'postgresql.conf'), ofMachine);
  const server = await openEmbeddedPostgres(dir);
  expect(await query(server.url, ZONES)).toEqual([{ sessions: 'UTC', log: 'UTC' }]);
  await server.release();
});

test('a data folder that only root can reach still works as root', async () => {
  await chmod(dirname(dir), 0o700);
  const server = await openEmbeddedPostgres(dir);
  await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS answer');
  await server.release();
  const again = await openEmbeddedPostgres(dir);
  expect(await query(again.url, 'SELECT answer FROM kept')).toEqual([{ answer: 1 }]);
  await again.release();
});

test('processes that start at once share one server, and only the last one out stops it', async () => {
  const users = [startUser(), startUser(), startUser()];
  const urls = await Promise.all(users.map(urlOf));
  expect(new Set(urls).size).toBe(1);
  const pid = await serverPid();
  const url = urls[0] ?? '';

  for (const user of users.slice(0, 2)) {
    user.child.kill('SIGTERM');
    expect(await user.ended).toBe(0);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }
  users[2]?.child.kill('SIGTERM');
  expect(await users[2]?.ended).toBe(0);
  expect(await isRunning(pid)).toBe(false);
});

test('the owner killed: the server goes on for the others, and a killed user does not keep it alive', async () => {
  const owner = startUser();
  const url = await urlOf(owner);
  const pid = await serverPid();
  const other = await openEmbeddedPostgres(dir);
  owner.child.kill('SIGKILL');
  await owner.ended;
  expect(other.url).toBe(url);
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await other.release();
  expect(await isRunning(pid)).toBe(false);
});

test('the server killed while nobody uses it: the next one starts it again with everything committed', async () => {
  const owner = startUser();
  const url = await urlOf(owner);
  await query(url, 'CREATE TABLE kept AS SELECT 7 AS answer');
  const pid = await serverPid();
  owner.child.kill('SIGKILL');
  await owner.ended;
  process.kill(pid, 'SIGKILL');
  await until(async () => !(await isRunning(pid)));

  const next = await openEmbeddedPostgres(dir);
  expect(await query(next.url, 'SELECT answer FROM kept')).toEqual([{ answer: 7 }]);
  await next.release();
});

test('the server killed in use comes back by itself under the same address', async () => {
  const server = await openEmbeddedPostgres(dir);
  const pid = await serverPid();
  process.kill(pid, 'SIGKILL');
  const answers = () =>
    query(server.url, 'SELECT 1 AS one').then(
      () => true,
      () => false,
    );
  await until(async () => !(await isRunning(pid)) && (await answers()));
  expect(await serverPid()).not.toBe(pid);
  await server.release();
});

test('a process killed in the middle of the first start leaves nothing that stops the next one', async () => {
  const unlucky = startUser();
  await until(() =>
    stat(join(dir, 'postgres.json')).then(
      () => true,
      () => false,
    ),
  );
  unlucky.child.kill('SIGKILL');
  await unlucky.ended;
  const next = await openEmbeddedPostgres(dir);
  expect(await query(next.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await next.release();
});
