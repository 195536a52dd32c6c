import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openDatabase, type Database, repositoriesOn, systemClock } from '@mlc/platform';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { mlc } from './main.ts';
import type { Shell } from './shell.ts';

jest.setTimeout(60_000);

const KEY_1 = `k1:${randomBytes(32).toString('base64')}`;
const KEY_2 = `k2:${randomBytes(32).toString('base64')}`;
const TOKEN = 'secret-freshbooks-access';
let testDatabase: TestDatabase;
let database: Database;
let cwd: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
  cwd = await mkdtemp(join(tmpdir(), 'mlc-cli-'));
  await writeFile(join(cwd, 'acme.json'), JSON.stringify(businessFile('acme')));
  await writeFile(join(cwd, 'other.json'), JSON.stringify(businessFile('other')));
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
  await rm(cwd, { recursive: true });
});

const businessFile = (business: string) => ({
  business,
  timezone: 'Europe/London',
  connections: {
    freshbooks: {
      accountId: `fb${business}`,
      accessToken: TOKEN,
      refreshToken: 'r',
      expiresAt: '2026-11-21T12:00:00Z',
    },
    gocardless: { environment: 'sandbox', accessToken: 'gc-token', webhookSecrets: ['gc-secret'] },
    paypal: {
      environment: 'sandbox',
      clientId: 'c',
      clientSecret: 'pp',
      webhookId: 'WH',
      merchantId: `M${business}`,
    },
  },
});

/** Left out: a script. */
type Terminal = Pick<Shell, 'ask'>;

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function run(args: string, env: Record<string, string> = {}, terminal: Terminal = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const status = await mlc(args.split(' '), {
    out: (text) => Promise.resolve(void (out += text)),
    err: (text) => void (err += text),
    isWatched: false,
    ...terminal,
    env: {
      DATABASE_URL: testDatabase.url,
      FRESHBOOKS_API_URL: 'http://127.0.0.1:1',
      GOCARDLESS_API_URL: 'http://127.0.0.1:1',
      PAYPAL_API_URL: 'http://127.0.0.1:1',
      MLC_VAULT_KEYS: KEY_1,
      MLC_PUBLIC_URL: 'https://hooks.test',
      ...env,
    },
    cwd,
  });
  return { status, out, err };
}

const json = async (args: string, env?: Record<string, string>): Promise<unknown> =>
  JSON.parse((await run(`${args} --json`, env)).out);

const lines = async (args: string): Promise<unknown[]> =>
  (await run(`${args} --json`)).out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

test('apply prints ids and addresses, no secrets, and the same again changes nothing', async () => {
  const first = await run('apply -f acme.json --json');
  expect(first.status).toBe(0);
  // Neither provider is there, and the file's access token has ended.
  expect(first.err.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^notice: connections\.freshbooks\.accountId could not be compared/),
    expect.stringMatching(/^notice: connections\.paypal\.merchantId could not be compared/),
  ]);
  expect(first.out + first.err).not.toContain(TOKEN);
  const applied = JSON.parse(first.out) as { connections: { gocardless: { id: string } } };
  expect(Object.keys(applied)).toEqual(['business', 'connections', 'webhooks']);
  const { id } = applied.connections.gocardless;
  expect(applied).toMatchObject({
    business: 'acme',
    webhooks: {
      gocardless: `https://hooks.test/webhooks/gocardless/${id}`,
      freshbooks: {
        'invoice.create': expect.stringMatching(/\/webhooks\/freshbooks\/[^/]+\/invoice\.create$/),
      },
    },
  });
  const again = await run('apply -f acme.json --json');
  expect(again.out).toBe(first.out);
  expect((await run('apply -f acme.json')).out).toContain('nothing changed');
});

test('a malformed file is refused by the name of the field, and nothing is applied', async () => {
  const wrong = businessFile('broken');
  await writeFile(join(cwd, 'broken.json'), JSON.stringify({ ...wrong, timezone: 'Mars' }));
  const refused = await run('apply -f broken.json');
  expect(refused).toMatchObject({ status: 1, out: '' });
  expect(refused.err).toContain('timezone: must be an IANA time zone');
  expect(await database.prisma.business.count({ where: { slug: 'broken' } })).toBe(0);
});

describe('wrong usage has exit status 2 and names the fault', () => {
  test.each([
    ['nonsense', 'unknown command'],
    ['events', 'Usage: mlc events'],
    ['apply', "required option '-f, --file <file>'"],
    ['apply -f acme.json --business other', "is not the file's business acme"],
    ['status --loud', "unknown option '--loud'"],
    ['drain --timeout soon', 'whole number of seconds'],
    ['worker --flows invoices', 'Flows are: invoice-to-mandate'],
    ['reviews resolve r1 --action maybe --note x', 'Allowed choices are match, ignore, retry, done'],
    ['reviews resolve r1 --action done', "required option '--note <text>'"],
    ['dead-letters replay', 'or say --all'],
    ['dead-letters replay id --all', 'or say --all'],
    ['audit list --limit 0', 'whole number from 1'],
  ])('mlc %s', async (args, message) => {
    const ran = await run(args);
    expect(ran.status).toBe(2);
    expect(ran.err).toContain(message);
    expect(ran.out).toBe('');
  });
});

describe('what cannot be done has exit status 1 and says what to do', () => {
  test.each([
    ['status --business nobody', 'there is no business nobody; known: acme'],
    ['apply -f missing.json', 'missing.json cannot be read'],
    ['dead-letters show nothing', 'mlc dead-letters list shows them'],
    ['dead-letters replay nothing', 'mlc dead-letters list shows them'],
    ['reviews resolve nothing --action done --note x', 'mlc reviews list shows them'],
  ])('mlc %s', async (args, message) => {
    const ran = await run(args);
    expect(ran.status).toBe(1);
    expect(ran.err).toContain(message);
    expect(ran.err).not.toContain('unexpected');
  });

  test('a malformed setting', async () => {
    const ran = await run('status', { INGRESS_PORT: 'many' });
    expect(ran.status).toBe(1);
    expect(ran.err).toContain('INGRESS_PORT: must be a whole number');
  });

  test('a shared database without vault keys', async () => {
    const ran = await run('apply -f acme.json', { MLC_VAULT_KEYS: '' });
    expect(ran.status).toBe(1);
    expect(ran.err).toContain('MLC_VAULT_KEYS: must be set because DATABASE_URL is');
  });

  test('no Postgres there', async () => {
    const ran = await run('status', { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/db' });
    expect(ran.status).toBe(1);
    expect(ran.err).toContain('nothing answers at 127.0.0.1:1');
    expect(ran.err).not.toContain('hunter2');
  });
});

test('help has exit status 0', async () => {
  const ran = await run('--help');
  expect(ran).toMatchObject({ status: 0, err: '' });
  expect(ran.out).toContain('dead-letters');
});

test('status and drain print the contract’s document', async () => {
  const counts = { waiting: 0, active: 0, delayed: 0, failed: 0 };
  const status = {
    ready: true,
    events: { stored: 0, processed: 0, pending: 0 },
    queues: {
      'invoice-to-mandate': counts,
      'payment-to-freshbooks': counts,
      'payout-to-cashflow': counts,
      'paypal-capture-to-freshbooks': counts,
    },
    parked: 0,
    deadLetters: 0,
    reviewsOpen: 0,
  };
  expect(await json('status')).toEqual(status);
  expect(await json('drain --timeout 10')).toEqual(status);
});

describe('modes', () => {
  const answering = (answer: string) => {
    const questions: string[] = [];
    const ask = (question: string) => {
      questions.push(question);
      return Promise.resolve(answer);
    };
    return { ask, questions };
  };

  test('without a terminal and without --yes nothing goes live', async () => {
    const ran = await run('go-live --business acme');
    expect(ran).toMatchObject({ status: 2, out: '' });
    expect(ran.err).toContain('confirm it for acme with --yes');
    expect(await lines('business list')).toMatchObject([{ business: 'acme', mode: 'observe' }]);
  });

  test('a person is asked first; only yes goes on', async () => {
    const no = answering('');
    const refused = await run('go-live --business acme', {}, no);
    expect(refused).toMatchObject({ status: 1, out: '' });
    expect(no.questions.join()).toContain('0 events wait for it');
    expect(await lines('business list')).toMatchObject([{ business: 'acme', mode: 'observe' }]);
    const ran = await run('go-live --business acme --json', {}, answering('y'));
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(JSON.parse(ran.out)).toEqual({ business: 'acme', mode: 'live', released: 0 });
  });

  test('again changes nothing and asks nobody; observe is the way back', async () => {
    const live = { business: 'acme', mode: 'live', released: 0 };
    expect(await json('go-live --business acme')).toEqual(live);
    expect((await run('doctor')).out).toContain('acme: live');
    expect(await json('observe --business acme')).toEqual({ ...live, mode: 'observe' });
    expect((await run('observe --business acme')).out).toContain('acme observes already');
    expect((await run('status')).out).toContain('observing      acme');
    expect((await run('doctor')).out).toContain('acme: observe, 0 events wait');
    const entries = (await lines('audit list')) as { actor: string; action: string }[];
    const switches = entries.filter(({ action }) => /went-live|observes/.test(action));
    expect(switches.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'cli business.went-live',
      'cli business.observes',
    ]);
  });

  test('through the file', async () => {
    const policy = { mode: 'live' };
    await writeFile(join(cwd, 'live.json'), JSON.stringify({ ...businessFile('acme'), policy }));
    expect((await run('apply -f live.json')).out).toContain('mode live');
    expect((await run('apply -f acme.json')).out).toContain('mode live');
    await json('observe --business acme');
  });
});

test('drain that runs out of time says no', async () => {
  const { id: businessId } = await database.prisma.business.findFirstOrThrow();
  const event = await database.prisma.inboundEvent.create({
    data: {
      businessId,
      connectionId: 'c',
      provider: 'gocardless',
      type: 'payments.confirmed',
      externalEventId: 'EV1',
      resourceId: 'PM1',
      payload: '{}',
      correlationId: 'x',
      flow: 'payment-to-freshbooks',
    },
  });
  const ran = await run('drain --timeout 0 --json');
  expect(ran.status).toBe(1);
  expect(JSON.parse(ran.out)).toMatchObject({ events: { pending: 1 } });
  expect(ran.err).toContain('not drained');
  expect(await lines('events list')).toEqual([
    {
      id: String(event.id),
      provider: 'gocardless',
      type: 'payments.confirmed',
      externalEventId: 'EV1',
      receivedAt: expect.stringMatching(/Z$/),
      state: 'stored',
    },
  ]);
  await database.prisma.inboundEvent.deleteMany();
});

test('a review is listed and resolved', async () => {
  const { id: businessId } = await database.prisma.business.findFirstOrThrow();
  const opened = await database.transaction((tx) =>
    repositoriesOn(tx, businessId, systemClock).reviews.open({
      kind: 'no_mandate',
      subject: { provider: 'freshbooks', type: 'invoice', id: '77' },
      amount: { minor: 1999n, currency: 'GBP' },
      reasons: ['no mandate'],
      candidates: [],
      eventId: null,
    }),
  );
  expect(await lines('reviews list')).toMatchObject([{ id: opened.id, state: 'open', amountMinor: 1999 }]);
  expect((await run('reviews list')).out).toContain('GBP 19.99');
  const resolved = await run(`reviews resolve ${opened.id} --action ignore --note fine --json`);
  expect(JSON.parse(resolved.out)).toMatchObject({ id: opened.id, state: 'resolved' });
  expect(await lines('reviews list --state open')).toEqual([]);
  expect((await run(`reviews resolve ${opened.id} --action ignore --note fine`)).status).toBe(1);
});

test('lists without rows print nothing for scripts and a word for people', async () => {
  for (const list of ['collections list', 'postings list', 'dead-letters list']) {
    expect(await run(`${list} --json`)).toEqual({ status: 0, out: '', err: '' });
    expect((await run(list)).out).toBe('none\n');
  }
});

test('keys rotate wraps the vault under the first key', async () => {
  const secrets = await database.prisma.secret.count();
  const both = { MLC_VAULT_KEYS: `${KEY_2},${KEY_1}` };
  expect(await json('keys rotate', both)).toEqual({ rotated: secrets, unchanged: 0, keyId: 'k2' });
  expect(await json('keys rotate', { MLC_VAULT_KEYS: KEY_2 })).toEqual({
    rotated: 0,
    unchanged: secrets,
    keyId: 'k2',
  });
});

test('doctor names a key that is gone and an app that is missing', async () => {
  const ran = await run('doctor --json');
  expect(ran.status).toBe(1);
  const { checks } = JSON.parse(ran.out) as { checks: { name: string; ok: boolean; detail: string }[] };
  const failed = Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ name, detail }) => [name, detail]));
  expect(failed['vault']).toContain('put that key back into MLC_VAULT_KEYS');
  expect(failed['FreshBooks app']).toContain('FRESHBOOKS_CLIENT_ID');
  expect(Object.keys(failed)).toHaveLength(2);
});

test('a verb that acts wants to know for which business when there are several', async () => {
  const key = { MLC_VAULT_KEYS: KEY_2 };
  expect((await run('apply -f other.json', key)).status).toBe(0);
  const ran = await run('webhooks register', key);
  expect(ran.status).toBe(2);
  expect(ran.err).toContain('--business: acme, other');
});

test('migrate is idempotent', async () => {
  expect(await json('migrate')).toEqual({ applied: [] });
});

test('config shows what is in effect and no secret', async () => {
  const ran = await run('config --json', {
    FRESHBOOKS_CLIENT_ID: 'app',
    FRESHBOOKS_CLIENT_SECRET: 'hunter2',
  });
  expect(ran.out).not.toMatch(/hunter2/);
  expect(JSON.parse(ran.out)).toMatchObject({
    FRESHBOOKS_CLIENT_SECRET: 'set',
    MLC_ADMIN_TOKEN: 'not set',
    MLC_PUBLIC_URL: 'https://hooks.test',
    MLC_MAX_ATTEMPTS: 12,
  });
});

test('audit verify finds the entry somebody changed', async () => {
  const entries = await lines('audit list');
  expect(entries[0]).toMatchObject({ seq: 1, action: 'business.applied', actor: 'cli' });
  expect(await json('audit verify')).toEqual({ ok: true, entries: entries.length });
  const { id: businessId } = await database.prisma.business.findUniqueOrThrow({ where: { slug: 'acme' } });
  await database.pool.query(
    `BEGIN; SET LOCAL session_replication_role = replica;
     UPDATE audit_entries SET actor = 'nobody' WHERE business_id = '${businessId}' AND seq = 2; COMMIT`,
  );
  const ran = await run('audit verify --json');
  expect(ran.status).toBe(1);
  expect(JSON.parse(ran.out)).toEqual({ ok: false, brokenAt: 2 });
  expect((await run('audit verify --business other')).status).toBe(0);
});
