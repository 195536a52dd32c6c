import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Captures } from '@mlc/core';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import { type Sandbox, SANDBOX_MERCHANT, SandboxClock, startSandbox } from '@mlc/sandbox';
import { type ScriptedProvider, scriptedProvider } from '@mlc/testkit';
import { paypalCaptures } from './captures.ts';
import { paypalTokens } from './tokens.ts';

let http: ClosableHttpClient;
let provider: ScriptedProvider;
let sandbox: Sandbox;

beforeAll(async () => {
  http = createHttpClient({ version: 'test', readRetries: 0 });
  provider = await scriptedProvider();
  const clock = new SandboxClock({ start: new Date('2026-11-02T09:00:00Z') });
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0, paypalPort: 0, clock });
});

afterAll(async () => {
  http.close();
  await provider.close();
  await sandbox.close();
});

const shared = () => ({
  http,
  limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
  connectionId: 'conn-1',
  clock: sandbox.clock,
});

function scripted(): Captures {
  const tokens = {
    current: () => Promise.resolve('t'),
    replacing: () => Promise.resolve('t'),
    afterRefusal: () => Promise.resolve(null),
  };
  return paypalCaptures({ ...shared(), apiUrl: provider.url, tokens, merchantId: 'M' });
}

function real(): Captures {
  const { clientId, clientSecret, merchantId } = SANDBOX_MERCHANT;
  const app = { ...shared(), apiUrl: sandbox.urls.paypal, clientId };
  const tokens = paypalTokens({ ...app, clientSecret: () => Promise.resolve(clientSecret) });
  return paypalCaptures({ ...app, tokens, merchantId });
}

test('the total of each currency, as of the second asked for', async () => {
  const amount = (currency_code: string, value: string) => ({ currency_code, value });
  provider.script({
    body: {
      balances: [
        {
          currency: 'GBP',
          primary: true,
          total_balance: amount('GBP', '1234.50'),
          available_balance: amount('GBP', '1.00'),
        },
        { currency: 'JPY', total_balance: amount('JPY', '-7') },
      ],
      account_id: 'M',
    },
  });
  expect(await scripted().balancesAt('2026-11-01T01:00:00.500+01:00')).toEqual([
    { minor: 123_450n, currency: 'GBP' },
    { minor: -7n, currency: 'JPY' },
  ]);
  expect(Object.fromEntries(provider.requests[0]?.query ?? [])).toEqual({
    currency_code: 'ALL',
    as_of_time: '2026-11-01T00:00:00Z',
  });
});

test('an answer as of an earlier moment tells of which', async () => {
  provider.script({ body: { balances: [], as_of_time: '2026-10-31T22:00:00+0000' } });
  const heard: string[] = [];
  await scripted().balancesAt('2026-10-31T23:59:59Z', (moment) => heard.push(moment));
  expect(heard).toEqual(['2026-10-31T22:00:00.000Z']);
});

test('the newest, when no moment is named; no balances are none', async () => {
  provider.script({ body: { account_id: 'M' } });
  expect(await scripted().balancesAt(null)).toEqual([]);
  expect(provider.requests[0]?.query.has('as_of_time')).toBe(false);
});

test('an app that may not see them is told so', async () => {
  provider.script({ status: 403, body: { name: 'NOT_AUTHORIZED', message: 'no', debug_id: 'd' } });
  await expect(scripted().balancesAt(null)).rejects.toMatchObject({ kind: 'rejected', status: 403 });
});

test('the sandbox knows what it held before something moved', async () => {
  const { scenarios } = sandbox.paypal;
  scenarios.payerPays({ amount: '100.00' });
  await sandbox.clock.advanceDays(1);
  const before = sandbox.clock.now().toISOString();
  await sandbox.clock.advanceDays(1);
  scenarios.withdraw({ amount: '20.00' });
  await sandbox.clock.advanceDays(1);
  const [then] = await real().balancesAt(before);
  const [now] = await real().balancesAt(null);
  expect(then?.currency).toBe('GBP');
  expect((then?.minor ?? 0n) - (now?.minor ?? 0n)).toBe(2_000n);
});
