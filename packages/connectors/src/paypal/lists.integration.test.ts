import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Captures,
  type PaypalTransaction,
  type SearchNews,
  transactionKey,
  type UnreadableTransaction,
} from '@mlc/core';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import {
  type ScriptedAnswer,
  type ScriptedProvider,
  type ScriptedRequest,
  scriptedProvider,
} from '@mlc/testkit';
import { paypalCaptures } from './captures.ts';
import { PAYPAL_EVENT_TYPES, type PaypalWebhooks, paypalWebhooks } from './webhook-registration.ts';

let provider: ScriptedProvider;
let http: ClosableHttpClient;
let captures: Captures;
let webhooks: PaypalWebhooks;
const NOW = new Date('2026-11-22T10:00:00.000Z');

beforeAll(async () => {
  provider = await scriptedProvider();
  http = createHttpClient({ version: 'test', totalTimeoutMs: 5_000, readRetries: 0 });
  const access = {
    http,
    limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
    tokens: {
      current: () => Promise.resolve('token'),
      replacing: () => Promise.resolve('token'),
      afterRefusal: () => Promise.resolve(null),
    },
    apiUrl: provider.url,
    connectionId: 'conn-1',
    clock: { now: () => NOW },
  };
  captures = paypalCaptures({ ...access, merchantId: 'RD465XN5VS364' });
  webhooks = paypalWebhooks(access);
});

afterAll(async () => {
  http.close();
  await provider.close();
});

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** Answers every call the same way. */
function always(answer: (request: ScriptedRequest) => ScriptedAnswer): void {
  provider.script(...Array.from({ length: 200 }, () => answer));
}

const offset = (moment: string) => moment.replace('Z', '+0000');

function row(id: string, changes: Record<string, unknown> = {}) {
  return {
    transaction_info: {
      paypal_account_id: '6STWC2LSUYYYE',
      transaction_id: id,
      transaction_event_code: 'T0006',
      transaction_initiation_date: '2026-11-20T04:03:52+0000',
      transaction_updated_date: '2026-11-20T04:03:52+0000',
      transaction_amount: { currency_code: 'USD', value: '465.00' },
      fee_amount: { currency_code: 'USD', value: '-13.79' },
      transaction_status: 'S',
      invoice_id: 'Invoice-005',
      custom_field: '',
      ...changes,
    },
    payer_info: { email_address: 'buyer@example.com', payer_name: {} },
    cart_info: {},
  };
}

const page = (rows: unknown[], changes: Record<string, unknown> = {}): ScriptedAnswer => ({
  body: {
    transaction_details: rows,
    last_refreshed_datetime: '2026-11-22T08:00:00+0000',
    page: 1,
    total_items: rows.length,
    total_pages: 1,
    ...changes,
  },
});

const searchError = (status: number, name: string, message: string): ScriptedAnswer => ({
  status,
  body: { name, message, details: [], total_items: 12_000, maximum_items: 10_000 },
});
const NOT_AVAILABLE = 'Data for the given start date is not available.';

interface Searched {
  readonly rows: readonly PaypalTransaction[];
  readonly told: readonly string[];
  readonly aside: readonly UnreadableTransaction[];
}

async function search(from: string, to = NOW.toISOString()): Promise<Searched> {
  const [told, aside]: [string[], UnreadableTransaction[]] = [[], []];
  const news: SearchNews = {
    completeTo: (moment) => told.push(moment),
    unreadable: (one) => aside.push(one),
  };
  return { rows: await collect(captures.searchTransactions(from, to, news)), told, aside };
}

const isPendingList = ({ query }: ScriptedRequest) => query.get('transaction_status') === 'P';
const windowsAsked = () =>
  provider.requests
    .filter((request) => !isPendingList(request))
    .map(({ query }) => [query.get('start_date'), query.get('end_date')]);

describe('Transaction Search', () => {
  test('rows in our words; the parameters PayPal wants', async () => {
    always((request) => (isPendingList(request) ? page([]) : page([row('5TY05013RG002845M')])));
    const { rows, told } = await search('2026-11-20T00:00:00.500Z');
    expect(rows).toEqual([
      {
        id: '5TY05013RG002845M',
        referenceId: null,
        eventCode: 'T0006',
        amount: { minor: 46500n, currency: 'USD' },
        fee: { minor: -1379n, currency: 'USD' },
        status: 'S',
        initiatedAt: '2026-11-20T04:03:52.000Z',
        updatedAt: '2026-11-20T04:03:52.000Z',
        payerEmail: 'buyer@example.com',
        references: ['Invoice-005'],
        ordinal: 0,
      },
    ]);
    expect(told).toEqual(['2026-11-22T08:00:00Z']);
    expect(Object.fromEntries(provider.requests[0]?.query ?? [])).toEqual({
      start_date: '2026-11-20T00:00:00Z',
      end_date: '2026-11-22T10:00:00Z',
      fields: 'transaction_info,payer_info',
      page_size: '500',
      page: '1',
    });
    expect(Object.fromEntries(provider.requests[1]?.query ?? [])).toMatchObject({
      transaction_status: 'P',
      balance_affecting_records_only: 'N',
    });
  });

  test('windows of at most 31 days that do not overlap, never into the future', async () => {
    always(() => page([]));
    await search('2026-09-01T00:00:00Z', '2027-01-01T00:00:00Z');
    expect(windowsAsked()).toEqual([
      ['2026-09-01T00:00:00Z', '2026-10-01T23:59:59Z'],
      ['2026-10-02T00:00:00Z', '2026-11-01T23:59:59Z'],
      ['2026-11-02T00:00:00Z', '2026-11-22T10:00:00Z'],
    ]);
  });

  test('an empty stretch asks nothing', async () => {
    provider.script();
    expect((await search('2026-11-22T10:00:01Z')).rows).toEqual([]);
    expect(provider.requests).toEqual([]);
  });

  test('too many rows: the window is halved until it fits, and each row comes once', async () => {
    const rows = Array.from({ length: 64 }, (_, index) => {
      const at = new Date(Date.UTC(2026, 10, 20, 0, 0, index)).toISOString().replace('.000', '');
      return { at, wire: row(`T${index}`, { transaction_initiation_date: offset(at) }) };
    });
    always((request) => {
      if (isPendingList(request)) return page([]);
      const [start = '', end = ''] = ['start_date', 'end_date'].map((name) => request.query.get(name) ?? '');
      const inside = rows.filter(({ at }) => at >= start && at <= end);
      if (inside.length > 10) return searchError(400, 'RESULTSET_TOO_LARGE', 'Too many.');
      return page(inside.map(({ wire }) => wire));
    });
    const found = (await search('2026-11-19T00:00:00Z')).rows.map(({ id }) => id);
    expect(found.toSorted()).toEqual(rows.map(({ wire }) => wire.transaction_info.transaction_id).toSorted());
    expect(new Set(found).size).toBe(64);
  });

  test('too many within one second is a failure that says so', async () => {
    always(() => searchError(400, 'RESULTSET_TOO_LARGE', 'Too many.'));
    await expect(search('2026-11-22T09:59:58Z')).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('in the second of 2026-11-22T09:59:58Z') as unknown,
    });
  });

  test('all pages, 1 to total_pages', async () => {
    always((request) => {
      if (isPendingList(request)) return page([]);
      const number = Number(request.query.get('page'));
      return page([row(`T${number}`)], { page: number, total_items: 3, total_pages: 3 });
    });
    expect((await search('2026-11-20T00:00:00Z')).rows.map(({ id }) => id)).toEqual(['T1', 'T2', 'T3']);
  });

  test('a list that grows while it is read is read again', async () => {
    const small = { total_items: 2, total_pages: 2 };
    const grown = { total_items: 3, total_pages: 2 };
    provider.script(
      page([row('T1')], small),
      page([row('T1')], grown),
      page([row('T0'), row('T1')], grown),
      page([row('T2')], grown),
      page([]),
    );
    expect((await search('2026-11-20T00:00:00Z')).rows.map(({ id }) => id)).toEqual(['T0', 'T1', 'T2']);
  });

  test('pending before settled is one row; neither its status nor its fee nor its day of change is part of its name', async () => {
    const states = [
      row('A', { transaction_status: 'P', fee_amount: undefined }),
      row('A', { transaction_updated_date: '2026-11-21T00:00:00+0000' }),
      row('A', { transaction_status: 'V', transaction_updated_date: '2026-11-22T00:00:00+0000' }),
    ];
    const names: string[] = [];
    for (const state of states) {
      const isPending = state.transaction_info.transaction_status === 'P';
      always((request) => page(isPendingList(request) === isPending ? [state] : []));
      names.push(...(await search('2026-11-20T00:00:00Z')).rows.map(transactionKey));
    }
    expect(names).toEqual(Array.from({ length: 3 }, () => 'A:T0006:46500USD:20261120T040352000'));
  });

  test('rows with one id are as many as there are, also where they cannot be told apart', async () => {
    const of = (value: string, currency_code = 'USD') => ({ transaction_amount: { value, currency_code } });
    const hold = { transaction_event_code: 'T2101', fee_amount: undefined };
    const rows = [
      ...['-20.00', '15.00', '5.00', '5.00'].map((value) => row('REFUND', { ...hold, ...of(value) })),
      ...[of('-10.00'), of('9.20', 'EUR')].map((leg) =>
        row('LEGS', { transaction_event_code: 'T0200', ...leg }),
      ),
    ];
    always((request) => page(isPendingList(request) ? [] : rows));
    const first = (await search('2026-11-20T00:00:00Z')).rows;
    expect(first.map(({ amount }) => amount.minor).toSorted()).toEqual(
      [-1000n, -2000n, 1500n, 500n, 500n, 920n].toSorted(),
    );
    expect(new Set(first.map(transactionKey)).size).toBe(6);
    rows.reverse();
    const again = (await search('2026-11-20T00:00:00Z')).rows;
    expect(again.map(transactionKey).toSorted()).toEqual(first.map(transactionKey).toSorted());
  });

  test('a list that never holds still: what only seems to be there twice is one row', async () => {
    always((request) => {
      if (isPendingList(request)) return page([]);
      const number = Number(request.query.get('page'));
      return page([row(`T${number}`), row('MOVED')], { page: number, total_items: 3, total_pages: 2 });
    });
    const { rows } = await search('2026-11-20T00:00:00Z');
    expect(rows.map(({ id }) => id)).toEqual(['T1', 'MOVED', 'T2']);
  });

  test('the pending list answers nothing but what is pending, and what affects the balance is not', async () => {
    always(() => page([row('P', { transaction_status: 'P' }), row('S')]));
    const { rows } = await search('2026-11-20T00:00:00Z');
    expect(rows.map(({ id, status }) => [id, status])).toEqual([
      ['S', 'S'],
      ['P', 'P'],
    ]);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['without an id', { transaction_id: '' }, /^its transaction_id is missing$/],
    ['without an amount', { transaction_amount: undefined }, /^its transaction_amount/],
    [
      'in a currency with six decimals',
      { transaction_amount: { currency_code: 'PYUSD', value: '81.010001' } },
      /^its transaction_amount 81\.010001 PYUSD is not an amount/,
    ],
    ['with a fee like that', { fee_amount: { currency_code: 'USD', value: '0.000001' } }, /^its fee_amount/],
    ['without a date', { transaction_initiation_date: undefined }, /^its transaction_initiation_date/],
    ['without a code', { transaction_event_code: undefined }, /^its transaction_event_code is missing$/],
    ['without a status', { transaction_status: undefined }, /^its transaction_status is missing$/],
    [
      'in an unknown status',
      { transaction_status: 'Q' },
      /^its transaction_status is no status that we know$/,
    ],
  ])('a row %s is set aside under one name; its neighbours are read', async (_case, changes, why) => {
    always((request) => page(isPendingList(request) ? [] : [row('A'), row('ODD', changes), row('B')]));
    const [once, twice] = [await search('2026-11-20T00:00:00Z'), await search('2026-11-20T00:00:00Z')];
    expect(once.rows.map(({ id }) => id)).toEqual(['A', 'B']);
    expect(once.aside).toMatchObject([
      { id: 'transaction_id' in changes ? '' : 'ODD', why: expect.stringMatching(why) },
    ]);
    expect(twice.aside.map(({ key }) => key)).toEqual(once.aside.map(({ key }) => key));
  });

  test('what is not needed may be missing', async () => {
    const bare = {
      transaction_updated_date: undefined,
      fee_amount: undefined,
      invoice_id: undefined,
      custom_field: undefined,
    };
    always((request) =>
      page(isPendingList(request) ? [] : [{ ...row('A', bare), payer_info: undefined }, 7]),
    );
    const { rows, aside } = await search('2026-11-20T00:00:00Z');
    expect(rows).toMatchObject([{ id: 'A', fee: null, payerEmail: null, references: [] }]);
    expect(aside).toHaveLength(1);
  });

  test('one transaction: all its rows in any status, by whichever date PayPal filters', async () => {
    const rows = [
      row('A'),
      row('A', { transaction_status: 'D', transaction_event_code: 'T0000' }),
      row('OTHER'),
    ];
    always(({ query }) => page(query.get('start_date') === '2026-10-01T00:00:00Z' ? rows : []));
    const found = await captures.transactionsOf('A', '2026-10-01T00:00:00Z');
    expect(found.map(({ eventCode, status }) => [eventCode, status])).toEqual([
      ['T0006', 'S'],
      ['T0000', 'D'],
    ]);
    expect(provider.requests.map(({ query }) => query.get('end_date'))).toEqual([
      '2026-10-31T23:59:59Z',
      '2026-11-22T10:00:00Z',
    ]);
    expect(Object.fromEntries(provider.requests[0]?.query ?? [])).toMatchObject({
      transaction_id: 'A',
      balance_affecting_records_only: 'N',
    });
    always(() => searchError(403, 'NOT_AUTHORIZED', 'x'));
    expect(await captures.transactionsOf('A', '2026-11-20T00:00:00Z')).toEqual([]);
    expect(await captures.transactionsOf('../x', '2026-11-20T00:00:00Z')).toEqual([]);
  });

  test('nothing is asked beyond what the list holds', async () => {
    always(() => page([], { last_refreshed_datetime: '2026-10-01T00:00:00+0000' }));
    const { told } = await search('2026-09-01T00:00:00Z');
    expect(windowsAsked()).toEqual([['2026-09-01T00:00:00Z', '2026-10-01T23:59:59Z']]);
    expect(told).toEqual(['2026-10-01T00:00:00Z']);
  });

  test.each([400, 404])('"not available" (%i) within the lag: later', async (status) => {
    always(() => searchError(status, 'INVALID_REQUEST', NOT_AVAILABLE));
    expect(await search('2026-11-22T08:00:00Z')).toMatchObject({
      rows: [],
      told: ['2026-11-22T08:00:00Z'],
    });
  });

  test('"not available" beyond it is no empty list', async () => {
    always(() => searchError(400, 'INVALID_REQUEST', NOT_AVAILABLE));
    await expect(search('2026-11-21T00:00:00Z')).rejects.toMatchObject({
      kind: 'not-ready',
      reason: 'search_behind',
    });
    await expect(search('2023-01-01T00:00:00Z')).rejects.toMatchObject({ kind: 'rejected' });
  });

  test('switched off', async () => {
    always(() => ({
      status: 403,
      body: { name: 'NOT_AUTHORIZED', message: 'x', details: [{ issue: 'PERMISSION_DENIED' }] },
    }));
    await expect(search('2026-11-21T00:00:00Z')).rejects.toMatchObject({
      kind: 'rejected',
      reason: 'PERMISSION_DENIED',
      message: expect.stringContaining('switch it on') as unknown,
    });
  });
});

const EVENT = {
  id: 'WH-1-1',
  event_version: '1.0',
  create_time: '2026-11-21T21:50:07.940Z',
  resource_type: 'capture',
  resource_version: '2.0',
  event_type: 'PAYMENT.CAPTURE.COMPLETED',
  summary: 'Payment completed for $ 30.0 USD',
  resource: { id: '12A34567BC123456S' },
};

describe('webhook events', () => {
  const list = (from: string, to = NOW.toISOString()) => collect(captures.listWebhookEvents(from, to));

  test('page by page, over links of another host; each once, as it was delivered', async () => {
    const next = (token: string) => ({
      rel: 'next',
      href: `https://api.sandbox.paypal.com/v1/notifications/webhooks-events?page_size=100&next=${token}`,
    });
    const second = { ...EVENT, id: 'WH-1-2', create_time: '2015-01-01T00:00:00Z' };
    provider.script(
      { body: { events: [{ ...EVENT, status: 'SUCCESS', transmissions: [{}] }], links: [next('2')] } },
      { body: { events: [EVENT, second, { id: 7 }, null], count: 4, links: [{ rel: 'self', href: 'x' }] } },
    );
    const events = await list('2026-11-21T00:00:00Z');
    expect(events).toEqual([
      {
        id: 'WH-1-1',
        type: 'PAYMENT.CAPTURE.COMPLETED',
        createdAt: '2026-11-21T21:50:07.940Z',
        json: JSON.stringify(EVENT),
      },
      expect.objectContaining({ id: 'WH-1-2' }),
      { id: '', type: '', createdAt: '2026-11-21T00:00:00.000Z', json: '{"id":7}' },
      { id: '', type: '', createdAt: '2026-11-21T00:00:00.000Z', json: 'null' },
    ]);
    expect(provider.requests[0]?.rawQuery).toBe(
      'page_size=100&start_time=2026-11-21T00%3A00%3A00Z&end_time=2026-11-22T10%3A00%3A00Z',
    );
    expect(provider.requests[1]?.rawQuery).toBe('page_size=100&next=2');
  });

  test('never further back than PayPal keeps them', async () => {
    provider.script({ body: {} });
    expect(await list('2026-01-01T00:00:00Z')).toEqual([]);
    expect(provider.requests[0]?.query.get('start_time')).toBe('2026-10-23T10:01:00Z');
    expect(await list('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z')).toEqual([]);
    expect(provider.requests).toHaveLength(1);
  });

  test('pages in a circle end', async () => {
    const links = [{ rel: 'next', href: 'https://x.test/v1/notifications/webhooks-events?next=2' }];
    always(() => ({ body: { events: [EVENT], links } }));
    await expect(list('2026-11-21T00:00:00Z')).rejects.toMatchObject({ kind: 'transient' });
    expect(provider.requests).toHaveLength(2);
  });

  test('a link to elsewhere is not followed', async () => {
    const links = [{ rel: 'next', href: `${provider.url}/v1/payments/payouts?next=2` }];
    always(() => ({ body: { events: [EVENT], links } }));
    expect(await list('2026-11-21T00:00:00Z')).toHaveLength(1);
    expect(provider.requests).toHaveLength(1);
  });
});

describe('disputes', () => {
  const PATH = '/v1/customer/disputes';
  const list = (from: string, to: string | null = null) => collect(captures.listDisputes(from, to));

  test('page by page, by the day they last changed; one that cannot be read beside its neighbours', async () => {
    const links = [{ rel: 'next', href: `https://api.paypal.com${PATH}?page_size=50&next_page_token=b` }];
    provider.script(
      {
        body: { items: [{ dispute_id: 'PP-D-1', update_time: '2026-11-21T10:00:00.000Z' }, { x: 1 }], links },
      },
      {
        body: {
          items: [{ dispute_id: 'PP-D-2', create_time: '2026-11-20T10:00:00Z' }, { dispute_id: 'PP-D-3' }],
        },
      },
    );
    expect((await list('2026-11-20T00:00:00Z')).map(({ id, updatedAt }) => [id, updatedAt])).toEqual([
      ['PP-D-1', '2026-11-21T10:00:00.000Z'],
      ['', null],
      ['PP-D-2', '2026-11-20T10:00:00.000Z'],
      ['PP-D-3', null],
    ]);
    expect(provider.requests.map(({ path, query }) => [path, Object.fromEntries(query)])).toEqual([
      [PATH, { page_size: '50', update_time_after: '2026-11-20T00:00:00.000Z' }],
      [PATH, { page_size: '50', next_page_token: 'b' }],
    ]);
  });

  test('never further back than PayPal gives them', async () => {
    provider.script({ body: { items: [] } });
    expect(await list('2025-01-01T00:00:00Z')).toEqual([]);
    expect(provider.requests[0]?.query.get('update_time_after')).toBe('2026-05-27T10:00:00.000Z');
    expect(await list('2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z')).toEqual([]);
    expect(provider.requests).toHaveLength(1);
  });

  test('an account without that list has no disputes; one that is not allowed to see them says so', async () => {
    const missing = { name: 'RESOURCE_NOT_FOUND', message: 'x', details: [] };
    provider.script(
      { status: 404, body: missing },
      { status: 403, body: { name: 'NOT_AUTHORIZED', message: 'x' } },
    );
    expect(await list('2026-11-20T00:00:00Z')).toEqual([]);
    await expect(list('2026-11-20T00:00:00Z')).rejects.toMatchObject({ kind: 'rejected', status: 403 });
  });
});

describe('webhook registration', () => {
  const URL_ = 'https://hooks.test/webhooks/paypal/c1';
  const types = (names: readonly string[]) => names.map((name) => ({ name, description: 'x' }));
  const KNOWN = PAYPAL_EVENT_TYPES.filter((name) => !name.startsWith('PAYMENT.REFUND.'));
  const known: ScriptedAnswer = { body: { event_types: types([...KNOWN, 'BILLING.PLAN.UPDATED']) } };
  const registered = (url: string, names: readonly string[]) => ({
    id: '8PT597110X687430L',
    url,
    event_types: types(names),
    links: [],
  });
  const asked = () => provider.requests.map(({ method, path }) => `${method} ${path}`);
  const PATH = '/v1/notifications/webhooks';

  beforeEach(() => provider.script());

  test('is created with the types the account knows', async () => {
    provider.script(
      known,
      { body: { webhooks: [registered('https://other.test/', ['*'])] } },
      {
        status: 201,
        body: registered(URL_, KNOWN),
      },
    );
    expect(await webhooks.ensure(URL_)).toEqual({
      webhook: { id: '8PT597110X687430L', url: URL_, eventTypes: KNOWN },
      state: 'created',
    });
    expect(asked()).toEqual([`GET ${PATH}-event-types`, `GET ${PATH}`, `POST ${PATH}`]);
    expect(JSON.parse(provider.requests[2]?.body ?? '')).toEqual({
      url: URL_,
      event_types: KNOWN.map((name) => ({ name })),
    });
  });

  test.each([[KNOWN], [['*']], [[...KNOWN, 'BILLING.PLAN.UPDATED']]])('is found: %j', async (names) => {
    provider.script(known, {
      body: { webhooks: [registered('https://HOOKS.test:443/webhooks/paypal/c1', names)] },
    });
    expect(await webhooks.ensure(URL_)).toMatchObject({
      state: 'existing',
      webhook: { id: '8PT597110X687430L' },
    });
  });

  test('lacks types: they are added, others stay', async () => {
    provider.script(
      known,
      { body: { webhooks: [registered(URL_, ['BILLING.PLAN.UPDATED'])] } },
      { body: registered(URL_, ['BILLING.PLAN.UPDATED', ...KNOWN]) },
    );
    expect(await webhooks.ensure(URL_)).toMatchObject({ state: 'repaired' });
    expect(provider.requests[2]).toMatchObject({ method: 'PATCH', path: `${PATH}/8PT597110X687430L` });
    expect(JSON.parse(provider.requests[2]?.body ?? '')).toEqual([
      {
        op: 'replace',
        path: '/event_types',
        value: ['BILLING.PLAN.UPDATED', ...KNOWN].map((name) => ({ name })),
      },
    ]);
  });

  test('somebody else was faster', async () => {
    provider.script(
      known,
      { body: {} },
      { status: 400, body: { name: 'WEBHOOK_URL_ALREADY_EXISTS', message: 'Webhook URL already exists' } },
      { body: { webhooks: [registered(URL_, KNOWN)] } },
    );
    expect(await webhooks.ensure(URL_)).toMatchObject({ state: 'existing' });
  });

  test('an address PayPal does not take', async () => {
    provider.script(
      known,
      { body: {} },
      {
        status: 400,
        body: {
          name: 'VALIDATION_ERROR',
          message: 'Invalid data provided',
          details: [{ field: 'url', issue: 'Not a valid webhook URL' }],
        },
      },
    );
    await expect(webhooks.ensure('http://127.0.0.1:4000/webhooks/paypal/c1')).rejects.toMatchObject({
      kind: 'rejected',
      field: 'url',
    });
  });

  test('what is no id is not sent', async () => {
    await expect(webhooks.update('../x', [])).rejects.toMatchObject({ kind: 'rejected', field: 'webhookId' });
    expect(provider.requests).toEqual([]);
  });
});
