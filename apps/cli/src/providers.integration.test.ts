import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { listenIngress, type RunningIngress } from '@mlc/ingress';
import { openRuntime, type OpenRuntime, readConfig } from '@mlc/platform';
import { type Sandbox, startSandbox } from '@mlc/sandbox';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { mlc } from './main.ts';

jest.setTimeout(90_000);

let testDatabase: TestDatabase;
let sandbox: Sandbox;
let runtime: OpenRuntime;
let ingress: RunningIngress;
let cwd: string;
let env: Record<string, string>;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0 });
  cwd = await mkdtemp(join(tmpdir(), 'mlc-cli-'));
  const port = await freePort();
  env = {
    DATABASE_URL: testDatabase.url,
    MLC_VAULT_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    MLC_PUBLIC_URL: `http://127.0.0.1:${port}`,
    FRESHBOOKS_API_URL: sandbox.urls.freshbooks,
    FRESHBOOKS_CLIENT_ID: 'sandbox-client',
    FRESHBOOKS_CLIENT_SECRET: 'sandbox-secret',
    FRESHBOOKS_REDIRECT_URI: 'https://console.test/back',
    GOCARDLESS_API_URL: sandbox.urls.gocardless,
    LOG_LEVEL: 'error',
  };
  runtime = await openRuntime(readConfig(env, cwd), 'ingress');
  ingress = await listenIngress(runtime, { host: '127.0.0.1', port });
  await writeFile(join(cwd, 'acme.json'), JSON.stringify(businessFile()));
});

afterAll(async () => {
  await ingress.close();
  await runtime.close();
  await sandbox.close();
  await testDatabase.drop();
  await rm(cwd, { recursive: true });
});

function businessFile() {
  const tokens = sandbox.freshbooks.seedTokens();
  return {
    business: 'acme',
    timezone: 'Europe/London',
    connections: {
      freshbooks: {
        accountId: 'xZNQ1X',
        accessToken: tokens.access_token,
        refreshToken: tokens.refresh_token,
        // Over already: the first call has to refresh.
        expiresAt: '2026-01-01T00:00:00Z',
      },
      gocardless: {
        environment: 'sandbox',
        accessToken: sandbox.gocardless.accessToken,
        webhookSecrets: ['s'],
      },
    },
  };
}

async function run(args: string): Promise<{ status: number; lines: Record<string, unknown>[]; err: string }> {
  let out = '';
  let err = '';
  const status = await mlc([...args.split(' '), '--json'], {
    out: (text) => Promise.resolve(void (out += text)),
    err: (text) => void (err += text),
    isWatched: false,
    env,
    cwd,
  });
  const texts = out.split('\n').filter((line) => line !== '');
  return { status, err, lines: texts.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('apply, ping, register: callbacks are made and verified through the ingress', async () => {
  expect((await run('apply -f acme.json')).status).toBe(0);

  const pinged = await run('ping');
  expect(pinged.lines).toMatchObject([
    { provider: 'freshbooks', ok: true, latencyMs: expect.any(Number), detail: expect.any(String) },
    { provider: 'gocardless', ok: true },
  ]);
  expect(pinged.status).toBe(0);

  const registered = await run('webhooks register');
  expect(registered.err).not.toContain('did not verify');
  expect(registered.status).toBe(0);
  const freshbooks = registered.lines.filter(({ provider }) => provider === 'freshbooks');
  expect(freshbooks).toHaveLength(10);
  expect(freshbooks.every(({ state }) => state === 'created')).toBe(true);
  expect(registered.lines.at(-1)).toMatchObject({
    provider: 'gocardless',
    event: '*',
    state: 'manual',
    id: null,
    url: expect.stringContaining(`${env['MLC_PUBLIC_URL'] ?? ''}/webhooks/gocardless/`),
  });
  expect(await runtime.database.prisma.callback.count({ where: { state: 'verified' } })).toBe(10);
});

test('registering again finds everything in place', async () => {
  const { status, lines } = await run('webhooks register');
  expect(status).toBe(0);
  expect(new Set(lines.map(({ state }) => state))).toEqual(new Set(['existing', 'manual']));
});

test('a callback whose verifier was lost is made anew', async () => {
  const lost = await runtime.database.prisma.callback.findFirstOrThrow({
    where: { event: 'invoice.create' },
  });
  await runtime.database.prisma.secret.deleteMany({ where: { name: `verifier:${lost.callbackId}` } });
  const { status, lines } = await run('webhooks register');
  expect(status).toBe(0);
  const line = lines.find(({ event }) => event === 'invoice.create');
  expect(line).toMatchObject({ state: 'repaired' });
  expect(line?.['id']).not.toBe(lost.callbackId);
});

test('ping says no when a token is wrong', async () => {
  const file = businessFile();
  file.connections.gocardless.accessToken = 'wrong-token';
  await writeFile(join(cwd, 'wrong.json'), JSON.stringify(file));
  expect((await run('apply -f wrong.json')).status).toBe(0);
  const { status, lines } = await run('ping');
  expect(status).toBe(1);
  expect(lines.find(({ provider }) => provider === 'gocardless')).toMatchObject({ ok: false });
});
