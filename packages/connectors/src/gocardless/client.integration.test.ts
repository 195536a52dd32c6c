import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ConnectorError, type Debits, type NewDebit } from '@mlc/core';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import { type ScriptedProvider, scriptedProvider } from '@mlc/testkit';
import { gocardlessDebits } from './connector.ts';
import { gocardlessPing } from './ping.ts';

const NOW = new Date('2026-11-22T10:00:00.000Z');
const TOKEN = 'live-token-93f1';

let provider: ScriptedProvider;
let http: ClosableHttpClient;
/** For calls that are never answered. */
let hasty: ClosableHttpClient;
let debits: Debits;
let access: Parameters<typeof gocardlessDebits>[0];
const pauses: number[] = [];
let takeWaitMs = 0;

beforeAll(async () => {
  provider = await scriptedProvider();
  http = createHttpClient({ version: 'test', totalTimeoutMs: 5_000, readRetries: 0 });
  hasty = createHttpClient({ version: 'test', totalTimeoutMs: 250, readRetries: 0 });
  access = {
    http,
    limiter: {
      take: () => Promise.resolve(takeWaitMs),
      pause: (waitMs) => {
        pauses.push(waitMs);
        return Promise.resolve();
      },
    },
    accessToken: () => Promise.resolve(TOKEN),
    apiUrl: `${provider.url}/`,
    connectionId: 'conn-1',
    clock: { now: () => NOW },
  };
  debits = gocardlessDebits(access);
});

beforeEach(() => {
  pauses.length = 0;
  takeWaitMs = 0;
});

afterAll(async () => {
  http.close();
  hasty.close();
  await provider.close();
});

const newDebit: NewDebit = {
  mandateId: 'MD1',
  amount: { minor: 96140n, currency: 'GBP' },
  chargeDate: '2026-12-01',
  description: 'Invoice 0042',
  metadata: { freshbooks_invoice_id: '42' },
};

const payment = {
  id: 'PM1',
  created_at: '2026-11-22T09:00:00.000Z',
  charge_date: '2026-12-01',
  amount: 96140,
  description: 'Invoice 0042',
  currency: 'GBP',
  status: 'pending_submission',
  reference: null,
  metadata: { freshbooks_invoice_id: '42' },
  links: { mandate: 'MD1', creditor: 'CR1' },
};

async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const outcome = await work.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (outcome instanceof ConnectorError) return outcome;
  throw outcome;
}

/** An error answer as GoCardless words it. */
function refusal(status: number, errors: unknown, message = 'Refused', type = 'invalid_state') {
  return { status, body: { error: { message, type, code: status, errors, documentation_url: 'https://x' } } };
}

describe('what is sent', () => {
  test('a creation: version, token, key, plural envelope, integer amount', async () => {
    provider.script({ status: 201, body: { payments: payment } });
    await debits.createDebit(newDebit, 'key-1');
    const [request] = provider.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/payments' });
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'gocardless-version': '2015-07-06',
      'content-type': 'application/json',
      accept: 'application/json',
      'idempotency-key': 'key-1',
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      payments: {
        amount: 96140,
        currency: 'GBP',
        charge_date: '2026-12-01',
        description: 'Invoice 0042',
        metadata: { freshbooks_invoice_id: '42' },
        links: { mandate: 'MD1' },
      },
    });
  });

  test('a debit as soon as possible names no charge date', async () => {
    provider.script({ status: 201, body: { payments: payment } });
    await debits.createDebit({ ...newDebit, chargeDate: null }, 'key-1');
    expect(JSON.parse(provider.requests[0]?.body ?? '{}')).not.toHaveProperty('payments.charge_date');
  });

  test('reads carry neither key nor body nor content type', async () => {
    provider.script({ body: { payments: payment } });
    await debits.getDebit('PM1');
    expect(provider.requests[0]).toMatchObject({ method: 'GET', path: '/payments/PM1', body: '' });
    expect(provider.requests[0]?.headers['idempotency-key']).toBeUndefined();
    expect(provider.requests[0]?.headers['content-type']).toBeUndefined();
  });

  test.each(['', '..', 'PM1/actions/cancel', 'PM1?x=1'])('%p is no id: nothing is asked', async (id) => {
    provider.script();
    expect(await debits.getDebit(id)).toBeNull();
    expect(provider.requests).toHaveLength(0);
  });

  test.each([0n, -1n, 9_007_199_254_740_992n])(
    'an amount of %p is refused before it is sent',
    async (minor) => {
      provider.script();
      const failure = await failureOf(
        debits.createDebit({ ...newDebit, amount: { minor, currency: 'GBP' } }, 'key-1'),
      );
      expect(failure).toMatchObject({ kind: 'rejected', field: 'amount' });
      expect(provider.requests).toHaveLength(0);
    },
  );

  test('nothing is sent while the connection has to wait', async () => {
    provider.script();
    takeWaitMs = 1234;
    expect(await failureOf(debits.getDebit('PM1'))).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 1234,
    });
    expect(provider.requests).toHaveLength(0);
  });
});

describe('pages', () => {
  const customer = (id: string, createdAt = '2026-11-01T00:00:00.000Z') => ({ id, created_at: createdAt });
  const page = (ids: readonly string[], cursors: unknown) => ({
    body: {
      customers: ids.map((id) => customer(id)),
      ...(cursors === undefined ? {} : { meta: { cursors } }),
    },
  });
  const listed = async (createdAfter: string | null): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { id } of debits.listCustomers(createdAfter)) ids.push(id);
    return ids;
  };

  test('are followed by their cursor until it is null', async () => {
    provider.script(page(['CU3', 'CU2'], { before: null, after: 'a/+&c' }), page(['CU1'], { after: null }));
    expect(await listed(null)).toEqual(['CU3', 'CU2', 'CU1']);
    expect(provider.requests.map(({ query }) => [query.get('limit'), query.get('after')])).toEqual([
      ['500', null],
      ['500', 'a/+&c'],
    ]);
  });

  test.each([[{}], [undefined], [{ after: '' }]])('end as well with the cursors %p', async (cursors) => {
    provider.script(page(['CU1'], cursors));
    expect(await listed(null)).toEqual(['CU1']);
    expect(provider.requests).toHaveLength(1);
  });

  test('an empty page with a cursor is not the end', async () => {
    provider.script(page([], { after: 'x' }), page(['CU1'], { after: null }));
    expect(await listed(null)).toEqual(['CU1']);
  });

  test.each([[['x', 'x']], [['x', 'y', 'x']]])(
    'cursors that go in a circle, %p, are an error',
    async (cursors) => {
      provider.script(...cursors.map((after) => page(['CU1'], { after })));
      expect(await failureOf(listed(null))).toMatchObject({ kind: 'transient', operation: 'listCustomers' });
    },
  );

  test('a moment with an offset goes out as UTC, percent-encoded, and rows from before it are dropped', async () => {
    provider.script({
      body: {
        customers: [customer('CU2', '2026-11-01T10:00:00.001Z'), customer('CU1', '2026-11-01T10:00:00.000Z')],
      },
    });
    expect(await listed('2026-11-01T12:00:00+02:00')).toEqual(['CU2']);
    expect(provider.requests[0]?.rawQuery).toContain('created_at%5Bgt%5D=2026-11-01T10%3A00%3A00.000Z');
  });

  test('a 404 in the middle of everything is a failure, not the end', async () => {
    provider.script(page(['CU1'], { after: 'x' }), refusal(404, [{ reason: 'resource_not_found' }]));
    expect(await failureOf(listed(null))).toMatchObject({ kind: 'rejected', status: 404 });
  });

  test('a 404 for everything since a moment is a failure, not an empty list', async () => {
    provider.script(refusal(404, [{ reason: 'resource_not_found' }]));
    expect(await failureOf(listed('2026-11-01T00:00:00Z'))).toMatchObject({ kind: 'rejected', status: 404 });
  });

  test('a failure on a later page is the failure of the list', async () => {
    provider.script(page(['CU1'], { after: 'x' }), { status: 502, body: '<html>' });
    expect(await failureOf(listed(null))).toMatchObject({ kind: 'transient', status: 502 });
  });
});

describe('missing objects', () => {
  test.each([
    ['404', refusal(404, [{ reason: 'resource_not_found' }])],
    ['404 without errors', refusal(404, undefined)],
    ['404 with a bare text', { status: 404, body: { error: 'not_found' } }],
    ['410', refusal(410, [])],
    ['a removed customer', refusal(422, [{ reason: 'customer_data_removed' }])],
  ])('%s is null for a read', async (_name, answer) => {
    provider.script(answer, answer, answer, answer, answer, answer, answer);
    expect(await debits.getDebit('index_ID_123')).toBeNull();
    expect(await debits.getMandate('MD1')).toBeNull();
    expect(await debits.getCustomer('CU1')).toBeNull();
    expect(await debits.getBillingRequest('BRQ1')).toBeNull();
    expect(await debits.listDebits('MD1')).toEqual([]);
    expect(await debits.listMandates('CU1')).toEqual([]);
    expect(await debits.willRetry('index_ID_123')).toBe(false);
  });

  test('a 404 that is not GoCardless’s own proves nothing', async () => {
    provider.script({ status: 404, body: '<html>no such site</html>' });
    expect(await failureOf(debits.getDebit('PM1'))).toMatchObject({ kind: 'transient', status: 404 });
  });

  test('an unknown path is our mistake', async () => {
    provider.script(refusal(404, [{ reason: 'path_not_found' }]));
    expect(await failureOf(debits.getDebit('PM1'))).toMatchObject({
      kind: 'rejected',
      reason: 'path_not_found',
    });
  });

  test('cancelling what is not there is rejected', async () => {
    provider.script(refusal(404, [{ reason: 'resource_not_found' }]));
    expect(await failureOf(debits.cancelDebit('PM1'))).toMatchObject({
      kind: 'rejected',
      reason: 'resource_not_found',
    });
  });
});

describe('error families', () => {
  const usage = 'invalid_api_usage';
  const invalid = 'validation_failed';
  const limit = {
    field: 'amount',
    message: 'is greater than the permitted scheme maximum',
    metadata: { maximum_amount: 100000000 },
    request_pointer: '/payments/amount',
  };

  test.each([
    [
      'unauthorised',
      refusal(401, [{ reason: 'access_token_not_found' }], 'Unauthorized', usage),
      { kind: 'unauthorised', connectionId: 'conn-1', reason: 'access_token_not_found', status: 401 },
    ],
    [
      'unauthorised without an envelope',
      { status: 401, body: '' },
      { kind: 'unauthorised', connectionId: 'conn-1' },
    ],
    [
      'read-only token',
      refusal(403, [{ reason: 'insufficient_permissions' }], 'Insufficient permissions', usage),
      { kind: 'rejected', reason: 'insufficient_permissions' },
    ],
    [
      'key used before',
      refusal(409, [
        { reason: 'idempotent_creation_conflict', links: { conflicting_resource_id: 'PM1234' } },
      ]),
      { kind: 'conflict', reason: 'idempotent_creation_conflict', conflictingId: 'PM1234' },
    ],
    [
      'the same under another type and status',
      refusal(
        422,
        [{ reason: 'idempotent_creation_conflict', links: { conflicting_resource_id: 'PM1' } }],
        'x',
        invalid,
      ),
      { kind: 'conflict', conflictingId: 'PM1' },
    ],
    [
      'any other 409',
      refusal(409, [{ reason: 'something_new' }]),
      { kind: 'conflict', reason: 'something_new' },
    ],
    [
      'dead mandate',
      refusal(422, [{ reason: 'mandate_is_inactive', message: 'Mandate is failed, cancelled or expired' }]),
      { kind: 'conflict', reason: 'mandate_is_inactive' },
    ],
    [
      'replaced mandate',
      refusal(422, [{ reason: 'mandate_replaced', links: { new_mandate: 'MD2' } }]),
      { kind: 'conflict', reason: 'mandate_replaced', conflictingId: 'MD2' },
    ],
    [
      'amount over the limit',
      refusal(422, [limit], 'Validation failed', invalid),
      { kind: 'rejected', reason: 'amount_too_large', field: 'amount', maximumMinor: 100000000n },
    ],
    [
      'amount over a limit given as text, named by its pointer only, after another complaint',
      refusal(
        422,
        [
          { field: 'description', message: 'is odd' },
          {
            message: 'is greater than allowed',
            request_pointer: '/payments/amount',
            metadata: { maximum_amount: '5000' },
          },
        ],
        'Validation failed',
        invalid,
      ),
      { kind: 'rejected', reason: 'amount_too_large', field: 'amount', maximumMinor: 5000n },
    ],
    [
      'amount over a limit not named',
      refusal(
        422,
        [{ field: 'amount', message: 'is greater than the mandate allows' }],
        'Validation failed',
        invalid,
      ),
      { kind: 'rejected', reason: 'amount_too_large', maximumMinor: undefined },
    ],
    [
      'charge date too early',
      refusal(
        422,
        [{ field: 'charge_date', message: "must be on or after mandate's next_possible_charge_date" }],
        'Validation failed',
        invalid,
      ),
      {
        kind: 'rejected',
        reason: 'validation_failed',
        field: 'charge_date',
        message: expect.stringContaining('charge_date must be on or after'),
      },
    ],
    [
      'missing field, pointer only',
      refusal(
        422,
        [{ message: '"currency" wasn\'t supplied.', request_pointer: '/payments' }],
        'One of your parameters was incorrectly typed',
        usage,
      ),
      { kind: 'rejected', field: 'payments', reason: usage },
    ],
    [
      'bare text',
      { status: 400, body: { error: 'bank_authorisation_expired' } },
      { kind: 'rejected', reason: 'bank_authorisation_expired' },
    ],
    [
      'server error without errors',
      { status: 500, body: { error: { message: 'Internal server error', type: 'gocardless', code: 500 } } },
      { kind: 'transient', reason: 'gocardless' },
    ],
    [
      'HTML from the edge',
      { status: 502, body: '<html><body>Bad gateway</body></html>' },
      { kind: 'transient', status: 502 },
    ],
    ['unreadable errors', refusal(422, 'oops'), { kind: 'rejected', reason: 'invalid_state' }],
    ['unreadable entry', refusal(422, [7, { reason: 12 }]), { kind: 'rejected' }],
    ['request time-out', { status: 408, body: '' }, { kind: 'transient' }],
    [
      'the server asks for time',
      { status: 503, headers: { 'retry-after': '7' }, body: '' },
      { kind: 'rate-limited', retryAfterMs: 7000 },
    ],
  ] as const)('%s', async (_name, answer, expected) => {
    provider.script(answer);
    const failure = await failureOf(debits.createDebit(newDebit, 'key-1'));
    expect(failure).toMatchObject({ provider: 'gocardless', operation: 'createDebit', ...expected });
    expect(failure.request).toContain('POST /payments {"payments":{"amount":96140');
  });

  test('too late to cancel', async () => {
    provider.script(
      refusal(422, [{ reason: 'cancellation_failed', message: 'Payment cannot be cancelled' }]),
    );
    expect(await failureOf(debits.cancelDebit('PM1'))).toMatchObject({
      kind: 'conflict',
      reason: 'cancellation_failed',
    });
    expect(provider.requests[0]).toMatchObject({ path: '/payments/PM1/actions/cancel', body: '{"data":{}}' });
  });

  test('neither the token nor bank details get into a failure', async () => {
    provider.script({
      status: 400,
      body: { error: { message: `bad ${TOKEN}`, iban: 'DE89370400440532013000' } },
    });
    const failure = await failureOf(debits.getDebit('PM1'));
    expect(failure.response).not.toContain(TOKEN);
    expect(failure.response).not.toContain('DE89');
  });
});

describe('rate limit', () => {
  const body = refusal(
    429,
    [{ reason: 'rate_limit_exceeded' }],
    'Rate limit exceeded',
    'invalid_api_usage',
  ).body;
  const date = 'Sun, 22 Nov 2026 10:00:10 GMT';

  test.each([
    [
      'the date of RateLimit-Reset, by the server’s clock',
      { date, 'ratelimit-reset': 'Sun, 22 Nov 2026 10:00:40 GMT' },
      30_000,
    ],
    [
      'Retry-After',
      { date, 'retry-after': '12', 'ratelimit-reset': 'Sun, 22 Nov 2026 10:00:40 GMT' },
      12_000,
    ],
    ['a reset just past', { date, 'ratelimit-reset': 'Sun, 22 Nov 2026 10:00:09 GMT' }, 1_000],
    [
      'our clock, when its own date belongs to another time',
      { date: 'Tue, 01 Dec 2026 10:00:00 GMT', 'ratelimit-reset': 'Sun, 22 Nov 2026 10:00:20 GMT' },
      20_000,
    ],
  ])('waits by %s and pauses everybody', async (_name, headers, waitMs) => {
    provider.script({ status: 429, headers, body });
    expect(await failureOf(debits.getDebit('PM1'))).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: waitMs,
    });
    expect(pauses).toEqual([waitMs]);
  });

  test.each(['soon', 'Sun, 22 Nov 2026 09:00:00 GMT', 'Mon, 22 Nov 2027 10:00:00 GMT'])(
    'the reset %p is no hint: everybody waits a minute',
    async (reset) => {
      provider.script({ status: 429, headers: { date, 'ratelimit-reset': reset }, body: '' });
      const failure = await failureOf(debits.getDebit('PM1'));
      expect(failure.kind).toBe('rate-limited');
      expect(failure.retryAfterMs).toBeUndefined();
      expect(pauses).toEqual([60_000]);
    },
  );

  test('the last call of the minute pauses everybody and is still answered', async () => {
    const headers = { date, 'ratelimit-remaining': '0', 'ratelimit-reset': 'Sun, 22 Nov 2026 10:00:15 GMT' };
    provider.script(
      { headers, body: { payments: payment } },
      { headers: { ...headers, 'ratelimit-remaining': '1' }, body: { payments: payment } },
    );
    expect(await debits.getDebit('PM1')).toMatchObject({ id: 'PM1' });
    await debits.getDebit('PM1');
    expect(pauses).toEqual([5_000]);
  });
});

describe('no clear answer', () => {
  test.each(['hang', 'cut'] as const)('%s: a read is transient, a write unknown', async (answer) => {
    const impatient = gocardlessDebits({ ...access, http: hasty });
    provider.script(answer, answer, answer);
    expect(await failureOf(impatient.getDebit('PM1'))).toMatchObject({ kind: 'transient' });
    expect(await failureOf(impatient.createDebit(newDebit, 'key-1'))).toMatchObject({
      kind: 'outcome-unknown',
    });
    expect(await failureOf(impatient.cancelDebit('PM1'))).toMatchObject({ kind: 'outcome-unknown' });
  });

  test('what was never sent is transient', async () => {
    const nowhere = gocardlessDebits({ ...access, apiUrl: 'http://127.0.0.1:1' });
    expect(await failureOf(nowhere.createDebit(newDebit, 'key-1'))).toMatchObject({ kind: 'transient' });
    expect(await failureOf(nowhere.cancelDebit('PM1'))).toMatchObject({ kind: 'transient' });
  });

  test('garbage: a read is transient, a write unknown', async () => {
    const answer = { body: '{"payments":{"id":"PM1",' };
    provider.script(answer, answer, { ...answer, status: 201 });
    expect(await failureOf(debits.getDebit('PM1'))).toMatchObject({ kind: 'transient' });
    expect(await failureOf(debits.listDebits('MD1'))).toMatchObject({ kind: 'transient' });
    expect(await failureOf(debits.createDebit(newDebit, 'key-1'))).toMatchObject({ kind: 'outcome-unknown' });
  });

  test('wrong fields are named: a read is rejected, a write unknown', async () => {
    const { amount: _amount, ...withoutAmount } = payment;
    provider.script(
      { body: { payments: withoutAmount } },
      { body: { payments: [payment, { ...payment, amount: '12.5' }] } },
      { body: { payment } },
      { status: 201, body: { payments: withoutAmount } },
    );
    expect(await failureOf(debits.getDebit('PM1'))).toMatchObject({
      kind: 'rejected',
      reason: 'schema_mismatch',
      field: 'payments.amount',
      message: expect.stringContaining('payments.amount'),
    });
    expect(await failureOf(debits.listDebits('MD1'))).toMatchObject({ field: 'payments.1.amount' });
    expect(await failureOf(debits.getDebit('PM1'))).toMatchObject({ field: 'payments' });
    expect(await failureOf(debits.createDebit(newDebit, 'key-1'))).toMatchObject({ kind: 'outcome-unknown' });
  });
});

describe('ping', () => {
  test('names the creditor', async () => {
    provider.script({
      body: { creditors: [{ id: 'CR1', name: 'Acme Ltd' }], meta: { cursors: { after: null } } },
    });
    expect(await gocardlessPing(access)).toEqual({ ok: true, latencyMs: 0, detail: 'creditor Acme Ltd' });
    expect(provider.requests.map(({ path, rawQuery }) => [path, rawQuery])).toEqual([
      ['/creditors', 'limit=500'],
    ]);
  });

  test('says what is wrong instead of failing', async () => {
    provider.script(refusal(401, [{ reason: 'access_token_not_active' }], 'Access token not active'));
    expect(await gocardlessPing(access)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('Access token not active'),
    });
  });
});
