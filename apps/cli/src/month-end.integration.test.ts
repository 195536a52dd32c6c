import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, findBusiness, openDatabase, storeFor, systemClock } from '@mlc/platform';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { anEntry, MONTH_FACTS } from '@mlc/testkit/a-month';
import { mlc } from './main.ts';

const ADMIN = randomBytes(32).toString('base64url');
let testDatabase: TestDatabase;
let database: Database;
let cwd: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, 2);
  cwd = await mkdtemp(join(tmpdir(), 'mlc-month-end-'));
  await mkdir(join(cwd, '.mlc'));
  await writeFile(
    join(cwd, 'acme.json'),
    JSON.stringify({
      business: 'acme',
      timezone: 'Europe/London',
      connections: {},
      policy: { collectFrom: '2026-09-01' },
    }),
  );
  expect(await run('apply -f acme.json')).toMatchObject({ status: 0 });
  await (
    await acme()
  ).transaction(async (tx) => {
    for (const fact of MONTH_FACTS) await fact(tx);
  });
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
  await rm(cwd, { recursive: true });
});

async function acme() {
  const business = await findBusiness(database.prisma, 'acme');
  return storeFor(database, business?.id ?? '', { clock: systemClock });
}

async function run(args: string, env: Record<string, string> = {}) {
  let out = '';
  let err = '';
  const status = await mlc(args.split(' '), {
    out: (text) => Promise.resolve(void (out += text)),
    err: (text) => void (err += text),
    isWatched: false,
    env: {
      DATABASE_URL: testDatabase.url,
      FRESHBOOKS_API_URL: 'http://127.0.0.1:1',
      GOCARDLESS_API_URL: 'http://127.0.0.1:1',
      PAYPAL_API_URL: 'http://127.0.0.1:1',
      MLC_VAULT_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      ...env,
    },
    cwd,
  });
  return { status, out, err };
}

describe('mlc reconcile', () => {
  test('for scripts one document; --format json says the same', async () => {
    const { status, out, err } = await run('reconcile --month 2026-10 --json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const [, report = '', sha256] = /^\{"report":(.*),"sha256":"([0-9a-f]{64})"\}\n$/.exec(out) ?? [];
    expect(createHash('sha256').update(report).digest('hex')).toBe(sha256);
    expect(JSON.parse(report)).toMatchObject({ business: 'acme', month: '2026-10' });
    expect((await run('reconcile --month 2026-10 --format json')).out).toBe(out);
  });

  test('for people the accounts, what differs, open questions, completeness and the hash', async () => {
    const { status, out } = await run('reconcile --month 2026-10');
    const json = (await run('reconcile --month 2026-10 --json')).out;
    const { sha256 } = JSON.parse(json) as { sha256: string };
    expect(status).toBe(0);
    expect(out).toMatch(/^acme, 2026-10\n\nClearing accounts\n/);
    expect(out).toMatch(
      /GBP +gocardless +61\.11 +207\.00 +80\.00 +0\.00 +2\.00 +0\.00 +5\.00 +191\.11 +unknown +unknown/,
    );
    expect(out).toContain('GoCardless is not connected');
    const unproven = await run('reconcile --month 2026-10 --unproven');
    expect(unproven.out).toContain("the provider's own records were not asked for");
    expect(out).toContain('payout_unexplained');
    expect(out).toContain('Events: 0 seen = 0 done + 0 skipped + 0 parked + 0 dead + 0 in review\n');
    expect(out.trimEnd()).toMatch(new RegExp(`sha256:${sha256}$`));
  });

  test.each(['json', 'csv', 'hledger'])('--out writes %s whole and says where', async (format) => {
    await writeFile(join(cwd, `october.${format}`), 'old');
    const printed = await run(`reconcile --month 2026-10 --format ${format}`);
    const written = await run(`reconcile --month 2026-10 --format ${format} --out october.${format}`);
    expect(written).toEqual({ status: 0, out: '', err: `${join(cwd, `october.${format}`)}\n` });
    expect(await readFile(join(cwd, `october.${format}`), 'utf8')).toBe(printed.out);
    expect((await readdir(cwd)).filter((name) => name.endsWith('.draft'))).toEqual([]);
  });

  test('a place that cannot be written is refused', async () => {
    const { status, err } = await run('reconcile --month 2026-10 --out nowhere/october.json');
    expect(status).toBe(1);
    expect(err).toContain('nowhere/october.json cannot be written');
    expect(err).not.toContain('unexpected');
  });
});

describe('wrong usage has exit status 2', () => {
  test.each([
    ['reconcile', "required option '--month <month>'"],
    ['reconcile --month 2026-13', 'It must be a month such as 2026-10.'],
    ['reconcile --month 2026-10 --format pdf', 'Allowed choices are json, csv, hledger'],
    ['period', 'Usage: mlc period'],
    ['period close', "required option '--month <month>'"],
    ['period reopen --month 2026-10', "required option '--note <text>'"],
  ])('mlc %s', async (args, message) => {
    expect(await run(args)).toMatchObject({ status: 2, out: '', err: expect.stringContaining(message) });
  });
});

describe('mlc period', () => {
  test('close keeps the report, list shows it, an admin reopens it', async () => {
    const before = (await run('reconcile --month 2026-10 --format csv')).out;
    const closed = await run('period close --month 2026-10 --json');
    expect(closed).toMatchObject({ status: 0, err: expect.stringContaining('still open: 2026-09') });
    const closing = JSON.parse(closed.out) as { sha256: string; closedAt: string };
    expect(Object.keys(closing)).toEqual(['business', 'month', 'sha256', 'closedBy', 'closedAt']);
    expect(await run('period close --month 2026-10')).toMatchObject({
      status: 1,
      err: expect.stringContaining('is closed already'),
    });
    expect((await run('period list --json')).out).toBe(closed.out);
    expect((await run('period list')).out).toContain(closing.sha256);
    const late = anEntry({ key: 'collection:late', kind: 'collection', date: '2026-10-31', minor: 1n });
    await (await acme()).transaction((tx) => tx.ledger.record([late]));
    expect((await run('reconcile --month 2026-10 --format csv')).out).toBe(before);
    expect((await run('reconcile --month 2026-10')).out).toContain(`sha256:${closing.sha256}`);
    await writeFile(join(cwd, '.mlc', 'admin-token'), `${ADMIN}\n`);
    const reopen = `period reopen --month 2026-10 --note late --json --admin-token ${ADMIN}`;
    const reopened = await run(reopen);
    expect(JSON.parse(reopened.out)).toEqual({
      business: 'acme',
      month: '2026-10',
      sha256: closing.sha256,
      reopenedBy: 'cli',
      note: 'late',
    });
    expect(await run(reopen)).toMatchObject({ status: 1, err: expect.stringContaining('is not closed') });
    expect((await run('period list')).out).toBe('none\n');
    expect((await run('audit verify')).status).toBe(0);
  });

  describe('reopen is for an admin', () => {
    const reopen = 'period reopen --month 2026-10 --note late';

    test.each([
      ['without a token', reopen, {}, 'give --admin-token'],
      ['a wrong one', `${reopen} --admin-token guess`, {}, 'not the admin token'],
      [
        'one brought along twice',
        `${reopen} --admin-token guess`,
        { MLC_ADMIN_TOKEN: 'guess-guess-guess-guess' },
        'not the admin token',
      ],
      [
        'a wrong one in the environment',
        reopen,
        { MLC_ADMIN_TOKEN: 'guess-guess-guess-guess' },
        'not the admin token',
      ],
    ])('%s', async (_name, args, env, message) => {
      await writeFile(join(cwd, '.mlc', 'admin-token'), `${ADMIN}\n`);
      expect(await run(args, env)).toMatchObject({
        status: 1,
        out: '',
        err: expect.stringContaining(message),
      });
    });

    test("the environment's is the deployment's where nothing else is", async () => {
      await rm(join(cwd, '.mlc', 'admin-token'), { force: true });
      expect((await run(`${reopen} --admin-token x`)).err).toContain('no admin token yet');
      const ran = await run(reopen, { MLC_ADMIN_TOKEN: 'guess-guess-guess-guess' });
      expect(ran.err).toContain('2026-10 of acme is not closed');
    });

    test("the deployment's .env comes before the generated one", async () => {
      await writeFile(join(cwd, '.mlc', 'admin-token'), 'old-and-out-of-use\n');
      await writeFile(join(cwd, '.env'), `MLC_ADMIN_TOKEN=${ADMIN}\n`);
      expect((await run(`${reopen} --admin-token ${ADMIN}`)).err).toContain('2026-10 of acme is not closed');
      expect((await run(`${reopen} --admin-token old-and-out-of-use`)).err).toContain('not the admin token');
      await rm(join(cwd, '.env'));
    });
  });
});

test('of several businesses one has to be named', async () => {
  await writeFile(
    join(cwd, 'bolt.json'),
    JSON.stringify({ business: 'bolt', timezone: 'UTC', connections: {} }),
  );
  expect((await run('apply -f bolt.json')).status).toBe(0);
  for (const args of ['reconcile --month 2026-10', 'period close --month 2026-10'])
    expect(await run(args)).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining('name one with --business: acme, bolt'),
    });
  expect((await run('reconcile --month 2026-10 --business bolt --json')).out).toContain('"currencies":[]');
});
