import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PATHS, startStand } from './test-stand.ts';
import type { Stand } from './test-stand.ts';

let stand: Stand;

const errno = (number: number): object => ({
  response: { errors: [expect.objectContaining({ errno: number })] },
});

beforeEach(async () => {
  stand = await startStand();
});

afterEach(() => stand.sandbox.close());

describe('error families and gates', () => {
  it('words errors the old way, the new way with a version header', async () => {
    expect(await stand.call('GET', `${PATHS.invoices}/5`)).toMatchObject({ status: 404, body: errno(1012) });
    const { body } = await stand.call('GET', `${PATHS.invoices}/5`, undefined, {
      'x-api-version': '2023-02-20',
    });
    expect(body).toMatchObject({
      code: 5,
      details: [{ reason: '1012', metadata: { message: 'Invoice not found.' } }],
    });
  });

  it('words errors of callbacks in its newest and its middle form', async () => {
    const bad = { callback: { event: 'nothing', uri: 'https://x.example' } };
    const newest = { errno: 422, details: ['event: Value error, Unrecognized event.'] };
    expect(await stand.call('POST', PATHS.callbacks, bad)).toMatchObject({ status: 422, body: newest });
    const middle = await stand.call('POST', PATHS.callbacks, bad, { 'api-version': 'alpha' });
    expect(middle.body).toMatchObject({ code: 3, details: [{ fieldViolations: [{ field: 'event' }] }, {}] });
    expect(await stand.call('GET', `${PATHS.callbacks}/9`)).toMatchObject({
      status: 404,
      body: { errno: 404 },
    });
  });

  it('names malformed JSON, an unknown account and a wrong method', async () => {
    expect(await stand.call('POST', PATHS.invoices, '{oops')).toMatchObject({
      status: 400,
      body: errno(1005),
    });
    const elsewhere = '/accounting/account/439000/invoices/invoices';
    expect(await stand.call('GET', elsewhere)).toMatchObject({ status: 404, body: errno(1012) });
    expect(await stand.call('DELETE', `${PATHS.payments}/1`)).toMatchObject({ status: 405 });
  });

  it('answers 401 without a token, 403 for scope and role, 200 with errors outside the plan', async () => {
    expect(await stand.call('GET', PATHS.invoices, undefined, { authorization: '' })).toMatchObject({
      status: 401,
    });
    expect(await stand.call('GET', `${PATHS.account}/bills/bills`)).toMatchObject({
      status: 200,
      body: errno(41_001),
    });
    stand.token = stand.sandbox.freshbooks.seedTokens({ scopes: ['user:invoices:read'] }).access_token;
    expect(await stand.call('GET', PATHS.invoices)).toMatchObject({ status: 200 });
    expect(await stand.call('POST', PATHS.invoices, { invoice: {} })).toMatchObject({
      status: 403,
      body: errno(1003),
    });
    const subscription = { callback: { event: 'payment', uri: 'https://x.example' } };
    expect(await stand.call('POST', PATHS.callbacks, subscription)).toMatchObject({ status: 403 });
    stand.token = stand.sandbox.freshbooks.seedTokens().access_token;
    stand.desk.books.business.role = 'client';
    expect(await stand.call('GET', PATHS.invoices)).toMatchObject({ status: 200 });
    expect(await stand.call('POST', PATHS.invoices, { invoice: {} })).toMatchObject({
      status: 403,
      body: errno(1003),
    });
  });

  it('carries Retry-After on 200 and limits requests when told to', async () => {
    const fine = await stand.call('GET', PATHS.invoices);
    expect([fine.status, fine.headers.get('x-ratelimit-limit')]).toEqual([200, '20']);
    expect(Number(fine.headers.get('retry-after'))).toBeGreaterThan(0);
    stand.sandbox.freshbooks.switches.requestsPerMinute = 2;
    expect((await stand.call('GET', PATHS.invoices)).status).toBe(200);
    const over = await stand.call('GET', PATHS.invoices);
    expect([over.status, Number(over.headers.get('retry-after')) > 0]).toEqual([429, true]);
    await stand.sandbox.clock.advanceDays(1 / 24);
    expect((await stand.call('GET', PATHS.invoices)).status).toBe(200);
  });
});
