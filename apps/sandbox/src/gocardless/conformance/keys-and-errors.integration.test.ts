import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GoCardlessClient } from 'gocardless-nodejs';
import * as officialErrors from 'gocardless-nodejs/errors';
import {
  activeMandate,
  officialClient,
  openBench,
  payment,
  refusal,
} from '../../../../../tests/support/official-gocardless.ts';
import type { Sandbox } from '../../main.ts';

let sandbox: Sandbox;
let client: GoCardlessClient;

beforeEach(async () => {
  ({ sandbox, client } = await openBench());
});

afterEach(() => sandbox.close());

describe('idempotency', () => {
  test('the official client silently gets the first payment, whatever the body says', async () => {
    const mandate = activeMandate(sandbox);
    const first = await client.payments.create(payment(mandate), 'key-1');
    const second = await client.payments.create(payment(mandate, { amount: 9900 }), 'key-1');
    expect(second).toMatchObject({ id: first.id, amount: 2000 });
    expect((await client.payments.list({})).payments).toHaveLength(1);
  });

  test('asked to raise, it gets the conflict with the existing id', async () => {
    const strict = officialClient(sandbox.urls.gocardless, sandbox.gocardless.accessToken, {
      raiseOnIdempotencyConflict: true,
    });
    const mandate = activeMandate(sandbox);
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
    const mandate = activeMandate(sandbox);
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
      client.billingRequests.create({ mandate_request: { scheme: 'bacs', currency: 'GBP' } }, 'brq');
    const first = await create();
    expect((await create()).id).toBe(first.id);
    const flow = (): Promise<{ id?: unknown }> =>
      client.billingRequestFlows.create({ links: { billing_request: String(first.id) } }, 'brf');
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
    expect(await refusal(client.refunds.create({ amount: 1, links: { payment: 'PM1' } }))).toBeInstanceOf(
      officialErrors.PermissionsError,
    );
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
