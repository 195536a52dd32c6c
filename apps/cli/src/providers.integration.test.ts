import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { listenIngress, type RunningIngress } from '@mlc/ingress';
import { waitingForMandate } from '@mlc/core';
import { openRuntime, type OpenRuntime, readConfig, repositoriesOn, systemClock } from '@mlc/platform';
import { trustCallback } from '@mlc/platform/connections/callbacks';
import { type Sandbox, SANDBOX_MERCHANT, startSandbox } from '@mlc/sandbox';
import { freePort } from '@mlc/testkit/setup/free-port';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { mlc } from './main.ts';

jest.setTimeout(90_000);

let testDatabase: TestDatabase;
let sandbox: Sandbox;
let runtime: OpenRuntime;
let ingress: RunningIngress;
let cwd: string;
let env: Record<string, string>;

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
    PAYPAL_API_URL: sandbox.urls.paypal,
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

async function run(
  args: string,
  more: Record<string, string> = {},
): Promise<{ status: number; lines: Record<string, unknown>[]; err: string }> {
  let out = '';
  let err = '';
  const status = await mlc([...args.split(' '), '--json'], {
    out: (text) => Promise.resolve(void (out += text)),
    err: (text) => void (err += text),
    isWatched: false,
    env: { ...env, ...more },
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

describe('a GoCardless account with several creditors', () => {
  const withCreditor = async (creditorId: string | null) => {
    const { connections, ...file } = businessFile();
    const gocardless = { ...connections.gocardless, creditorId };
    await writeFile(join(cwd, 'creditor.json'), JSON.stringify({ ...file, connections: { gocardless } }));
    return run('apply -f creditor.json');
  };
  const gocardlessLine = async () =>
    (await run('ping')).lines.find(({ provider }) => provider === 'gocardless');

  test('one is chosen, and a wrong one is named by apply, ping and doctor', async () => {
    const second = sandbox.gocardless.scenarios.addCreditor({ name: 'Bolt Ltd' });
    expect(await gocardlessLine()).toMatchObject({
      ok: true,
      detail: expect.stringMatching(
        /^2 creditors, .*Bolt Ltd.*: choose one by connections\.gocardless\.creditorId$/,
      ),
    });
    const refused = await withCreditor('CR404');
    expect(refused.status).toBe(1);
    expect(refused.err).toContain(
      'connections.gocardless.creditorId: there is no creditor CR404 in this GoCardless account',
    );
    expect((await withCreditor(second.id)).status).toBe(0);
    expect(await gocardlessLine()).toMatchObject({ ok: true, detail: 'creditor Bolt Ltd' });

    const { prisma } = runtime.database;
    const settings = { creditorId: 'CR404' };
    await prisma.connection.updateMany({
      where: { provider: 'gocardless' },
      data: { settings, revision: 99 },
    });
    expect(await gocardlessLine()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('there is no creditor CR404'),
    });
    const doctor = (await run('doctor')).lines[0] as {
      checks: { name: string; ok: boolean; detail: string }[];
    };
    expect(doctor.checks.find(({ name }) => name === 'creditors')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('acme: there is no creditor CR404'),
    });
    // The file decides alone: none is chosen any more.
    expect((await withCreditor(null)).status).toBe(0);
    expect(await prisma.connection.findFirst({ where: { provider: 'gocardless' } })).toMatchObject({
      settings: {},
    });
  });
});

describe('credentials of one account and the id of another', () => {
  const paypalOf = (merchantId: string) => {
    const { clientId, clientSecret } = SANDBOX_MERCHANT;
    return { environment: 'sandbox', clientId, clientSecret, merchantId };
  };
  const applied = async (business: string, connections: object) => {
    const file = { business, timezone: 'Europe/London', connections };
    await writeFile(join(cwd, `${business}.json`), JSON.stringify(file));
    return run(`apply -f ${business}.json`);
  };
  const doctorCheck = async (name: string) => {
    const [document] = (await run('doctor')).lines as unknown as {
      checks: { name: string; ok: boolean; detail: string }[];
    }[];
    return document?.checks.find((check) => check.name === name);
  };
  const businesses = async () => (await run('business list')).lines.map(({ business }) => business);

  test('of PayPal are refused by apply, and named by ping and doctor', async () => {
    const wrong = `the credentials are of PayPal merchant ${SANDBOX_MERCHANT.merchantId}, not of ANOTHERSHOP22`;
    const refused = await applied('mixed', { paypal: paypalOf('ANOTHERSHOP22') });
    expect(refused.status).toBe(1);
    expect(refused.err).toContain(`connections.paypal.merchantId: ${wrong}`);
    expect(await businesses()).toEqual(['acme']);

    expect(await applied('mixed', { paypal: paypalOf(SANDBOX_MERCHANT.merchantId) })).toMatchObject({
      status: 0,
      err: '',
    });
    expect(await doctorCheck('accounts')).toMatchObject({ ok: true });
    const { prisma } = runtime.database;
    const where = { provider: 'paypal' };
    const { settings } = await prisma.connection.findFirstOrThrow({ where });
    const changed = { ...(settings as object), merchantId: 'ANOTHERSHOP22' };
    await prisma.connection.updateMany({ where, data: { settings: changed, revision: 99 } });
    expect(await run('ping --business mixed')).toMatchObject({
      status: 1,
      lines: [{ provider: 'paypal', ok: false, detail: expect.stringContaining(wrong) }],
    });
    expect(await doctorCheck('accounts')).toMatchObject({
      ok: false,
      detail: expect.stringContaining(`mixed paypal: ${wrong}`),
    });
  });

  test('that the account does not tell apart are applied, and that is said', async () => {
    sandbox.paypal.settings.reportingForbidden = ['balances', 'transactions'];
    const { prisma } = runtime.database;
    await prisma.connection.deleteMany({ where: { provider: 'paypal' } });
    const silent = await applied('mixed', { paypal: paypalOf('ANOTHERSHOP22') });
    expect(silent.status).toBe(0);
    expect(silent.err).toMatch(
      /^notice: connections\.paypal\.merchantId could not be compared .*applied unchecked$/m,
    );
    expect(await run('ping --business mixed')).toMatchObject({
      status: 0,
      lines: [{ ok: true, detail: expect.stringContaining('could not be compared') }],
    });
    expect(await doctorCheck('accounts')).toMatchObject({
      ok: true,
      detail: expect.stringContaining('mixed paypal: could not be compared'),
    });
    sandbox.paypal.settings.reportingForbidden = [];
    await prisma.connection.deleteMany({ where: { provider: 'paypal' } });
    await prisma.business.deleteMany({ where: { slug: 'mixed' } });
  });

  test('of FreshBooks are refused by apply: the login is asked for its accounts', async () => {
    const tokens = sandbox.freshbooks.seedTokens();
    const freshbooks = {
      accountId: 'nOtOuRs',
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const refused = await applied('strange', { freshbooks });
    expect(refused.status).toBe(1);
    expect(refused.err).toMatch(
      /connections\.freshbooks\.accountId: the login \d+ has no access to account nOtOuRs, but to xZNQ1X/,
    );
    expect(await businesses()).toEqual(['acme']);
  });
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

test('a callback that FreshBooks holds unverified is verified again, whatever verifier we trusted', async () => {
  const callbacks = [...sandbox.freshbooks.desk().books.callbacks.values()];
  const lapsed = callbacks.find(({ event }) => event === 'invoice.update');
  if (lapsed === undefined) throw new Error('there is no such callback');
  lapsed.verified = false;
  const row = await runtime.database.prisma.callback.findFirstOrThrow({
    where: { callbackId: String(lapsed.id) },
  });
  await trustCallback(runtime, row, 'outdated');
  const { status, lines } = await run('webhooks register');
  expect(status).toBe(0);
  expect(lines.find(({ event }) => event === 'invoice.update')).toMatchObject({ state: 'repaired' });
  expect(lapsed.verified).toBe(true);
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

test('poll reads every provider and brings in what no webhook told of, once', async () => {
  await writeFile(join(cwd, 'acme.json'), JSON.stringify(businessFile()));
  expect((await run('apply -f acme.json')).status).toBe(0);
  const desk = sandbox.freshbooks.desk();
  sandbox.freshbooks.deliveries.set({ drop: 'always' });
  const client = desk.createClient({ email: 'lost@client.test' });
  desk.createInvoice({ clientId: client.id, amount: '10.00' });
  const first = await run('poll --provider freshbooks');
  expect(first).toMatchObject({ status: 0, lines: [{ provider: 'freshbooks', missing: 2, recovered: 0 }] });
  const second = await run('poll --provider freshbooks');
  expect(second.lines).toMatchObject([{ missing: 0, recovered: 0 }]);
  expect((await run('events list')).lines.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['client.update', 'invoice.update']),
  );
});

test('PayPal: ping, and the webhook is made, found again, and kept through another apply', async () => {
  const { clientId, clientSecret, merchantId } = SANDBOX_MERCHANT;
  const paypal = { environment: 'sandbox', clientId, clientSecret, merchantId };
  const shop = { business: 'shop', timezone: 'Europe/London', connections: { paypal } };
  await writeFile(join(cwd, 'shop.json'), JSON.stringify(shop));
  expect((await run('apply -f shop.json')).status).toBe(0);
  expect((await run('ping --business shop')).lines).toMatchObject([{ provider: 'paypal', ok: true }]);

  // PayPal delivers to port 443 only.
  const refused = await run('webhooks register --business shop', {
    MLC_PUBLIC_URL: 'https://acme.test:8443',
  });
  expect(refused).toMatchObject({ status: 1, lines: [{ provider: 'paypal', state: 'manual', id: null }] });
  expect(refused.err).toContain('paypal createWebhook');

  const reachable = { MLC_PUBLIC_URL: 'https://hooks.acme.test' };
  const created = await run('webhooks register --business shop', reachable);
  expect(created).toMatchObject({ status: 0, lines: [{ provider: 'paypal', event: '*', state: 'created' }] });
  expect((await run('apply -f shop.json')).status).toBe(0);
  const found = await run('webhooks register --business shop', reachable);
  expect(found.lines).toMatchObject([{ state: 'existing', id: created.lines[0]?.['id'] }]);
  const connection = await runtime.database.prisma.connection.findFirstOrThrow({
    where: { provider: 'paypal' },
  });
  expect(connection.settings).toMatchObject({ webhookId: created.lines[0]?.['id'] });
});

describe('clients link', () => {
  const link = (client: string, customer: string) =>
    run(`clients link --business acme --client ${client} --customer ${customer}`);

  test('stores a person’s word, audits it and wakes what waited', async () => {
    const { prisma } = runtime.database;
    const { id: businessId } = await prisma.business.findUniqueOrThrow({ where: { slug: 'acme' } });
    const client = sandbox.freshbooks.desk().createClient({ email: 'payer@client.test' });
    const invoice = sandbox.freshbooks.desk().createInvoice({ clientId: client.id, amount: '120.00' });
    const { customer } = sandbox.gocardless.scenarios.addPayer({ email: 'boss@client.test' });
    const event = {
      businessId,
      connectionId: 'c',
      provider: 'freshbooks',
      payload: '',
      correlationId: 'x',
      flow: 'invoice-to-mandate',
    };
    const stored = (externalEventId: string, more: object) =>
      prisma.inboundEvent.create({
        data: { ...event, type: 'invoice.create', resourceId: String(invoice.id), externalEventId, ...more },
      });
    const asked = await stored('asked', { state: 'done' });
    await stored('waits', { state: 'parked', waitingFor: waitingForMandate(String(client.id)) });
    await stored('other', { state: 'parked', waitingFor: waitingForMandate('404') });
    await runtime.database.transaction((tx) =>
      repositoriesOn(tx, businessId, systemClock).reviews.open({
        kind: 'no_mandate',
        subject: { provider: 'freshbooks', type: 'invoice', id: String(invoice.id) },
        amount: null,
        reasons: [],
        candidates: [],
        covers: null,
        eventId: String(asked.id),
      }),
    );
    const linked = await link(String(client.id), customer.id);
    expect(linked).toMatchObject({
      status: 0,
      lines: [{ clientId: String(client.id), customerId: customer.id, replaces: null, woken: 2 }],
    });
    // The sandbox tells of what is made in it as well: only those of this test count.
    const states = await prisma.inboundEvent.findMany({
      where: { correlationId: event.correlationId },
      orderBy: { id: 'asc' },
      select: { state: true },
    });
    expect(states.map(({ state }) => state)).toEqual(['stored', 'stored', 'parked']);
    const second = sandbox.gocardless.scenarios.addPayer({ email: 'second@client.test' }).customer.id;
    expect((await link(String(client.id), second)).lines).toMatchObject([
      { replaces: customer.id, woken: 0 },
    ]);
    const [newest] = await prisma.auditEntry.findMany({
      where: { businessId },
      orderBy: { seq: 'desc' },
      take: 1,
    });
    expect(newest).toMatchObject({
      actor: 'cli',
      action: 'client.linked',
      details: { customerId: second, replaces: customer.id },
    });
    await prisma.inboundEvent.deleteMany();
  });

  test('refuses what is not there, and changes nothing', async () => {
    const client = String(sandbox.freshbooks.desk().createClient({ email: 'a@client.test' }).id);
    const customer = sandbox.gocardless.scenarios.addCustomer({ email: 'a@client.test' }).id;
    const before = await runtime.database.prisma.clientLink.findMany();
    const wrongCustomer = await link(client, 'CU404');
    expect(wrongCustomer).toMatchObject({ status: 1, lines: [] });
    expect(wrongCustomer.err).toContain('GoCardless has no customer CU404');
    const wrongClient = await link('987654', customer);
    expect(wrongClient).toMatchObject({ status: 1, lines: [] });
    expect(wrongClient.err).toContain('FreshBooks account xZNQ1X has no client 987654');
    expect((await run('clients link --client 1')).status).toBe(2);
    expect(await runtime.database.prisma.clientLink.findMany()).toEqual(before);
  });
});

describe('collections opt-out, opt-in and release', () => {
  const NOTE = ['--note', 'agreed', '--business', 'acme'];
  const switched = (verb: string, ...which: string[]) =>
    run(['collections', verb, ...which, ...NOTE].join(' '));
  const invoiceOf = () => {
    const desk = sandbox.freshbooks.desk();
    const { id: clientId } = desk.createClient({ email: 'switch@client.test' });
    const { id, number } = desk.createInvoice({ clientId, amount: '30.00' });
    return { id: String(id), number, clientId: String(clientId) };
  };
  const optedOut = () => runtime.database.prisma.optOut.findMany({ select: { kind: true, id: true } });

  test('take the number that all texts show, or the id', async () => {
    const { id, number } = invoiceOf();
    expect(number).not.toBe(id);
    expect(await switched('opt-out', '--invoice', number)).toMatchObject({
      status: 0,
      lines: [{ kind: 'invoice', id, done: 'opt-out' }],
    });
    expect(await optedOut()).toEqual([{ kind: 'invoice', id }]);
    expect((await switched('opt-in', '--invoice', id)).status).toBe(0);
    expect((await switched('opt-out', '--invoice', id)).status).toBe(0);
    expect((await switched('opt-in', '--invoice', number)).status).toBe(0);
    expect(await optedOut()).toEqual([]);
    const never = await switched('release', '--invoice', number);
    expect(never).toMatchObject({ status: 1, lines: [] });
    expect(never.err).toContain(`invoice ${id} was never debited`);
  });

  test.each([
    [
      'opt-out',
      '--invoice',
      /FreshBooks has no invoice with the number or id 987654321; nothing was changed/,
    ],
    ['opt-in', '--invoice', /FreshBooks has no invoice with the number or id 987654321; nothing was changed/],
    [
      'release',
      '--invoice',
      /FreshBooks has no invoice with the number or id 987654321; nothing was changed/,
    ],
    ['opt-out', '--client', /FreshBooks has no client with the id 987654321; nothing was changed/],
    ['opt-in', '--client', /FreshBooks has no client with the id 987654321; nothing was changed/],
  ])('%s %s refuses what does not exist', async (verb, option, why) => {
    const before = await runtime.database.prisma.auditEntry.count();
    const refused = await switched(verb, option, '987654321');
    expect(refused).toMatchObject({ status: 1, lines: [] });
    expect(refused.err).toMatch(why);
    expect(await optedOut()).toEqual([]);
    expect(await runtime.database.prisma.auditEntry.count()).toBe(before);
  });

  test('a client by its id; what was opted out is opted in when FreshBooks has it no more, or is away', async () => {
    const { clientId } = invoiceOf();
    const { prisma } = runtime.database;
    const { id: businessId } = await prisma.business.findUniqueOrThrow({ where: { slug: 'acme' } });
    expect((await switched('opt-out', '--client', clientId)).status).toBe(0);
    const away = { FRESHBOOKS_API_URL: 'http://127.0.0.1:1' };
    const optIn = ['collections', 'opt-in', '--client', clientId, ...NOTE].join(' ');
    expect((await run(optIn, away)).status).toBe(0);
    await prisma.optOut.create({ data: { businessId, kind: 'invoice', id: '4711', why: 'x', by: 'cli' } });
    expect((await switched('opt-in', '--invoice', '4711')).status).toBe(0);
    const unknown = await run(['collections', 'opt-out', '--invoice', '0000404', ...NOTE].join(' '), away);
    expect(unknown.status).toBe(1);
    expect(unknown.err).toMatch(/invoice 0000404 cannot be looked up \(.*\); nothing was changed/);
  });

  test('one of the two is named', async () => {
    expect((await switched('opt-out')).status).toBe(2);
    expect((await switched('opt-out', '--invoice', '1', '--client', '2')).status).toBe(2);
  });
});
