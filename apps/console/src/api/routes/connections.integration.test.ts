import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Sandbox, SANDBOX_APP, SandboxClock, startSandbox } from '@mlc/sandbox';
import {
  type SignedInBrowser,
  TEST_POLICY,
  withConsole,
} from '../../../../../tests/support/console-under-test.ts';

jest.setTimeout(60_000);

const API = '/api/v1';
let sandbox: Sandbox;
// The sandbox has to be there before the console reads where FreshBooks is.
beforeAll(async () => {
  sandbox = await startSandbox({
    freshbooksPort: 0,
    gocardlessPort: 0,
    paypalPort: 0,
    clock: new SandboxClock(),
  });
});
afterAll(() => sandbox.close());

const under = withConsole(() => ({
  FRESHBOOKS_API_URL: sandbox.urls.freshbooks,
  GOCARDLESS_API_URL: sandbox.urls.gocardless,
  PAYPAL_API_URL: sandbox.urls.paypal,
  FRESHBOOKS_AUTH_URL: sandbox.urls.freshbooks,
  FRESHBOOKS_CLIENT_ID: SANDBOX_APP.clientId,
  FRESHBOOKS_CLIENT_SECRET: SANDBOX_APP.clientSecret,
  FRESHBOOKS_REDIRECT_URI: 'https://console.test/oauth/freshbooks',
}));
let admin: SignedInBrowser;

beforeAll(async () => {
  admin = await under.person([{ businessId: 'b1', roles: ['admin'] }]);
});

const api = (
  method: string,
  path: string,
  sent: { body?: unknown; headers?: Record<string, string>; browser?: SignedInBrowser } = {},
) => under.ask(API + path, { method, browser: admin, ...sent });

/** What a browser does: opens the page, is sent back. Returns the path it comes back to. */
async function consent(): Promise<string> {
  const { url } = (await api('POST', '/connections/freshbooks/authorisations')).json as { url: string };
  expect(url).toContain('code_challenge_method=S256');
  expect(url).not.toContain('scope=');
  const answer = await fetch(url, { redirect: 'manual' });
  const { pathname, search } = new URL(answer.headers.get('location') ?? '');
  return pathname + search;
}

const tokens = () => under.runtime.database.prisma.secret.count({ where: { name: 'tokens' } });

describe('a consent at FreshBooks', () => {
  test('comes back once, to the browser that began it, and a person chooses the account', async () => {
    const back = await consent();
    const stranger = await under.person([{ businessId: 'b1', roles: ['admin'] }]);
    expect((await under.ask(back, { browser: stranger })).status).toBe(422);
    expect(await tokens()).toBe(0);
    const came = await under.ask(back, { browser: admin });
    expect([came.status, came.headers.get('location')]).toEqual([303, '/connections/freshbooks?business=a']);
    expect((await under.ask(back, { browser: admin })).status).toBe(422);
    const accounts = (await api('GET', '/connections/freshbooks/account')).json['items'] as {
      accountId: string | null;
      obstacle: string | null;
    }[];
    const [own] = accounts.filter(({ obstacle }) => obstacle === null);
    const wrong = await api('PUT', '/connections/freshbooks/account', { body: { accountId: 'nobodys' } });
    expect(wrong.status).toBe(422);
    const chosen = await api('PUT', '/connections/freshbooks/account', {
      body: { accountId: own?.accountId },
    });
    expect(chosen.json).toMatchObject({
      provider: 'freshbooks',
      state: 'active',
      settings: { accountId: own?.accountId },
    });
    expect(chosen.text).not.toMatch(/accessToken|refreshToken/);
    expect(await tokens()).toBe(1);
    expect(
      (await api('PUT', '/connections/freshbooks/account', { body: { accountId: own?.accountId } })).status,
    ).toBe(409);
    const ping = await api('POST', '/connections/freshbooks/ping');
    expect(ping.json).toMatchObject({ ok: true });
    const entries = await under.runtime.database.prisma.auditEntry.findMany({
      where: { businessId: 'b1' },
      orderBy: { seq: 'asc' },
    });
    expect(entries.map(({ action, actor }) => [action, actor])).toEqual(
      expect.arrayContaining([
        ['connection.authorised', 'p1@a.test'],
        ['connection.created', 'p1@a.test'],
      ]),
    );
  });

  test('again goes on in place; by a pasted address as well; one that is refused is told in FreshBooks’ words', async () => {
    const before = (await api('GET', '/connections/freshbooks')).json['revision'] as number;
    const address = `https://console.test${await consent()}`;
    expect(
      (await api('POST', '/connections/freshbooks/authorisations/address', { body: { address } })).status,
    ).toBe(204);
    const after = (await api('GET', '/connections/freshbooks')).json['revision'] as number;
    expect(after).toBeGreaterThan(before);
    expect(await tokens()).toBe(1);
    const state = new URL(`https://x${await consent()}`).searchParams.get('state') ?? '';
    const refused = await under.ask(`/oauth/freshbooks?error=access_denied&state=${state}`, {
      browser: admin,
      headers: { Accept: 'application/json' },
    });
    expect(refused.json).toMatchObject({ code: 'refused', detail: 'FreshBooks says: access_denied' });
  });
});

test('webhooks are registered, and a preview shows what would be done', async () => {
  const made = (await api('POST', '/connections/freshbooks/webhooks')).json['items'] as { state: string }[];
  expect(new Set(made.map(({ state }) => state))).toEqual(new Set(['created']));
  const again = (await api('POST', '/connections/freshbooks/webhooks')).json['items'] as { state: string }[];
  expect(new Set(again.map(({ state }) => state))).toEqual(new Set(['repaired']));
  const health = (await api('GET', '/connections')).json['items'] as { callbacks: { pending: number } }[];
  expect(health[0]?.callbacks.pending).toBe(made.length);
  expect((await api('POST', '/connections/paypal/webhooks')).status).toBe(404);
  const desk = sandbox.freshbooks.desk();
  const client = desk.createClient({ email: 'a@client.test', organization: 'Northwind' });
  desk.createInvoice({ clientId: client.id, amount: '120.00', dueInDays: 10 });
  const none = await api('POST', '/preview');
  expect([none.status, none.json['code']]).toEqual([503, 'unavailable']);
});

test('what the sandbox holds is made to happen from here', async () => {
  const overview = (await api('GET', '/sandbox')).json['items'] as {
    provider: string;
    scenarios: string[];
  }[];
  expect(overview.map(({ provider }) => provider)).toEqual(['freshbooks', 'gocardless', 'paypal']);
  expect(overview[0]?.scenarios.length).toBeGreaterThan(0);
  const wrong = await api('POST', '/sandbox/freshbooks/scenarios/noSuchThing', { body: {} });
  expect([wrong.status, wrong.json['code']]).toEqual([422, 'refused']);
  const before = new Date(
    (await api('GET', '/sandbox')).json['items'] === undefined ? 0 : sandbox.clock.now(),
  );
  const after = await api('POST', '/sandbox/clock', { body: { advanceDays: 1 } });
  expect(new Date(String(after.json['now'])).getTime() - before.getTime()).toBeGreaterThanOrEqual(86_400_000);
  expect((await api('DELETE', '/sandbox/paypal/faults')).status).toBe(204);
});

test('GoCardless is connected with pasted credentials, which are never shown again', async () => {
  const path = '/connections/gocardless';
  const first = { environment: 'sandbox', accessToken: 'gc-token', webhookSecrets: ['gc-secret'] };
  expect((await api('PATCH', path, { body: {}, headers: { 'If-Match': '"r0"' } })).json).toMatchObject({
    code: 'invalid',
    errors: [{ pointer: '/accessToken' }],
  });
  const made = await api('PATCH', path, { body: first, headers: { 'If-Match': '"r0"' } });
  expect(made.json).toMatchObject({
    state: 'active',
    environment: 'sandbox',
    secrets: [{ name: 'access-token' }, { name: 'webhook-secrets' }],
  });
  expect(made.json['webhookUrls']).toEqual([expect.stringContaining('/webhooks/gocardless/')]);
  expect(made.text).not.toContain('gc-');
  const etag = String(made.headers.get('etag'));
  const changed = await api('PATCH', path, { body: { creditorId: 'CR1' }, headers: { 'If-Match': etag } });
  expect(changed.json).toMatchObject({ settings: { creditorId: 'CR1' } });
  expect((await api('PATCH', path, { body: {}, headers: { 'If-Match': etag } })).json['code']).toBe('stale');
  const paypal = {
    environment: 'sandbox',
    clientId: 'c',
    clientSecret: 's',
    merchantId: 'M',
    webhookId: 'WEBHOOK_ID',
  };
  const refused = await api('PATCH', '/connections/paypal', {
    body: paypal,
    headers: { 'If-Match': '"r0"' },
  });
  expect(refused.json).toMatchObject({
    code: 'invalid',
    errors: [{ pointer: '/connections/paypal/webhookId' }],
  });
});

test('the policy is chosen as it was seen, and going live is a step of its own', async () => {
  const seen = await api('GET', '/policy');
  expect(seen.json).toEqual(TEST_POLICY);
  const etag = String(seen.headers.get('etag'));
  const { mode: _mode, ...rest } = TEST_POLICY;
  const chosen = await api('PUT', '/policy', {
    body: { ...rest, noMandate: 'pause' },
    headers: { 'If-Match': etag },
  });
  expect(chosen.json).toMatchObject({ noMandate: 'pause', mode: 'observe' });
  const stale = await api('PUT', '/policy', { body: rest, headers: { 'If-Match': etag } });
  expect([stale.status, stale.json['current']]).toEqual([
    412,
    expect.objectContaining({ noMandate: 'pause' }),
  ]);
  expect((await api('PUT', '/policy/mode', { body: { mode: 'live' } })).json).toEqual({
    mode: 'live',
    changed: true,
    released: 0,
  });
  expect((await api('GET', '/policy')).json).toMatchObject({ mode: 'live', noMandate: 'pause' });
});
