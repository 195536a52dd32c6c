import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AccountComparison, PingResult } from '@mlc/core';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import { type ScriptedAnswer, type ScriptedProvider, scriptedProvider } from '@mlc/testkit';
import { paypalAccount } from './account.ts';
import { paypalPing } from './ping.ts';

const OURS = 'RD465XN5VS364';
const OTHERS = 'XZXSPECPDZHZU';

let http: ClosableHttpClient;
let provider: ScriptedProvider;

beforeAll(async () => {
  http = createHttpClient({ version: 'test', readRetries: 0 });
  provider = await scriptedProvider();
});

afterAll(async () => {
  http.close();
  await provider.close();
});

const access = (merchantId = OURS) => ({
  http,
  limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
  apiUrl: provider.url,
  connectionId: 'conn-1',
  clock: { now: () => new Date('2026-11-22T10:00:00.000Z') },
  tokens: {
    current: () => Promise.resolve('t'),
    replacing: () => Promise.resolve('t'),
    afterRefusal: () => Promise.resolve(null),
    granted: () => Promise.resolve({ appId: 'APP-1', scopes: [] }),
  },
  merchantId,
});

const balances = (account_id?: unknown): ScriptedAnswer => ({ body: { balances: [], account_id } });
const search = (account_number?: unknown): ScriptedAnswer => ({
  body: { transaction_details: [], account_number, total_items: 0, total_pages: 0 },
});
const refused: ScriptedAnswer = {
  status: 403,
  body: { name: 'NOT_AUTHORIZED', message: 'no', debug_id: 'd' },
};

describe('whose the credentials are', () => {
  test.each<[string, AccountComparison['verdict'], ScriptedAnswer[], number]>([
    ['the balances name our merchant', 'same', [balances(OURS)], 1],
    ['in other letters', 'same', [balances(OURS.toLowerCase())], 1],
    ['another one, and so does Transaction Search', 'other', [balances(OTHERS), search(OTHERS)], 2],
    ['another one, and Transaction Search may not be asked', 'other', [balances(OTHERS), refused], 2],
    ['another one, and Transaction Search names ours', 'unknown', [balances(OTHERS), search(OURS)], 2],
    ['the balances may not be asked, Transaction Search names ours', 'same', [refused, search(OURS)], 2],
    [
      'the balances may not be asked, Transaction Search names another',
      'other',
      [refused, search(OTHERS)],
      2,
    ],
    ['in another shape than an id of ours', 'unknown', [refused, search('4711')], 2],
    ['the balances name nobody, Transaction Search names ours', 'same', [balances(), search(OURS)], 2],
    ['nobody is named', 'unknown', [balances(''), search(17)], 2],
    ['the balances say something of another shape', 'unknown', [balances('a@b.test'), search()], 2],
    ['neither may be asked', 'unknown', [refused, refused], 2],
    ['PayPal is out of order', 'unknown', [{ status: 503, body: {} }], 1],
    ['the answer is no JSON', 'unknown', [{ body: '<html>' }], 1],
  ])('%s: %s', async (_, verdict, answers, calls) => {
    provider.script(...answers);
    const found = await paypalAccount(access());
    expect(found.verdict).toBe(verdict);
    expect(found.said).not.toBe('');
    expect(provider.requests).toHaveLength(calls);
  });

  test('both are named, with what to correct', async () => {
    provider.script(balances(OTHERS), search(OTHERS));
    expect((await paypalAccount(access())).said).toBe(
      `the credentials are of PayPal merchant ${OTHERS}, not of ${OURS}: correct connections.paypal.merchantId, or the client id and secret, and apply the file`,
    );
  });

  test('what no merchant id looks like is not compared with one', async () => {
    provider.script(balances(OTHERS), search(OTHERS));
    expect((await paypalAccount(access('shop@acme.test'))).verdict).toBe('unknown');
  });
});

describe('ping', () => {
  const webhooks: ScriptedAnswer = { body: { webhooks: [] } };
  test.each<[string, ScriptedAnswer[], Pick<PingResult, 'ok' | 'detail'>]>([
    ['ours', [balances(OURS)], { ok: true, detail: 'app APP-1, 0 webhooks' }],
    [
      'another merchant’s',
      [balances(OTHERS), search(OTHERS)],
      { ok: false, detail: expect.stringContaining(`of PayPal merchant ${OTHERS}, not of ${OURS}`) as never },
    ],
    [
      'not to be compared',
      [refused, refused],
      {
        ok: true,
        detail: expect.stringMatching(
          /^app APP-1, 0 webhooks, merchant .+ could not be compared \(.*NOT_AUTHORIZED/,
        ) as never,
      },
    ],
  ])('%s', async (_, answers, expected) => {
    provider.script(webhooks, ...answers);
    expect(await paypalPing(access())).toMatchObject(expected);
  });
});
