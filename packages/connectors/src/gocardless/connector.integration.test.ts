import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Debits, NewMandateRequest } from '@mlc/core';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import { type ScriptedProvider, scriptedProvider } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { gocardlessDebits } from './connector.ts';

let provider: ScriptedProvider;
let http: ClosableHttpClient;
let debits: Debits;

beforeAll(async () => {
  provider = await scriptedProvider();
  http = createHttpClient({ version: 'test', readRetries: 0 });
  debits = gocardlessDebits({
    http,
    limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
    accessToken: () => Promise.resolve('token'),
    apiUrl: provider.url,
    connectionId: 'conn-1',
    clock: { now: () => new Date('2026-11-22T10:00:00.000Z') },
  });
});

afterAll(async () => {
  http.close();
  await provider.close();
});

/** As recorded (gocardless.md 2.4), with a few fields nobody has heard of. */
const payment = {
  id: 'PM00123456789A',
  created_at: '2024-03-26T17:33:00.000Z',
  charge_date: '2024-04-04',
  amount: 96140,
  description: null,
  currency: 'GBP',
  status: 'pending_submission',
  amount_refunded: 0,
  reference: null,
  metadata: {},
  fx: { fx_currency: 'GBP', fx_amount: null, exchange_rate: null, estimated_exchange_rate: null },
  links: { mandate: 'MD000ZQT5CPCVV', creditor: 'CR00007Q5YXWY0' },
  retry_if_possible: false,
  some_new_field: { nested: [1] },
};

/** As recorded (gocardless.md 2.3). */
const mandate = {
  id: 'MD000ZBYHHDTJT',
  created_at: '2024-02-26T15:37:37.316Z',
  reference: 'CLI-TKN7C',
  status: 'pending_submission',
  scheme: 'bacs',
  next_possible_charge_date: '2024-03-01',
  payments_require_approval: false,
  metadata: { baz: 'quix' },
  links: { customer_bank_account: 'BA000Z9776P6HM', creditor: 'CR00007Q5YXWY0', customer: 'CU0013RPKWNPV6' },
  consent_parameters: null,
  verified_at: null,
  funds_settlement: 'managed',
};

describe('payments', () => {
  test('read into ours', async () => {
    provider.script({ body: { payments: payment } });
    expect(await debits.getDebit('PM00123456789A')).toEqual({
      id: 'PM00123456789A',
      amount: { minor: 96140n, currency: 'GBP' },
      status: 'pending_submission',
      chargeDate: '2024-04-04',
      mandateId: 'MD000ZQT5CPCVV',
      description: null,
      reference: null,
      metadata: {},
      subscriptionId: null,
      instalmentScheduleId: null,
      payoutId: null,
      creditorId: 'CR00007Q5YXWY0',
      createdAt: '2024-03-26T17:33:00.000Z',
    });
  });

  test('links, metadata, amounts as text and statuses not known yet', async () => {
    const links = { mandate: 'MD1', subscription: 'SB1', instalment_schedule: 'IS1', payout: 'PO1' };
    const odd = { ...payment, amount: '2000', status: 'on_hold', metadata: { a: 'b', n: 7 }, links };
    provider.script({ body: { payments: odd } });
    expect(await debits.getDebit('PM1')).toMatchObject({
      amount: { minor: 2000n },
      status: 'on_hold',
      metadata: { a: 'b', n: '7' },
      subscriptionId: 'SB1',
      instalmentScheduleId: 'IS1',
      payoutId: 'PO1',
    });
  });

  test('one taken without a mandate, without metadata, is still readable', async () => {
    provider.script({ body: { payments: { ...payment, metadata: null, links: { creditor: 'CR1' } } } });
    expect(await debits.getDebit('PM1')).toMatchObject({ mandateId: '', metadata: {} });
  });

  test('any whole amount is read exactly, as a number or as text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.maxSafeNat(), fc.boolean(), async (amount, asText) => {
        provider.script({ body: { payments: { ...payment, amount: asText ? String(amount) : amount } } });
        expect((await debits.getDebit('PM1'))?.amount.minor).toBe(BigInt(amount));
      }),
      { numRuns: 30 },
    );
  });

  test('of a mandate: a filter that was ignored does not mix in others, newest first', async () => {
    const of = (id: string, mandateId: string, created_at: string) => ({
      ...payment,
      id,
      created_at,
      links: { mandate: mandateId },
    });
    provider.script({
      body: {
        payments: [
          of('PM2', 'MD1', '2026-11-01T00:00:00Z'),
          of('PM9', 'MD9', '2026-11-09T00:00:00Z'),
          of('PM3', 'MD1', '2026-11-01T00:00:00.001Z'),
        ],
      },
    });
    expect((await debits.listDebits('MD1')).map(({ id }) => id)).toEqual(['PM3', 'PM2']);
    expect(provider.requests[0]?.query.get('mandate')).toBe('MD1');
  });

  test('of a customer since a day, whatever the filter was made of', async () => {
    const row = (id: string, charge_date: string | null, created_at: string) => ({
      ...payment,
      id,
      charge_date,
      created_at,
    });
    const rows = [
      row('PM1', '2026-10-31', '2026-10-25T00:00:00.000Z'),
      row('PM2', '2026-11-01', '2026-10-26T00:00:00.000Z'),
      row('PM3', null, '2026-10-27T00:00:00.000Z'),
    ];
    provider.script({ body: { payments: rows } });
    const found = await debits.listCustomerDebits('CU1', '2026-11-01');
    expect(found.map(({ id }) => id)).toEqual(['PM3', 'PM2']);
    expect(provider.requests[0]?.query.get('customer')).toBe('CU1');
    expect(provider.requests[0]?.query.get('charge_date[gte]')).toBe('2026-11-01');
  });

  test('cancelled', async () => {
    provider.script({ body: { payments: { ...payment, status: 'cancelled' } } });
    expect(await debits.cancelDebit('PM1')).toMatchObject({ status: 'cancelled' });
  });
});

describe('willRetry', () => {
  const failed = (id: string, created_at: string, will: boolean | undefined, change: object = {}) => ({
    id,
    created_at,
    resource_type: 'payments',
    action: 'failed',
    details: {
      origin: 'bank',
      cause: 'refer_to_payer',
      ...(will === undefined ? {} : { will_attempt_retry: will }),
    },
    links: { payment: 'PM1' },
    ...change,
  });

  test.each([
    [
      'the newest failure says so',
      [failed('EV2', '2026-11-02T00:00:00Z', true), failed('EV1', '2026-11-01T00:00:00Z', false)],
      true,
    ],
    [
      'only an older one did',
      [failed('EV1', '2026-11-01T00:00:00Z', true), failed('EV2', '2026-11-02T00:00:00Z', false)],
      false,
    ],
    ['it does not say', [failed('EV1', '2026-11-01T00:00:00Z', undefined)], false],
    ['there is no failure', [], false],
    [
      'another payment will be',
      [failed('EV1', '2026-11-01T00:00:00Z', true, { links: { payment: 'PM2' } })],
      false,
    ],
    ['a filter was ignored', [failed('EV1', '2026-11-01T00:00:00Z', true, { action: 'submitted' })], false],
  ])('%s: %#', async (_name, events, expected) => {
    provider.script({ body: { events, meta: { cursors: { after: null } } } });
    expect(await debits.willRetry('PM1')).toBe(expected);
    expect(Object.fromEntries(provider.requests[0]?.query ?? [])).toEqual({
      payment: 'PM1',
      action: 'failed',
      resource_type: 'payments',
      limit: '500',
    });
  });
});

describe('mandates and customers', () => {
  test('a mandate read into ours', async () => {
    provider.script({ body: { mandates: mandate } });
    expect(await debits.getMandate('MD000ZBYHHDTJT')).toEqual({
      id: 'MD000ZBYHHDTJT',
      status: 'pending_submission',
      scheme: 'bacs',
      currency: 'GBP',
      customerId: 'CU0013RPKWNPV6',
      nextPossibleChargeDate: '2024-03-01',
      createdAt: '2024-02-26T15:37:37.316Z',
      metadata: { baz: 'quix' },
      newMandateId: null,
      creditorId: 'CR00007Q5YXWY0',
      maxAmountMinor: null,
      consent: null,
      consentType: null,
    });
  });

  test.each([
    ['ach', 'USD'],
    ['autogiro', 'SEK'],
    ['bacs', 'GBP'],
    ['becs', 'AUD'],
    ['becs_nz', 'NZD'],
    ['betalingsservice', 'DKK'],
    ['faster_payments', 'GBP'],
    ['pad', 'CAD'],
    ['pay_to', 'AUD'],
    ['sepa_core', 'EUR'],
    ['sepa_cor1', 'EUR'],
    ['constructor', ''],
    ['brand_new', ''],
  ])('scheme %s collects %p', async (scheme, currency) => {
    provider.script({ body: { mandates: { ...mandate, scheme } } });
    expect(await debits.getMandate('MD1')).toMatchObject({ scheme, currency });
  });

  test('a replaced one with a limit', async () => {
    provider.script({
      body: {
        mandates: {
          ...mandate,
          status: 'cancelled',
          next_possible_charge_date: null,
          links: { ...mandate.links, new_mandate: 'MD2' },
          consent_parameters: { max_amount_per_payment: 50000, period: 'month' },
        },
      },
    });
    expect(await debits.getMandate('MD1')).toMatchObject({
      newMandateId: 'MD2',
      maxAmountMinor: 50000n,
      nextPossibleChargeDate: null,
    });
  });

  test('the bounds of a consent', async () => {
    const parameters = {
      start_date: '2026-11-01',
      end_date: '2027-10-31',
      max_amount_per_payment: '50000',
      max_amount_per_period: 120000,
      max_payments_per_period: '3',
      period: 'month',
      period_alignment: 'consent',
    };
    const authorised = { consent_type: 'standing', authorisation_source: 'telephone' };
    const bounded = { ...mandate, consent_parameters: parameters, ...authorised };
    provider.script({ body: { mandates: bounded } });
    expect(await debits.getMandate('MD1')).toMatchObject({
      maxAmountMinor: 50_000n,
      consentType: 'standing',
      authorisationSource: 'telephone',
      consent: {
        startDate: '2026-11-01',
        endDate: '2027-10-31',
        maxPeriodMinor: 120_000n,
        maxPeriodPayments: 3,
        period: 'month',
        isByCalendar: false,
      },
    });
  });

  test('mandates of a customer only', async () => {
    const other = { ...mandate, id: 'MD9', links: { ...mandate.links, customer: 'CU9' } };
    provider.script({ body: { mandates: [other, mandate] } });
    expect((await debits.listMandates('CU0013RPKWNPV6')).map(({ id }) => id)).toEqual(['MD000ZBYHHDTJT']);
  });

  test('all mandates created after a moment', async () => {
    provider.script({
      body: { mandates: [mandate, { ...mandate, id: 'MD0', created_at: '2024-01-01T00:00:00Z' }] },
    });
    const ids: string[] = [];
    for await (const { id } of debits.listAllMandates('2024-02-01T00:00:00Z')) ids.push(id);
    expect(ids).toEqual(['MD000ZBYHHDTJT']);
  });

  test.each([
    [{ company_name: 'Acme Ltd', given_name: 'Frank', family_name: 'Osborne' }, 'Acme Ltd'],
    [{ company_name: null, given_name: 'Frank', family_name: 'Osborne' }, 'Frank Osborne'],
    [{ company_name: '', family_name: 'Osborne' }, 'Osborne'],
    [{}, ''],
  ])('a customer called %p', async (names, name) => {
    const customer = { id: 'CU1', created_at: '2024-03-22T00:00:00.000Z', ...names };
    provider.script({ body: { customers: customer } });
    expect(await debits.getCustomer('CU1')).toEqual({
      id: 'CU1',
      email: null,
      name,
      metadata: {},
      createdAt: '2024-03-22T00:00:00.000Z',
    });
  });
});

describe('what collects by itself', () => {
  test('subscriptions of a mandate with what they will take', async () => {
    const subscription = {
      id: 'SB1',
      status: 'active',
      currency: 'GBP',
      amount: 2500,
      upcoming_payments: [{ charge_date: '2026-12-01', amount: '2500' }],
      links: { mandate: 'MD1' },
    };
    const ended = { ...subscription, id: 'SB2', status: 'cancelled', upcoming_payments: null };
    provider.script({
      body: { subscriptions: [subscription, ended, { ...subscription, links: { mandate: 'MD9' } }] },
    });
    expect(await debits.listSubscriptions('MD1')).toEqual([
      {
        id: 'SB1',
        status: 'active',
        mandateId: 'MD1',
        currency: 'GBP',
        upcoming: [{ chargeDate: '2026-12-01', amountMinor: 2500n }],
        metadata: {},
      },
      { id: 'SB2', status: 'cancelled', mandateId: 'MD1', currency: 'GBP', upcoming: [], metadata: {} },
    ]);
  });
});

describe('requestMandate', () => {
  const request: NewMandateRequest = {
    customerId: null,
    currency: 'GBP',
    email: 'frank@example.test',
    firstName: 'Frank',
    lastName: '',
    organization: null,
    metadata: { freshbooks_client_id: '77' },
  };
  const url = 'https://pay-sandbox.gocardless.com/billing/static/flow?id=BRF1';
  const created = {
    status: 201,
    body: { billing_requests: { id: 'BRQ1', status: 'pending', metadata: null } },
  };
  const flow = { status: 201, body: { billing_request_flows: { id: 'BRF1', authorisation_url: url } } };
  const conflict = {
    status: 409,
    body: {
      error: {
        message: 'A resource has already been created with this idempotency key',
        errors: [{ reason: 'idempotent_creation_conflict', links: { conflicting_resource_id: 'BRQ0' } }],
      },
    },
  };
  const existing = (status: string, currency = 'GBP') => ({
    body: { billing_requests: { id: 'BRQ0', status, mandate_request: { currency } } },
  });
  const sent = () => provider.requests.map(({ body }) => JSON.parse(body === '' ? '{}' : body) as unknown);

  test('a new customer is offered what the books know', async () => {
    provider.script(created, flow);
    expect(await debits.requestMandate(request, 'key-1')).toEqual({
      billingRequestId: 'BRQ1',
      authorisationUrl: url,
    });
    expect(sent()).toEqual([
      {
        billing_requests: {
          mandate_request: { scheme: 'bacs', currency: 'GBP' },
          metadata: { freshbooks_client_id: '77' },
        },
      },
      {
        billing_request_flows: {
          auto_fulfil: true,
          lock_currency: true,
          prefilled_customer: { email: 'frank@example.test', given_name: 'Frank' },
          links: { billing_request: 'BRQ1' },
        },
      },
    ]);
    expect(provider.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', undefined]);
  });

  test('an existing customer is linked and keeps its details', async () => {
    provider.script(created, flow);
    await debits.requestMandate({ ...request, customerId: 'CU1', currency: 'EUR' }, 'key-1');
    expect(sent()).toEqual([
      {
        billing_requests: {
          mandate_request: { scheme: 'sepa_core', currency: 'EUR' },
          metadata: { freshbooks_client_id: '77' },
          links: { customer: 'CU1' },
        },
      },
      {
        billing_request_flows: { auto_fulfil: true, lock_currency: true, links: { billing_request: 'BRQ1' } },
      },
    ]);
  });

  test('the same key again adopts the billing request made before and makes a fresh page', async () => {
    provider.script(conflict, existing('pending'), flow);
    expect(await debits.requestMandate(request, 'key-1')).toEqual({
      billingRequestId: 'BRQ0',
      authorisationUrl: url,
    });
    expect(provider.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /billing_requests',
      'GET /billing_requests/BRQ0',
      'POST /billing_request_flows',
    ]);
  });

  test.each([
    ['fulfilled', existing('fulfilled'), 'billing_request_fulfilled'],
    ['cancelled', existing('cancelled'), 'billing_request_cancelled'],
    ['in another currency', existing('pending', 'EUR'), 'billing_request_differs'],
  ])('one that is %s is not adopted', async (_name, answer, reason) => {
    provider.script(conflict, answer);
    await expect(debits.requestMandate(request, 'key-1')).rejects.toMatchObject({
      kind: 'conflict',
      reason,
      conflictingId: 'BRQ0',
    });
  });

  test('one that is gone leaves the conflict', async () => {
    provider.script(conflict, { status: 404, body: { error: { message: 'x' } } });
    await expect(debits.requestMandate(request, 'key-1')).rejects.toMatchObject({
      kind: 'conflict',
      reason: 'idempotent_creation_conflict',
    });
  });

  test('a currency nobody is debited in is refused before anything is sent', async () => {
    provider.script();
    await expect(debits.requestMandate({ ...request, currency: 'JPY' }, 'key-1')).rejects.toMatchObject({
      kind: 'rejected',
      field: 'currency',
    });
    expect(provider.requests).toHaveLength(0);
  });

  test('what it led to', async () => {
    const links = { customer: 'CU1', mandate_request_mandate: 'MD1' };
    const older = {
      mandate_request: { currency: 'GBP', links: { mandate: 'MD2' } },
      links: { customer: 'CU1' },
    };
    provider.script(
      { body: { billing_requests: { id: 'BRQ1', status: 'fulfilled', links } } },
      { body: { billing_requests: { id: 'BRQ1', status: 'fulfilled', ...older } } },
      { body: { billing_requests: { id: 'BRQ1', status: 'pending', links: { customer: 'CU1' } } } },
    );
    expect(await debits.getBillingRequest('BRQ1')).toEqual({ customerId: 'CU1', mandateId: 'MD1' });
    expect(await debits.getBillingRequest('BRQ1')).toEqual({ customerId: 'CU1', mandateId: 'MD2' });
    expect(await debits.getBillingRequest('BRQ1')).toEqual({ customerId: null, mandateId: null });
  });
});
