import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GoCardlessClient } from 'gocardless-nodejs';
import { activeMandate, openBench, refusal } from '../../../../../tests/support/official-gocardless.ts';
import type { Sandbox } from '../../main.ts';

let sandbox: Sandbox;
let client: GoCardlessClient;

beforeEach(async () => {
  ({ sandbox, client } = await openBench());
});

afterEach(() => sandbox.close());

describe('subscriptions and instalments', () => {
  test('a subscription shows its rhythm and makes payments a few days ahead', async () => {
    const created = await client.subscriptions.create({
      amount: 1500,
      currency: 'GBP',
      name: 'Retainer',
      interval_unit: 'monthly',
      day_of_month: '15',
      count: 3,
      links: { mandate: activeMandate(sandbox) },
    } as never);
    expect(created).toMatchObject({ status: 'active', start_date: '2026-11-15' });
    expect(created.upcoming_payments).toEqual([
      { charge_date: '2026-11-16', amount: 1500 },
      { charge_date: '2026-12-15', amount: 1500 },
      { charge_date: '2027-01-15', amount: 1500 },
    ]);
    const subscription = String(created.id);
    const list = async (): Promise<{ charge_date?: unknown }[]> =>
      (await client.payments.list({ subscription })).payments;
    expect(await list()).toEqual([]);
    await sandbox.clock.advanceDays(8);
    expect(await list()).toMatchObject([
      { charge_date: '2026-11-16', amount: 1500, links: { subscription }, metadata: {} },
    ]);
    const { events } = await client.events.list({
      payment: String(((await list()) as { id?: string }[])[0]?.id),
    });
    expect(events.map(({ details }) => (details as { origin?: string }).origin)).toContain('gocardless');
    await sandbox.clock.advanceDays(90);
    expect(await client.subscriptions.find(subscription)).toMatchObject({
      status: 'finished',
      upcoming_payments: [],
    });
    expect(await list()).toHaveLength(3);
  });

  test('pausing, resuming, amending, cancelling', async () => {
    const mandate = activeMandate(sandbox);
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
      (await client.subscriptions.update(subscription, { amount: 1700 })).upcoming_payments?.[0]?.amount,
    ).toBe(1700);
    expect((await client.subscriptions.cancel(subscription, {})).status).toBe('cancelled');
    expect((await refusal(client.subscriptions.cancel(subscription, {}))).errors[0]?.['reason']).toBe(
      'cancellation_failed',
    );
  });

  test('an instalment schedule is pending, then active with its payments', async () => {
    const mandate = activeMandate(sandbox);
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
        links: { mandate: activeMandate(sandbox) },
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
