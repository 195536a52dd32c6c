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
  return fetch(`http://127.0.0.1:${running.port}${path}`, { method, headers });
}

const bearer = () => ({ Authorization: `Bearer ${running.adminToken.token}` });

test('health and metrics are open', async () => {
  expect((await ask('/livez')).status).toBe(200);
  expect(await (await ask('/readyz')).json()).toEqual({ ready: true });
  expect((await ask('/metrics')).headers.get('content-type')).toContain('text/plain');
});

test.each(['/', '/queues', '/queues/', '/queues/api/queues', '/nowhere'])(
  '%s needs the token',
  async (path) => {
    expect((await ask(path)).status).toBe(401);
    expect((await ask(path, { Authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await ask(path, { Authorization: 'Bearer ' })).status).toBe(401);
  },
);

test('scripts come in with Bearer, browsers with Basic', async () => {
  const { token } = running.adminToken;
  expect((await ask('/', bearer())).status).toBe(200);
  const basic = `Basic ${Buffer.from(`me:${token}`).toString('base64')}`;
  const page = await ask('/', { Authorization: basic });
  expect(await page.text()).toContain('href="/queues/"');
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
  expect(page.headers.get('cache-control')).toBe('no-store');
});

test('Bull Board shows every flow', async () => {
  expect((await ask('/queues/', bearer())).status).toBe(200);
  const { queues } = (await (await ask('/queues/api/queues', bearer())).json()) as {
    queues: { name: string }[];
  };
  expect(queues.map(({ name }) => name).sort()).toEqual([...FLOW_NAMES].sort());
});

test('other sites cannot act with a browser’s credentials', async () => {
  const path = `/queues/api/queues/${FLOW_NAMES[0]}/pause`;
  expect((await ask(path, { ...bearer(), Origin: 'https://evil.test' }, 'PUT')).status).toBe(403);
  expect((await ask(path, { ...bearer(), 'Sec-Fetch-Site': 'cross-site' }, 'PUT')).status).toBe(403);
  expect((await ask(path, bearer(), 'PUT')).status).toBe(200);
});

test('the token is generated once, into a file nobody else can read', async () => {
  const path = join(dir, 'data', 'admin-token');
  expect(running.adminToken).toMatchObject({ created: true, path });
  expect((await readFile(path, 'utf8')).trim()).toBe(running.adminToken.token);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});
