import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConnectorError } from '@mlc/core';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import { type Sandbox, SandboxClock, startSandbox } from '@mlc/sandbox';
import { type ScriptedProvider, scriptedProvider } from '@mlc/testkit';
import type { GocardlessAccess } from './client.ts';
import { gocardlessDebits } from './connector.ts';
import { gocardlessPayouts } from './payouts.ts';

let http: ClosableHttpClient;
let provider: ScriptedProvider;
let sandbox: Sandbox;

beforeAll(async () => {
  http = createHttpClient({ version: 'test', readRetries: 0 });
  provider = await scriptedProvider();
  const clock = new SandboxClock({ start: new Date('2026-11-02T09:00:00Z') });
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0, clock });
});

afterAll(async () => {
  http.close();
  await provider.close();
  await sandbox.close();
});

function accessTo(apiUrl: string, accessToken = 'token'): GocardlessAccess {
  return {
    http,
    limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
    accessToken: () => Promise.resolve(accessToken),
    apiUrl,
    connectionId: 'conn-1',
    clock: { now: () => new Date('2026-11-22T10:00:00Z') },
  };
}

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

describe('over scripted answers', () => {
  const debits = () => gocardlessDebits(accessTo(provider.url));
  const payouts = () => gocardlessPayouts(accessTo(provider.url));
  const payment = (id: string, charge_date: string | null) => ({
    id,
    amount: 100,
    currency: 'GBP',
    status: 'confirmed',
    charge_date,
    created_at: '2026-11-01T09:00:00.000Z',
    links: { mandate: 'MD1' },
  });
  const event = (id: string, facts: Record<string, unknown> = {}) => ({
    id,
    created_at: '2026-11-10T09:00:00.000Z',
    resource_type: 'payments',
    action: 'failed',
    links: { payment: 'PM1' },
    ...facts,
  });
  const gone = {
    status: 410,
    body: { error: { message: 'gone', type: 'invalid_api_usage', code: 410, errors: [{ message: 'gone' }] } },
  };
  const missing = {
    status: 404,
    body: {
      error: {
        message: 'no',
        type: 'invalid_api_usage',
        code: 404,
        errors: [{ reason: 'resource_not_found' }],
      },
    },
  };

  test('debits charged on days: asked for by charge date, page by page, checked again', async () => {
    provider.script(
      {
        body: {
          payments: [payment('PM4', '2026-11-30'), payment('PM3', '2026-12-01')],
          meta: { cursors: { after: 'PM3' } },
        },
      },
      { body: { payments: [payment('PM2', null), payment('PM1', '2026-11-01')], meta: { cursors: {} } } },
    );
    const found = await collect(debits().listDebitsCharged('2026-11-01', '2026-11-30'));
    expect(found.map(({ id }) => id)).toEqual(['PM4', 'PM1']);
    const [first, second] = provider.requests;
    expect(first?.path).toBe('/payments');
    expect(Object.fromEntries(first?.query ?? [])).toEqual({
      'charge_date[gte]': '2026-11-01',
      'charge_date[lte]': '2026-11-30',
      limit: '500',
    });
    expect(second?.query.get('after')).toBe('PM3');
  });

  test('a list by days or kinds that is said to be missing is a failure, not an empty one', async () => {
    provider.script(missing, missing, missing);
    await expect(collect(debits().listDebitsCharged('2026-11-01', '2026-11-30'))).rejects.toThrow(
      ConnectorError,
    );
    await expect(collect(debits().listSteps('failed', '2026-11-01T00:00:00Z'))).rejects.toThrow(
      ConnectorError,
    );
    await expect(collect(payouts().listBounces('2026-11-01T00:00:00Z'))).rejects.toThrow(ConnectorError);
  });

  test('the steps of a debit come oldest first, those of one moment in their order', async () => {
    const at = (created_at: string, action: string) => ({ created_at, action });
    provider.script({
      body: {
        events: [
          event('EV5', at('2026-11-12T09:00:00.000Z', 'failed')),
          event('EV4', { links: { payment: 'PM2' } }),
          event('EV3', at('2026-11-10T09:00:00.000Z', 'paid_out')),
          event('EV2', at('2026-11-10T09:00:00.000Z', 'confirmed')),
          event('EV1', at('2026-11-02T09:00:00.000Z', 'created')),
          event('EV0', { resource_type: 'mandates', links: null }),
        ],
        meta: {},
      },
    });
    const steps = await debits().stepsOf('PM1');
    expect(steps.map(({ action }) => action)).toEqual(['created', 'confirmed', 'paid_out', 'failed']);
    expect(steps.every(({ debitId }) => debitId === 'PM1')).toBe(true);
    expect(provider.requests[0]?.rawQuery).toContain('payment=PM1&resource_type=payments');
  });

  test('a debit that is not there has no steps', async () => {
    provider.script(missing);
    expect(await debits().stepsOf('PM1')).toEqual([]);
  });

  test('one kind of step since a moment: asked for in UTC, checked again', async () => {
    provider.script({
      body: {
        events: [
          event('EV3'),
          event('EV2', { action: 'confirmed' }),
          event('EV1', { created_at: '2026-10-31T23:59:59.999Z' }),
          event('EV0', { links: {} }),
        ],
      },
    });
    expect(await collect(debits().listSteps('failed', '2026-11-01T01:00:00+01:00'))).toEqual([
      { debitId: 'PM1', action: 'failed', at: '2026-11-10T09:00:00.000Z' },
    ]);
    expect(Object.fromEntries(provider.requests[0]?.query ?? [])).toEqual({
      resource_type: 'payments',
      action: 'failed',
      'created_at[gte]': '2026-11-01T00:00:00.000Z',
      limit: '500',
    });
  });

  test('bounced payouts, named or not', async () => {
    const bounce = { resource_type: 'creditors', action: 'bounced_payout' };
    provider.script({
      body: {
        events: [
          event('EV2', { ...bounce, links: { creditor: 'CR1', payout: 'PO1' } }),
          event('EV1', { ...bounce, links: { creditor: 'CR1' } }),
          event('EV0', { resource_type: 'creditors', action: 'updated', links: { creditor: 'CR1' } }),
        ],
      },
    });
    const at = '2026-11-10T09:00:00.000Z';
    expect(await collect(payouts().listBounces('2026-11-01T00:00:00Z'))).toEqual([
      { payoutId: 'PO1', at },
      { payoutId: null, at },
    ]);
  });

  test('items that are kept no longer are null, not none', async () => {
    provider.script(gone);
    expect(await payouts().listItems('PO1')).toBeNull();
  });
});

describe('against the sandbox', () => {
  test('a debit’s course, its payout and its bounce are found', async () => {
    const { scenarios } = sandbox.gocardless;
    const access = accessTo(sandbox.urls.gocardless, sandbox.gocardless.accessToken);
    const debits = gocardlessDebits({ ...access, clock: sandbox.clock });
    const payouts = gocardlessPayouts({ ...access, clock: sandbox.clock });
    const since = '2026-11-01T00:00:00Z';
    const { mandate } = scenarios.addPayer({ email: 'frank@example.test' });
    const made = scenarios.addForeignPayment({ mandate: mandate.id, amount: 10_000 });
    scenarios.payOutPayment({ payment: made.id });
    scenarios.failPayment({ payment: made.id });
    const chargeDate = made.charge_date;
    const [charged] = await collect(debits.listDebitsCharged(chargeDate, chargeDate));
    expect(charged).toMatchObject({ id: made.id, status: 'failed', chargeDate });
    expect(await collect(debits.listDebitsCharged('2026-12-30', '2026-12-31'))).toEqual([]);
    const steps = await debits.stepsOf(made.id);
    expect(steps.map(({ action }) => action)).toEqual([
      'created',
      'submitted',
      'confirmed',
      'paid_out',
      'failed',
    ]);
    expect(await collect(debits.listSteps('failed', since))).toEqual(steps.slice(-1));
    expect(await collect(debits.listSteps('charged_back', since))).toEqual([]);
    const [payout] = await collect(payouts.listPayouts(since));
    expect(await collect(payouts.listBounces(since))).toEqual([]);
    scenarios.bouncePayout({ payout: payout?.id ?? '' });
    expect(await collect(payouts.listBounces(since))).toMatchObject([{ payoutId: payout?.id }]);
    await sandbox.clock.advanceDays(190);
    expect(await payouts.listItems(payout?.id ?? '')).toBeNull();
  });
});
