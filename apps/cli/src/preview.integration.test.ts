import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Database, openDatabase } from '@mlc/platform';
import { type Sandbox, startSandbox } from '@mlc/sandbox';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { mlc } from './main.ts';
import type { PreviewDocument } from '@mlc/worker';

jest.setTimeout(90_000);

const DAY_S = 86_400;
const MANY = 1_100;

let testDatabase: TestDatabase;
let database: Database;
let sandbox: Sandbox;
let doors: Record<'freshbooks' | 'gocardless', Door>;
let cwd: string;
let env: Record<string, string>;
/** Invoice and mandate ids by what the client is. */
const made: Record<string, { invoiceId: string; invoiceNumber: string; mandateId: string }> = {};

/** A provider's front door that notes who comes in. */
interface Door {
  readonly server: Server;
  readonly url: string;
  readonly calls: string[];
}

async function openDoor(app: RequestListener): Promise<Door> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(`${request.method ?? ''} ${request.url ?? ''}`);
    app(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, 2);
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0 });
  doors = {
    freshbooks: await openDoor(sandbox.freshbooks.app),
    gocardless: await openDoor(sandbox.gocardless.app),
  };
  cwd = await mkdtemp(join(tmpdir(), 'mlc-preview-'));
  env = {
    DATABASE_URL: testDatabase.url,
    MLC_VAULT_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    FRESHBOOKS_API_URL: doors.freshbooks.url,
    FRESHBOOKS_CLIENT_ID: 'sandbox-client',
    FRESHBOOKS_CLIENT_SECRET: 'sandbox-secret',
    FRESHBOOKS_REDIRECT_URI: 'https://console.test/back',
    GOCARDLESS_API_URL: doors.gocardless.url,
    LOG_LEVEL: 'error',
  };
  invite();
  await writeFile(join(cwd, 'acme.json'), JSON.stringify(businessFile('acme')));
  expect((await run('apply -f acme.json')).status).toBe(0);
});

afterAll(async () => {
  for (const { server } of Object.values(doors)) server.close().closeAllConnections();
  await sandbox.close();
  await database.close();
  await testDatabase.drop();
  await rm(cwd, { recursive: true });
});

/** A client with an invoice of 120.00 that is due in 30 days, and as many payers at GoCardless. */
function add(what: string, payers: number, invoice: Record<string, unknown> = {}): void {
  const email = `${what}@client.test`;
  const made_ = Array.from({ length: payers }, () => sandbox.gocardless.scenarios.addPayer({ email }));
  const desk = sandbox.freshbooks.desk();
  const client = desk.createClient({ email, organization: `The ${what} client` });
  const terms = { clientId: client.id, amount: '120.00', dueInDays: 30, number: what, ...invoice };
  const { id } = desk.createInvoice(terms);
  const mandateId = made_[0]?.mandate.id ?? '';
  made[what] = { invoiceId: String(id), invoiceNumber: what, mandateId };
}

function invite(): void {
  for (let index = 0; index < MANY; index += 1)
    sandbox.gocardless.scenarios.addCustomer({ email: `old${index}@client.test` });
  add('plain', 1);
  add('late', 1, { dueInDays: 0, createDate: '2026-01-05' });
  add('nobody', 0);
  add('twins', 2);
  add('euro', 1, { currency: 'EUR' });
  add('retainer', 1);
  sandbox.gocardless.scenarios.addForeignSubscription({
    mandate: made['retainer']?.mandateId ?? '',
    amount: 99_00,
  });
  add('autobill', 1, { fields: { auto_bill: true } });
  add('draft', 1, { sent: false });
  add('old', 1, { createDate: '2025-12-01' });
}

function businessFile(business: string) {
  const tokens = sandbox.freshbooks.seedTokens();
  return {
    business,
    timezone: 'Europe/London',
    connections: {
      freshbooks: {
        accountId: 'xZNQ1X',
        accessToken: tokens.access_token,
        refreshToken: tokens.refresh_token,
        expiresAt: new Date((tokens.created_at + DAY_S) * 1_000).toISOString(),
      },
      gocardless: {
        environment: 'sandbox',
        accessToken: sandbox.gocardless.accessToken,
        webhookSecrets: ['s'],
      },
    },
    policy: { collectFrom: '2026-01-01' },
  };
}

async function run(args: string, changes: Record<string, string> = {}) {
  let out = '';
  let err = '';
  const status = await mlc(args.split(' '), {
    out: (text) => Promise.resolve(void (out += text)),
    err: (text) => void (err += text),
    isWatched: false,
    env: { ...env, ...changes },
    cwd,
  });
  return { status, out, err };
}

/** Every row of every table, but for the count of calls made (which is what a rate limit is) and what was seen of invoices. */
async function dump(): Promise<string> {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename NOT IN ('rate_limits', 'invoices') ORDER BY 1`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await database.pool.query<{ row: string }>(
      `SELECT to_jsonb(t)::text AS row FROM ${name} t ORDER BY 1`,
    );
    texts.push(name, ...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

const subjectOf = (what: string) => ({
  provider: 'freshbooks',
  type: 'invoice',
  id: made[what]?.invoiceId ?? '',
});
const collectionOf = (what: string) => ({
  ...made[what],
  client: `The ${what} client`,
  amountMinor: 12_000,
  currency: 'GBP',
  chargeDate: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
});

describe('before go-live', () => {
  test('one document says what would be collected and what stands in the way', async () => {
    const { status, out, err } = await run('preview --json');
    expect(status).toBe(0);
    const document = JSON.parse(out) as PreviewDocument;
    expect(Object.keys(document)).toEqual([
      'collections',
      'obstacles',
      'totals',
      'postings',
      'cancellations',
    ]);
    expect(document).toMatchObject({
      totals: [{ currency: 'GBP', collections: 2, collectionsMinor: 24_000, payments: 0, paymentsMinor: 0 }],
      postings: [],
      cancellations: [],
    });
    expect(document.collections).toEqual([collectionOf('late'), collectionOf('plain')]);
    expect(Object.keys(document.collections[0] ?? {})).toEqual([
      'invoiceId',
      'invoiceNumber',
      'client',
      'amountMinor',
      'currency',
      'mandateId',
      'chargeDate',
    ]);
    const obstacle = (kind: string, what: string, why: RegExp) => ({
      kind,
      subject: subjectOf(what),
      why: expect.stringMatching(why),
    });
    expect(document.obstacles).toEqual([
      obstacle('ambiguous_customer', 'twins', /2 GoCardless customers with e-mail twins@client\.test/),
      obstacle('currency_mismatch', 'euro', /is in EUR.*collect GBP/),
      obstacle('double_payment_risk', 'retainer', /carries subscription SB/),
      obstacle('double_payment_risk', 'autobill', /auto_bill/),
      obstacle('no_mandate', 'nobody', /no GoCardless customer with e-mail nobody@client\.test/),
    ]);
    expect(err).toContain('1000 GoCardless customers read\n');
    expect(err).toContain('9 of 9 open invoices looked at\n');
  });

  test('nothing is changed: the database is the same row for row, and both providers saw reads only', async () => {
    const before = await dump();
    expect(before).toContain('businesses');
    for (const door of Object.values(doors)) door.calls.length = 0;
    const first = await run('preview --json');
    expect(await dump()).toBe(before);
    for (const { calls } of Object.values(doors)) {
      expect(calls.length).toBeGreaterThan(3);
      expect(calls.filter((call) => !call.startsWith('GET '))).toEqual([]);
    }
    expect((await run('preview --json --business acme')).out).toBe(first.out);
  });

  test('for people: three tables, the last one with what is left as it is', async () => {
    const { status, out } = await run('preview');
    expect(status).toBe(0);
    expect(out).toMatch(
      /^Would be collected\ninvoice .*\nlate .*GBP 120\.00.*\nplain .*\nGBP: 2 debits, GBP 240\.00\n\nStands in the way\n/,
    );
    const left = out.slice(out.indexOf('Left as it is'));
    expect(left).toMatch(/draft +the invoice is a draft/);
    expect(left).toMatch(/old +created 2025-12-01, before collectFrom 2026-01-01/);
  });

  test('doctor says how far the mirror is', async () => {
    const { out } = await run('doctor');
    expect(out).toContain(
      'mirror: acme: 0 customers and 0 mandates of GoCardless so far, a running worker reads on',
    );
  });
});

describe('when it cannot be done', () => {
  test.each([
    ['GOCARDLESS_API_URL', 'gocardless'],
    ['FRESHBOOKS_API_URL', 'freshbooks'],
  ])('%s leads nowhere: exit status 1 and the name of the provider', async (variable, provider) => {
    const { status, out, err } = await run('preview --json', { [variable]: 'http://127.0.0.1:9' });
    expect(status).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(new RegExp(`mlc: ${provider} \\w+: .*changed nothing \\(mlc ping`));
  });

  test('a connection that is missing is named; one of several businesses has to be', async () => {
    const file = businessFile('other');
    const desk = sandbox.freshbooks.addBusiness({
      accountId: 'otherOne',
      businessId: 440_000,
      businessUuid: '0b4c3c6e-0000-4000-8000-000000000002',
      name: 'other',
      identityId: 90_000,
      currency: 'GBP',
      role: 'owner',
    });
    const client = desk.createClient({ email: 'one@client.test', organization: 'One' });
    desk.createInvoice({ clientId: client.id, amount: '1.00', dueInDays: 30 });
    const tokens = sandbox.freshbooks.seedTokens({ accountId: 'otherOne' });
    const freshbooks = {
      ...file.connections.freshbooks,
      accountId: 'otherOne',
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
    };
    await writeFile(join(cwd, 'other.json'), JSON.stringify({ ...file, connections: { freshbooks } }));
    expect((await run('apply -f other.json')).status).toBe(0);
    const missing = await run('preview --business other');
    expect(missing.status).toBe(1);
    expect(missing.err).toContain('this business has no gocardless connection: add it with mlc apply');
    const unnamed = await run('preview');
    expect(unnamed).toMatchObject({ status: 2, out: '' });
    expect(unnamed.err).toContain('name one with --business: acme, other');
  });
});
