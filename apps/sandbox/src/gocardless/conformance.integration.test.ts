import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GoCardlessClient } from 'gocardless-nodejs';
import * as officialErrors from 'gocardless-nodejs/errors';
import * as officialWebhooks from 'gocardless-nodejs/webhooks';
import { SandboxClock } from '../clock.ts';
import { startSandbox } from '../main.ts';
import type { Sandbox } from '../main.ts';

/** The sandbox is right when GoCardless' own client accepts it. Its base address can only be set from inside. */
function officialClient(url: string, token: string, options = {}): GoCardlessClient {
  const client = new GoCardlessClient(token, 'SANDBOX' as never, options);
  (client as unknown as { _api: { _baseUrl: string } })._api._baseUrl = url;
  return client;
}

/** A Monday morning without bank holidays near. */
const START = new Date('2026-11-02T09:00:00Z');
const SECRET = 'ED7D658C-D8EB-4941-948B-3973214F2D49';

let sandbox: Sandbox;
let client: GoCardlessClient;

beforeEach(async () => {
  sandbox = await startSandbox({
    freshbooksPort: 0,
    gocardlessPort: 0,
    clock: new SandboxClock({ start: START }),
  });
  client = officialClient(sandbox.urls.gocardless, sandbox.gocardless.accessToken);
});

afterEach(() => sandbox.close());

async function mandateByApi(): Promise<string> {
  const customer = await client.customers.create({
    given_name: 'Frank',
    family_name: 'Osborne',
    email: 'f@example.test',
  });
  const account = await client.customerBankAccounts.create({
    account_holder_name: 'Frank Osborne',
    country_code: 'GB',
    branch_code: '200000',
    account_number: '55779911',
    links: { customer: String(customer.id) },
  });
  const mandate = await client.mandates.create({
    scheme: 'bacs',
    links: { customer_bank_account: String(account.id) },
  });
  return String(mandate.id);
}

const activeMandate = (): string =>
  sandbox.gocardless.scenarios.addPayer({ email: 'a@example.test' }).mandate.id;

function payment(mandate: string, extra: object = {}): never {
  return { amount: 2000, currency: 'GBP', links: { mandate }, ...extra } as never;
}

/** The error a call of the official client ends with. */
async function refusal(
  call: Promise<unknown>,
): Promise<{ code: number; errors: Record<string, unknown>[]; errorType: string }> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(officialErrors.ApiError);
  return outcome as never;
}

describe('customers, bank accounts, mandates', () => {
  test('a customer is created, changed, found, listed and removed', async () => {
    const created = await client.customers.create({
      company_name: 'Acme',
      email: 'x@example.test',
      metadata: { a: '1' },
    });
    expect(created).toMatchObject({
      company_name: 'Acme',
      given_name: null,
      metadata: { a: '1' },
      language: 'en',
    });
    expect(created.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const id = String(created.id);
    await client.customers.update(id, { city: 'London', metadata: { b: '2' } });
    expect(await client.customers.find(id)).toMatchObject({
      city: 'London',
      company_name: 'Acme',
      metadata: { b: '2' },
    });
    await client.customers.remove(id);
    expect((await client.customers.list({})).customers).toEqual([]);
    expect((await refusal(client.customers.find(id))).code).toBe(410);
  });

  test('a person needs both names, metadata at most three texts', async () => {
    const unnamed = await refusal(client.customers.create({ email: 'x@example.test' }));
    expect(unnamed).toMatchObject({ code: 422, errorType: 'validation_failed' });
    expect(unnamed.errors.map(({ field }) => field)).toEqual(['given_name', 'family_name']);
    expect(unnamed.errors[0]?.['request_pointer']).toBe('/customers/given_name');
    const metadata = { a: '1', b: '2', c: '3', d: '4' };
    expect(
      (await refusal(client.customers.create({ company_name: 'A', metadata }))).errors[0]?.['field'],
    ).toBe('metadata');
  });

  test('pages of customers follow the cursors, newest first', async () => {
    for (let number = 0; number < 7; number += 1)
      await client.customers.create({ company_name: `C${number}` });
    const first = await client.customers.list({ limit: '3' });
    expect(first.customers.map((entry) => entry.company_name)).toEqual(['C6', 'C5', 'C4']);
    expect(first.meta.cursors).toEqual({ before: null, after: first.customers[2]?.id });
    const names: unknown[] = [];
    for await (const customer of client.customers.all({ limit: '3' })) names.push(customer.company_name);
    expect(names).toEqual(['C6', 'C5', 'C4', 'C3', 'C2', 'C1', 'C0']);
    const before = await client.customers.list({ limit: '2', before: String(first.customers[2]?.id) });
    expect(before.customers.map((entry) => entry.company_name)).toEqual(['C6', 'C5']);
    expect((await refusal(client.customers.list({ limit: '501' }))).code).toBe(422);
    expect((await refusal(client.customers.list({ email: 'x' } as never))).errors[0]?.['reason']).toBe(
      'invalid_filters',
    );
  });

  test('a mandate is pending, then submitted and active by the clock; the same account twice is refused', async () => {
    const id = await mandateByApi();
    const mandate = await client.mandates.find(id);
    expect(mandate).toMatchObject({
      status: 'pending_submission',
      scheme: 'bacs',
      next_possible_charge_date: '2026-11-06',
    });
    const customer = String(mandate.links?.customer);
    const again = await refusal(
      client.customerBankAccounts.create({
        account_holder_name: 'F',
        country_code: 'GB',
        branch_code: '200000',
        account_number: '55779911',
        links: { customer },
      }),
    );
    expect(again).toMatchObject({ code: 409, errors: [{ reason: 'bank_account_exists' }] });
    await sandbox.clock.advanceDays(3);
    expect(await client.mandates.find(id)).toMatchObject({
      status: 'active',
      next_possible_charge_date: '2026-11-10',
    });
    expect(
      (await client.mandates.list({ customer, status: ['active', 'submitted'] as never })).mandates,
    ).toHaveLength(1);
    expect((await client.mandates.list({ status: ['cancelled'] as never })).mandates).toHaveLength(0);
  });

  test('cancelling cascades, a second time is refused, reinstating brings it back', async () => {
    const id = activeMandate();
    const made = await client.payments.create(payment(id));
    await client.mandates.cancel(id, { metadata: { by: 'test' } });
    expect(await client.payments.find(String(made.id))).toMatchObject({ status: 'cancelled' });
    const [paymentEvent, mandateEvent] = (await client.events.list({ limit: '2' })).events;
    expect(mandateEvent).toMatchObject({
      action: 'cancelled',
      resource_type: 'mandates',
      metadata: { by: 'test' },
    });
    expect(paymentEvent).toMatchObject({
      action: 'cancelled',
      details: { origin: 'api', cause: 'mandate_cancelled' },
      links: { parent_event: mandateEvent?.id },
    });
    expect((await refusal(client.mandates.cancel(id, {}))).errors[0]?.['reason']).toBe('cancellation_failed');
    expect((await refusal(client.payments.create(payment(id)))).errors[0]?.['reason']).toBe(
      'mandate_is_inactive',
    );
    await client.mandates.reinstate(id, {});
    expect((await client.mandates.find(id)).status).toBe('pending_submission');
    await sandbox.clock.advanceDays(3);
    expect((await client.mandates.find(id)).status).toBe('active');
    expect((await refusal(client.mandates.reinstate(id, {}))).errors[0]?.['reason']).toBe(
      'mandate_not_inactive',
    );
  });

  test('a replaced mandate shows cancelled and names its successor', async () => {
    const id = activeMandate();
    const successor = sandbox.gocardless.scenarios.replaceMandate({ mandate: id });
    expect(await client.mandates.find(id)).toMatchObject({
      status: 'cancelled',
      links: { new_mandate: successor.id },
    });
    expect((await refusal(client.payments.create(payment(id)))).errors[0]).toMatchObject({
      reason: 'mandate_replaced',
      links: { new_mandate: successor.id },
    });
  });
});

describe('payments', () => {
  test('a payment without a date is charged as soon as the mandate allows', async () => {
    const created = await client.payments.create(
      payment(activeMandate(), {
        amount: '2000',
        description: 'Invoice 1',
        metadata: { mlc_collection: '1' },
      }),
    );
    expect(created).toMatchObject({
      amount: 2000,
      amount_refunded: 0,
      charge_date: '2026-11-05',
      status: 'pending_submission',
      description: 'Invoice 1',
      metadata: { mlc_collection: '1' },
      retry_if_possible: false,
    });
  });

  test.each([
    [{ amount: 500_001 }, 'amount', 'is greater than the permitted scheme maximum'],
    [{ amount: 99 }, 'amount', 'is less than the permitted scheme minimum'],
    [{ currency: 'EUR' }, 'currency', "is not supported by the mandate's scheme (bacs)"],
    [{ charge_date: '2026-11-04' }, 'charge_date', "must be on or after mandate's next_possible_charge_date"],
    [{ charge_date: '2026-02-30' }, 'charge_date', 'is not a valid date'],
    [{ reference: '12345678901' }, 'reference', 'is too long (maximum is 10 characters)'],
    [{ metadata: { a: 1 } }, 'metadata', 'value of a must be a string'],
  ])('%j is refused', async (extra, field, message) => {
    const { code, errors, errorType } = await refusal(
      client.payments.create(payment(activeMandate(), extra)),
    );
    expect({ code, errorType }).toEqual({ code: 422, errorType: 'validation_failed' });
    expect(errors[0]).toMatchObject({ field, message, request_pointer: `/payments/${field}` });
  });

  test('missing and mistyped parameters are api usage errors, not validations', async () => {
    const missing = await refusal(client.payments.create({ amount: 1, links: { mandate: 'MD1' } } as never));
    expect(missing).toMatchObject({ code: 422, errorType: 'invalid_api_usage' });
    expect(missing.errors).toEqual([
      { message: '"currency" wasn\'t supplied.', request_pointer: '/payments' },
    ]);
    const unlinked = await refusal(client.payments.create(payment('MD404')));
    expect(unlinked.errors[0]?.['reason']).toBe('link_not_found');
  });

  test('a charge date on a day banks do not work rolls forward', async () => {
    const created = await client.payments.create(payment(activeMandate(), { charge_date: '2026-11-14' }));
    expect(created.charge_date).toBe('2026-11-16');
  });

  test('the clock takes it through to a payout', async () => {
    const { id } = await client.payments.create(payment(activeMandate(), { amount: 20_000 }));
    const statuses: unknown[] = [];
    for (let day = 2; day <= 9; day += 1) {
      statuses.push((await client.payments.find(String(id))).status);
      await sandbox.clock.advanceDays(1);
    }
    const pending = 'pending_submission';
    expect(statuses).toEqual([
      pending,
      'submitted',
      'submitted',
      'submitted',
      'confirmed',
      'confirmed',
      'confirmed',
      'paid_out',
    ]);
    const paid = await client.payments.find(String(id));
    const payoutId = String((paid.links as { payout?: string }).payout);
    expect(await client.payouts.find(payoutId)).toMatchObject({
      amount: 19_736,
      deducted_fees: 264,
      currency: 'GBP',
      status: 'paid',
      arrival_date: '2026-11-09',
      payout_type: 'merchant',
    });
    const { payout_items: items } = await client.payoutItems.list({ payout: payoutId });
    expect(items).toEqual([
      { type: 'payment_paid_out', amount: '20000.0', taxes: [], links: { payment: id } },
      {
        type: 'gocardless_fee',
        amount: '-264.0',
        links: { payment: id },
        taxes: [
          {
            amount: '-44.0',
            currency: 'GBP',
            destination_amount: null,
            destination_currency: 'GBP',
            exchange_rate: null,
            tax_rate_id: 'GB_VAT_1',
          },
        ],
      },
    ]);
  });

  test('cancelling works until it is submitted', async () => {
    const { id } = await client.payments.create(payment(activeMandate()));
    expect((await client.payments.cancel(String(id), { metadata: { why: 'paid by card' } })).status).toBe(
      'cancelled',
    );
    const again = await refusal(client.payments.cancel(String(id), {}));
    expect(again).toMatchObject({
      code: 422,
      errorType: 'invalid_state',
      errors: [{ reason: 'cancellation_failed' }],
    });
    const { events } = await client.events.list({
      payment: String(id),
      action: 'cancelled',
      resource_type: 'payments',
    } as never);
    expect(events).toMatchObject([{ metadata: { why: 'paid by card' }, resource_metadata: {} }]);
  });

  test('a failed payment can be retried three times and keeps its id', async () => {
    const { id } = await client.payments.create(payment(activeMandate()));
    const key = { payment: String(id) };
    for (let attempt = 0; attempt < 3; attempt += 1) {
      sandbox.gocardless.scenarios.failPayment(key);
      const retried = await client.payments.retry(String(id), {});
      expect(retried).toMatchObject({ id, status: 'pending_submission' });
      expect((await refusal(client.payments.retry(String(id), {}))).errors[0]?.['reason']).toBe(
        'retry_failed',
      );
    }
    sandbox.gocardless.scenarios.failPayment(key);
    expect((await refusal(client.payments.retry(String(id), {}))).errors[0]?.['reason']).toBe('retry_failed');
  });

  test('lists filter by charge date, status, customer and mandate', async () => {
    const mandate = activeMandate();
    const early = await client.payments.create(payment(mandate));
    const late = await client.payments.create(payment(mandate, { charge_date: '2026-12-01' }));
    const idsOf = async (filters: object): Promise<unknown[]> =>
      (await client.payments.list(filters as never)).payments.map(({ id }) => id);
    expect(await idsOf({ charge_date: { gte: '2026-12-01' } })).toEqual([late.id]);
    expect(await idsOf({ created_at: { gt: '2026-11-01T00:00:00.000Z' }, mandate })).toEqual([
      late.id,
      early.id,
    ]);
    expect(await idsOf({ sort_field: 'charge_date', sort_direction: 'asc' })).toEqual([early.id, late.id]);
    expect(await idsOf({ status: 'paid_out' })).toEqual([]);
    expect((await refusal(client.payments.list({ customer: 'CU1', creditor: 'CR1' } as never))).code).toBe(
      400,
    );
  });
});

describe('idempotency', () => {
  test('the official client silently gets the first payment, whatever the body says', async () => {
    const mandate = activeMandate();
    const first = await client.payments.create(payment(mandate), 'key-1');
    const second = await client.payments.create(payment(mandate, { amount: 9900 }), 'key-1');
    expect(second).toMatchObject({ id: first.id, amount: 2000 });
    expect((await client.payments.list({})).payments).toHaveLength(1);
  });

  test('asked to raise, it gets the conflict with the existing id', async () => {
    const strict = officialClient(sandbox.urls.gocardless, sandbox.gocardless.accessToken, {
      raiseOnIdempotencyConflict: true,
    });
    const mandate = activeMandate();
    const first = await strict.payments.create(payment(mandate), 'key-1');
    const conflict = await refusal(strict.payments.create(payment(mandate), 'key-1'));
    expect(conflict).toBeInstanceOf(officialErrors.IdempotentCreationConflictError);
    expect(conflict).toMatchObject({
      code: 409,
      errorType: 'invalid_state',
      conflictingResourceId: first.id,
    });
  });

  test('a refused request does not burn its key; a 500 after the work does', async () => {
    const mandate = activeMandate();
    await refusal(client.payments.create(payment(mandate, { amount: 1 }), 'key-2'));
    sandbox.gocardless.faults.add({ kind: 'status-after', method: 'POST', path: '/payments' });
    expect(await refusal(client.payments.create(payment(mandate), 'key-2'))).toBeInstanceOf(
      officialErrors.GoCardlessInternalError,
    );
    const found = await client.payments.create(payment(mandate), 'key-2');
    expect((await client.payments.list({})).payments.map(({ id }) => id)).toEqual([found.id]);
  });

  test('flows never dedupe, billing requests do', async () => {
    const create = (): Promise<{ id?: unknown }> =>
      client.billingRequests.create({ mandate_request: { scheme: 'bacs', currency: 'GBP' } } as never, 'brq');
    const first = await create();
    expect((await create()).id).toBe(first.id);
    const flow = (): Promise<{ id?: unknown }> =>
      client.billingRequestFlows.create({ links: { billing_request: String(first.id) } } as never, 'brf');
    expect((await flow()).id).not.toBe((await flow()).id);
  });
});

describe('errors', () => {
  const withToken = (token: string): GoCardlessClient => officialClient(sandbox.urls.gocardless, token);

  test('each family becomes the official class', async () => {
    const unknown = await refusal(withToken('nope').customers.list({}));
    expect(unknown).toBeInstanceOf(officialErrors.AuthenticationError);
    expect(unknown.errors[0]?.['reason']).toBe('access_token_not_found');
    expect(await refusal(client.customers.find('CU404'))).toBeInstanceOf(officialErrors.InvalidApiUsageError);
    sandbox.gocardless.faults.add({ kind: 'rate-limit', path: '/creditors', times: 'always' });
    expect(await refusal(client.creditors.create({} as never))).toBeInstanceOf(officialErrors.RateLimitError);
    expect(
      await refusal(client.refunds.create({ amount: 1, links: { payment: 'PM1' } } as never)),
    ).toBeInstanceOf(officialErrors.PermissionsError);
  });

  test('an HTML answer is malformed', async () => {
    sandbox.gocardless.faults.add({ kind: 'garbage', path: '/customers', times: 'always' });
    await expect(client.customers.list({})).rejects.toBeInstanceOf(officialErrors.MalformedResponseError);
  });

  test('headers are strict, limits and request ids are told', async () => {
    const call = (headers: Record<string, string>, init: RequestInit = {}): Promise<Response> =>
      fetch(`${sandbox.urls.gocardless}/customers`, { ...init, headers });
    const reasonOf = async (answer: Response): Promise<unknown> => {
      const { error } = (await answer.json()) as {
        error: { errors: { reason: string }[]; request_id: string; code: number };
      };
      expect(error).toMatchObject({ code: answer.status, request_id: answer.headers.get('x-request-id') });
      return [answer.status, error.errors[0]?.reason];
    };
    const authorization = `Bearer ${sandbox.gocardless.accessToken}`;
    const version = { 'gocardless-version': '2015-07-06' };
    expect(await reasonOf(await call({}))).toEqual([401, 'missing_authorization_header']);
    expect(await reasonOf(await call({ authorization: 'Basic x' }))).toEqual([
      401,
      'invalid_authorization_header',
    ]);
    expect(await reasonOf(await call({ authorization }))).toEqual([400, 'missing_version_header']);
    expect(await reasonOf(await call({ authorization, 'gocardless-version': '2014-01-01' }))).toEqual([
      400,
      'version_not_found',
    ]);
    expect(await reasonOf(await call({ authorization, ...version, accept: 'text/html' }))).toEqual([
      406,
      'not_acceptable',
    ]);
    const post = { method: 'POST', body: '{}' };
    expect(
      await reasonOf(await call({ authorization, ...version, 'content-type': 'text/plain' }, post)),
    ).toEqual([415, 'unsupported_media_type']);
    const fine = await call({ authorization, ...version });
    expect(fine.headers.get('ratelimit-limit')).toBe('1000');
    expect(Number(fine.headers.get('ratelimit-remaining'))).toBeLessThan(1000);
    expect(fine.headers.get('ratelimit-reset')).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:00 GMT$/);
  });

  test('above the limit: 429 until the minute is over', async () => {
    sandbox.gocardless.organisation.settings.rateLimitPerMinute = 2;
    const quick = (): Promise<Response> =>
      fetch(`${sandbox.urls.gocardless}/creditors`, {
        headers: {
          authorization: `Bearer ${sandbox.gocardless.accessToken}`,
          'gocardless-version': '2015-07-06',
        },
      });
    const statuses = [await quick(), await quick(), await quick()].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 429]);
    await sandbox.clock.advanceDays(1 / 1440);
    expect((await quick()).status).toBe(200);
  });
});

describe('subscriptions and instalments', () => {
  test('a subscription shows its rhythm and makes payments a few days ahead', async () => {
    const created = await client.subscriptions.create({
      amount: 1500,
      currency: 'GBP',
      name: 'Retainer',
      interval_unit: 'monthly',
      day_of_month: '15',
      count: 3,
      links: { mandate: activeMandate() },
    } as never);
    expect(created).toMatchObject({ status: 'active', start_date: '2026-11-15' });
    expect(created.upcoming_payments).toEqual([
      { charge_date: '2026-11-16', amount: 1500 },
      { charge_date: '2026-12-15', amount: 1500 },
      { charge_date: '2027-01-15', amount: 1500 },
    ]);
    const subscription = String(created.id);
    const list = async (): Promise<{ charge_date?: unknown }[]> =>
      (await client.payments.list({ subscription } as never)).payments;
    expect(await list()).toEqual([]);
    await sandbox.clock.advanceDays(8);
    expect(await list()).toMatchObject([
      { charge_date: '2026-11-16', amount: 1500, links: { subscription }, metadata: {} },
    ]);
    const { events } = await client.events.list({
      payment: String(((await list()) as { id?: string }[])[0]?.id),
    } as never);
    expect(events.map(({ details }) => (details as { origin?: string }).origin)).toContain('gocardless');
    await sandbox.clock.advanceDays(90);
    expect(await client.subscriptions.find(subscription)).toMatchObject({
      status: 'finished',
      upcoming_payments: [],
    });
    expect(await list()).toHaveLength(3);
  });

  test('pausing, resuming, amending, cancelling', async () => {
    const mandate = activeMandate();
    const wanted = {
      amount: 1500,
      currency: 'GBP',
      interval_unit: 'weekly',
      start_date: '2026-11-20',
      links: { mandate },
    };
    const subscription = String((await client.subscriptions.create(wanted as never)).id);
    expect(await client.subscriptions.pause(subscription, {})).toMatchObject({
      status: 'paused',
      upcoming_payments: [],
    });
    await sandbox.clock.advanceDays(30);
    expect((await client.payments.list({})).payments).toEqual([]);
    const resumed = await client.subscriptions.resume(subscription, {});
    expect(resumed.upcoming_payments?.[0]).toEqual({ charge_date: '2026-12-11', amount: 1500 });
    expect(
      (await client.subscriptions.update(subscription, { amount: 1700 } as never)).upcoming_payments?.[0]
        ?.amount,
    ).toBe(1700);
    expect((await client.subscriptions.cancel(subscription, {})).status).toBe('cancelled');
    expect((await refusal(client.subscriptions.cancel(subscription, {}))).errors[0]?.['reason']).toBe(
      'cancellation_failed',
    );
  });

  test('an instalment schedule is pending, then active with its payments', async () => {
    const mandate = activeMandate();
    const created = await client.instalmentSchedules.createWithDates({
      name: 'Two parts',
      currency: 'GBP',
      total_amount: 2500,
      instalments: [
        { charge_date: '2026-11-10', amount: 1250 },
        { charge_date: '2026-12-10', amount: 1250 },
      ],
      links: { mandate },
    } as never);
    expect(created.status).toBe('pending');
    await sandbox.idle();
    const active = await client.instalmentSchedules.find(String(created.id));
    expect(active).toMatchObject({ status: 'active', payment_errors: {} });
    expect(active.links?.payments).toHaveLength(2);
    await sandbox.clock.advanceDays(50);
    expect((await client.instalmentSchedules.find(String(created.id))).status).toBe('completed');
  });

  test('bad instalments fail later by index, a bad sum at once', async () => {
    const wanted = (total: number, dates: string[]): never =>
      ({
        name: 'Parts',
        currency: 'GBP',
        total_amount: total,
        instalments: dates.map((charge_date) => ({ charge_date, amount: 1000 })),
        links: { mandate: activeMandate() },
      }) as never;
    expect(
      (await refusal(client.instalmentSchedules.createWithDates(wanted(999, ['2026-11-10'])))).errors[0]?.[
        'field'
      ],
    ).toBe('total_amount');
    const created = await client.instalmentSchedules.createWithDates(
      wanted(2000, ['2026-11-10', '2026-11-03']),
    );
    await sandbox.idle();
    expect(await client.instalmentSchedules.find(String(created.id))).toMatchObject({
      status: 'creation_failed',
      payment_errors: { 1: [{ field: 'charge_date' }] },
    });
  });
});

describe('billing requests', () => {
  test('a mandate by way of a flow: customer at once, mandate when the payer is done', async () => {
    const request = await client.billingRequests.create({
      mandate_request: { scheme: 'bacs', currency: 'GBP' },
    } as never);
    expect(request).toMatchObject({
      status: 'pending',
      metadata: null,
      resources: { customer: { email: null } },
    });
    const flow = await client.billingRequestFlows.create({
      redirect_uri: 'https://example.test/done',
      links: { billing_request: String(request.id) },
    } as never);
    expect(String(flow.id)).toHaveLength(32);
    expect(flow.expires_at).toMatch(/^2026-11-09T/);
    const shown = await fetch(String(flow.authorisation_url));
    expect(await shown.text()).toContain('<form');
    const done = await fetch(String(flow.authorisation_url), {
      method: 'POST',
      body: new URLSearchParams({ email: 'payer@example.test' }),
      redirect: 'manual',
    });
    expect(done.headers.get('location')).toBe(
      `https://example.test/done?billing_request_id=${String(request.id)}&billing_request_flow_id=${String(flow.id)}`,
    );
    const fulfilled = await client.billingRequests.find(String(request.id));
    expect(fulfilled).toMatchObject({ status: 'fulfilled', actions: [] });
    const { mandate_request_mandate: mandate } = fulfilled.links as Record<string, string>;
    expect(await client.mandates.find(String(mandate))).toMatchObject({
      status: 'pending_submission',
      scheme: 'bacs',
    });
    const { events } = await client.events.list({ billing_request: String(request.id), limit: '1' } as never);
    expect(events).toMatchObject([{ action: 'fulfilled', links: { mandate_request_mandate: mandate } }]);
    expect((await fetch(String(flow.authorisation_url))).status).toBe(404);
  });

  test('step by step over the API, and an instant payment', async () => {
    const { id } = await client.billingRequests.create({
      payment_request: { amount: 500, currency: 'GBP', description: 'Invoice 42' },
      mandate_request: { scheme: 'bacs' },
    } as never);
    const request = String(id);
    expect((await refusal(client.billingRequests.fulfil(request, {}))).code).toBe(422);
    await client.billingRequests.collectCustomerDetails(request, {
      customer: { email: 'p@example.test', given_name: 'Pat', family_name: 'Payer' },
      customer_billing_detail: {
        address_line1: '1 Road',
        city: 'London',
        postal_code: 'E8',
        country_code: 'GB',
      },
    } as never);
    await client.billingRequests.collectBankAccount(request, {
      account_holder_name: 'Pat Payer',
      country_code: 'GB',
      branch_code: '200000',
      account_number: '55779911',
    } as never);
    await client.billingRequests.confirmPayerDetails(request, {});
    await client.scenarioSimulators.run('billing_request_fulfilled', {
      links: { resource: request },
    } as never);
    await sandbox.idle();
    const { links } = await client.billingRequests.find(request);
    const made = String((links as Record<string, string>)['payment_request_payment']);
    expect(await client.payments.find(made)).toMatchObject({ amount: 500, status: 'confirmed' });
  });

  test('a payment request needs a description', async () => {
    const wanted = { payment_request: { amount: 500, currency: 'GBP' } };
    expect((await refusal(client.billingRequests.create(wanted as never))).errors).toEqual([
      {
        field: 'payment_request',
        message: "can't be blank",
        request_pointer: '/billing_requests/payment_request/description',
      },
    ]);
  });
});

describe('money coming back', () => {
  const paidOut = async (amount = 20_000): Promise<string> => {
    const { id } = await client.payments.create(payment(activeMandate(), { amount }));
    await client.scenarioSimulators.run('payment_paid_out', { links: { resource: String(id) } } as never);
    expect((await client.payments.find(String(id))).status).toBe('paid_out');
    return String(id);
  };

  test('a late failure is debited from the next payout, with its fee', async () => {
    const failed = await paidOut();
    await paidOut(30_000);
    await client.scenarioSimulators.run('payment_late_failure', { links: { resource: failed } } as never);
    expect((await client.payments.find(failed)).status).toBe('failed');
    sandbox.gocardless.scenarios.payOutPayment({
      payment: String((await client.payments.create(payment(activeMandate(), { amount: 50_000 }))).id),
    });
    const [payout] = (await client.payouts.list({})).payouts;
    const { payout_items: items } = await client.payoutItems.list({ payout: String(payout?.id) });
    const item = (type: string): unknown =>
      items.filter((entry) => entry.type === type).map(({ amount, links }) => [amount, links.payment]);
    expect(item('payment_failed')).toEqual([['-20000.0', failed]]);
    expect(item('gocardless_fee')).toContainEqual(['264.0', failed]);
    const total = items.reduce((sum, { amount }) => sum + Number(amount), 0);
    expect(payout?.amount).toBe(Math.round(total));
    const { events } = await client.events.list({ payment: failed } as never);
    expect(events.map(({ action }) => action)).toEqual([
      'late_failure_settled',
      'failed',
      'paid_out',
      'confirmed',
      'submitted',
      'created',
    ]);
  });

  test('a chargeback, and one that is cancelled', async () => {
    const id = await paidOut();
    await client.scenarioSimulators.run('payment_charged_back', { links: { resource: id } } as never);
    expect((await client.payments.find(id)).status).toBe('charged_back');
    sandbox.gocardless.scenarios.cancelChargeback({ payment: id });
    expect((await client.payments.find(id)).status).toBe('paid_out');
  });

  test('a total below zero is carried over', async () => {
    const id = await paidOut();
    sandbox.gocardless.scenarios.failPayment({ payment: id });
    await sandbox.clock.advanceDays(5);
    expect((await client.payouts.list({})).payouts).toHaveLength(1);
  });

  test('refunds are off until switched on, then confirmed by their total', async () => {
    const id = await paidOut();
    const refund = (amount: number, total: number): Promise<unknown> =>
      client.refunds.create({ amount, total_amount_confirmation: total, links: { payment: id } } as never);
    expect((await refusal(refund(100, 100))).code).toBe(403);
    sandbox.gocardless.organisation.settings.refundsEnabled = true;
    expect((await refusal(refund(100, 99))).errors[0]?.['reason']).toBe('total_amount_confirmation_invalid');
    expect(await refund(100, 100)).toMatchObject({ amount: 100, status: 'created', links: { payment: id } });
    expect(await client.payments.find(id)).toMatchObject({ amount_refunded: 100 });
    expect((await client.refunds.list({ payment: id } as never)).refunds).toHaveLength(1);
    await sandbox.clock.advanceDays(3);
    expect((await client.refunds.list({})).refunds).toMatchObject([{ status: 'paid' }]);
    await paidOut();
    const { events } = await client.events.list({
      resource_type: 'refunds',
      action: 'refund_settled',
    } as never);
    expect(events).toHaveLength(1);
  });

  test('items are gone after six months', async () => {
    await paidOut();
    const [payout] = (await client.payouts.list({})).payouts;
    await sandbox.clock.advanceDays(190);
    expect((await refusal(client.payoutItems.list({ payout: String(payout?.id) }))).code).toBe(410);
  });

  test('simulators insist on their preconditions', async () => {
    const { id } = await client.payments.create(payment(await mandateByApi()));
    const run = (name: string): Promise<unknown> =>
      client.scenarioSimulators.run(name, { links: { resource: String(id) } } as never);
    expect((await refusal(run('payment_confirmed'))).code).toBe(422);
    expect((await refusal(run('payment_unheard_of'))).code).toBe(404);
  });
});

describe('webhooks', () => {
  let receiver: Server;
  let received: { body: string; headers: NodeJS.Dict<string | string[]> }[];
  let answerStatus: () => number;

  beforeEach(async () => {
    received = [];
    answerStatus = () => 204;
    receiver = createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        received.push({ body: Buffer.concat(chunks).toString('utf8'), headers: req.headers });
        res.writeHead(answerStatus()).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    sandbox.gocardless.addEndpoint({ url: `http://127.0.0.1:${port}/hook`, secret: SECRET });
  });

  afterEach(() => void receiver.close());

  const eventsOf = (index = 0): { id: string; action: string }[] => {
    const { body, headers } = received[index] ?? { body: '', headers: {} };
    return officialWebhooks.parse(body, SECRET, String(headers['webhook-signature'])) as never;
  };

  test('the official parser accepts the signature; the log has the delivery', async () => {
    activeMandate();
    await sandbox.idle();
    expect(eventsOf().map(({ action }) => action)).toEqual(['created', 'submitted', 'active']);
    expect(received[0]?.headers).toMatchObject({
      origin: 'https://api-sandbox.gocardless.com',
      'content-type': 'application/json',
      'user-agent': 'gocardless-webhook-service/1.2',
    });
    const [logged] = (await client.webhooks.list({})).webhooks;
    expect(logged).toMatchObject({
      response_code: 204,
      successful: true,
      is_test: false,
      request_body: received[0]?.body,
    });
    const { webhookId } = officialWebhooks.parseWithMeta(
      String(received[0]?.body),
      SECRET,
      String(received[0]?.headers['webhook-signature']),
    );
    expect(webhookId).toBe(logged?.id);
    expect(() =>
      officialWebhooks.parse(
        String(received[0]?.body),
        'other',
        String(received[0]?.headers['webhook-signature']),
      ),
    ).toThrow();
  });

  test('a failed delivery is retried with the same bytes; a logged one can be sent again', async () => {
    let left = 2;
    answerStatus = () => (left-- > 0 ? 503 : 204);
    sandbox.gocardless.deliveries.set({ retryDelaysMs: [1, 1, 1] });
    activeMandate();
    await sandbox.idle();
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    const [logged] = (await client.webhooks.list({ successful: 'true' } as never)).webhooks;
    await client.webhooks.retry(String(logged?.id));
    await sandbox.idle();
    expect(received).toHaveLength(4);
    expect(received[3]?.body).toBe(received[0]?.body);
  });

  test('batches hold at most the configured number, shuffled and doubled on request', async () => {
    sandbox.gocardless.organisation.settings.webhooks.batchSize = 2;
    sandbox.gocardless.deliveries.set({ duplicate: 1, drop: 0, shuffle: true });
    activeMandate();
    await sandbox.idle();
    expect(received).toHaveLength(3);
    sandbox.gocardless.deliveries.set({ drop: 'always' });
    activeMandate();
    await sandbox.idle();
    expect(received).toHaveLength(3);
  });
});
