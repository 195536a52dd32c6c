import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { FLOW_NAMES } from '@mlc/core';
import { openRuntime, type OpenRuntime, readConfig } from '@mlc/platform';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { type RunningConsole, startConsole } from './index.ts';

jest.setTimeout(30_000);

let testDatabase: TestDatabase;
let dir: string;
let runtime: OpenRuntime;
let running: RunningConsole;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  dir = await mkdtemp(join(tmpdir(), 'mlc-console-'));
  const config = readConfig(
    {
      DATABASE_URL: testDatabase.url,
      MLC_DATA_DIR: join(dir, 'data'),
      MLC_VAULT_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      CONSOLE_PORT: '0',
      LOG_LEVEL: 'error',
    },
    dir,
  );
  runtime = await openRuntime(config, 'console');
  running = await startConsole(runtime);
});

afterAll(async () => {
  await running.stop();
  await runtime.close();
  await testDatabase.drop();
  await rm(dir, { recursive: true });
});

function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return fetch(`http://127.0.0.1:${running.port}${path}`, { method, headers, redirect: 'manual' });
}

const bearer = () => ({ Authorization: `Bearer ${running.adminToken.token}` });

test('health and metrics are open', async () => {
  expect((await ask('/livez')).status).toBe(200);
  expect(await (await ask('/readyz')).json()).toEqual({ ready: true });
  expect((await ask('/metrics')).headers.get('content-type')).toContain('text/plain');
});

test.each(['/', '/queues', '/queues/', '/queues/api/queues', '/nowhere'])(
  '%s shows strangers the way in and refuses wrong tokens',
  async (path) => {
    const stranger = await ask(path);
    expect([stranger.status, stranger.headers.get('location')]).toEqual([
      303,
      `/sign-in?to=${encodeURIComponent(path)}`,
    ]);
    expect((await ask(path, { Authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await ask(path, { Authorization: 'Bearer ' })).status).toBe(401);
  },
);

test('scripts come in with Bearer, nobody with Basic', async () => {
  const { token } = running.adminToken;
  const page = await ask('/', bearer());
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<div id="root">');
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('set-cookie')).toBeNull();
  const basic = `Basic ${Buffer.from(`me:${token}`).toString('base64')}`;
  expect((await ask('/api/v1/session', { Authorization: basic })).status).toBe(401);
});

test('Bull Board shows every flow', async () => {
  expect((await ask('/queues/', bearer())).status).toBe(200);
  const { queues } = (await (await ask('/queues/api/queues', bearer())).json()) as {
    queues: { name: string }[];
  };
  expect(queues.map(({ name }) => name).sort()).toEqual([...FLOW_NAMES].sort());
});

test('Bull Board retries and changes nothing else, and each retry is audited', async () => {
  const queue = `/queues/api/queues/${FLOW_NAMES[0]}`;
  for (const path of ['pause', 'empty', 'obliterate', 'clean/completed', '1/clean', 'add']) {
    const came = await ask(`${queue}/${path}`, bearer(), 'PUT');
    expect([path, came.status]).toEqual([path, 403]);
  }
  expect((await ask(`${queue}/retry/failed`, bearer(), 'PUT')).status).toBe(200);
  const entries = await runtime.database.prisma.auditEntry.findMany({ where: { action: 'job.retried' } });
  expect(entries.map(({ actor, subject }) => ({ actor, subject }))).toEqual([
    {
      actor: 'admin-token',
      subject: { provider: 'mlc', type: 'job', id: `${FLOW_NAMES[0]}/retry/failed` },
    },
  ]);
});

test('the first start says how to make the first account, the next ones do not', async () => {
  expect(running.setUpUrl).toMatch(/^http:\/\/127\.0\.0\.1:4001\/setup\?token=[\w-]{43}$/);
  const second = await startConsole(runtime);
  expect(second.setUpUrl).toBeNull();
  await second.stop();
});

test('the token is generated once, into a file nobody else can read', async () => {
  const path = join(dir, 'data', 'admin-token');
  expect(running.adminToken).toMatchObject({ created: true, path });
  expect((await readFile(path, 'utf8')).trim()).toBe(running.adminToken.token);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a console that cannot listen takes its link back', async () => {
  const { prisma } = runtime.database;
  await prisma.entryLink.deleteMany();
  const taken = { ...runtime.config, ports: { ...runtime.config.ports, console: running.port } };
  await expect(startConsole({ ...runtime, config: taken })).rejects.toThrow('EADDRINUSE');
  expect(await prisma.entryLink.count()).toBe(0);
});
