import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Database, openDatabase } from '@mlc/platform';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { mlc } from './main.ts';

jest.setTimeout(60_000);

const KEY = `k1:${randomBytes(32).toString('base64')}`;
let testDatabase: TestDatabase;
let database: Database;
let cwd: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
  cwd = await mkdtemp(join(tmpdir(), 'mlc-businesses-'));
  for (const business of ['acme', 'acme-ltd'])
    await writeFile(join(cwd, `${business}.json`), fileOf(business));
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
  await rm(cwd, { recursive: true });
});

/** Whatever it is called, its accounts are the same. */
const fileOf = (business: string) =>
  JSON.stringify({
    business,
    timezone: 'Europe/London',
    connections: {
      freshbooks: {
        accountId: 'xZNQ1X',
        accessToken: 'access',
        refreshToken: 'refresh',
        expiresAt: '2026-12-21T12:00:00Z',
      },
      gocardless: { environment: 'sandbox', accessToken: 'gc-token', webhookSecrets: ['gc-secret'] },
      paypal: { environment: 'sandbox', clientId: 'c', clientSecret: 'pp', merchantId: 'M1' },
    },
  });

async function run(args: string) {
  let out = '';
  let err = '';
  const status = await mlc(args.split(' '), {
    out: (text) => Promise.resolve(void (out += text)),
    err: (text) => void (err += text),
    isWatched: false,
    env: {
      DATABASE_URL: testDatabase.url,
      MLC_VAULT_KEYS: KEY,
      GOCARDLESS_API_URL: 'http://127.0.0.1:1',
      PAYPAL_API_URL: 'http://127.0.0.1:1',
      FRESHBOOKS_API_URL: 'http://127.0.0.1:1',
    },
    cwd,
  });
  return { status, out, err };
}

const listed = async () =>
  (await run('business list --json')).out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

test('one business is listed, refused under a second name, renamed, and refused under the old one', async () => {
  const applied = await run('apply -f acme.json --json');
  const { connections } = JSON.parse(applied.out) as { connections: object };
  expect(await listed()).toMatchObject([{ business: 'acme', displayName: 'acme', connections }]);
  expect((await run('business list')).out).toContain('freshbooks xZNQ1X, gocardless, paypal M1');

  const second = await run('apply -f acme-ltd.json --json');
  expect(second).toMatchObject({ status: 1, out: '' });
  expect(second.err).toContain('FreshBooks account xZNQ1X belongs to business acme');

  const renamed = await run('business rename acme acme-ltd --json');
  expect(renamed.status).toBe(0);
  expect(JSON.parse(renamed.out)).toMatchObject({
    business: 'acme-ltd',
    displayName: 'acme-ltd',
    connections,
  });
  const again = await run('apply -f acme-ltd.json --json');
  expect(JSON.parse(again.out)).toMatchObject({ business: 'acme-ltd', connections });
  const old = await run('apply -f acme.json');
  expect(old.status).toBe(1);
  expect(old.err).toContain('belongs to business acme-ltd');
  expect((await run('audit verify --json')).out).toContain('"ok":true');
});

test.each([
  ['business rename nobody somebody', 1, 'there is no business nobody'],
  ['business rename acme-ltd acme-ltd', 1, 'there is a business acme-ltd already'],
  ['business rename acme-ltd UPPER', 1, 'UPPER is no short name'],
  ['business rename acme-ltd acme --business other', 2, 'is not the business to rename'],
  ['business rename acme-ltd', 2, "missing required argument 'new'"],
  ['business list --business nobody', 1, 'there is no business nobody'],
])('mlc %s has exit status %i', async (args, status, message) => {
  const ran = await run(args);
  expect(ran).toMatchObject({ status, out: '' });
  expect(ran.err).toContain(message);
});

test('a business from before that shares an account is named by doctor and ping', async () => {
  await database.pool.query(`
    INSERT INTO businesses (id, slug, display_name, timezone, notify_emails, policy)
      VALUES ('double', 'zz-double', '', 'UTC', '{}', '{}');
    INSERT INTO connections (id, business_id, provider, environment, settings, state)
      VALUES ('held', 'double', 'freshbooks', 'live', '{"accountId":"xZNQ1X"}', 'held')`);
  const what =
    'FreshBooks account xZNQ1X belongs to business acme-ltd; business zz-double connected it too and is held';
  expect((await run('doctor')).out).toContain(`FAIL  connections: ${what}`);
  const pinged = await run('ping --business zz-double --json');
  expect(pinged.status).toBe(1);
  expect(JSON.parse(pinged.out)).toMatchObject({ provider: 'freshbooks', ok: false });
  expect(pinged.out).toContain(what);
  expect((await run('business list')).out).toContain('freshbooks xZNQ1X (held)');
});
