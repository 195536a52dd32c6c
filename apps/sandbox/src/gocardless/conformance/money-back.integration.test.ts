import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GoCardlessClient } from 'gocardless-nodejs';
import {
  activeMandate,
  mandateByApi,
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

describe('money coming back', () => {
  const paidOut = async (amount = 20_000): Promise<string> => {
    const { id } = await client.payments.create(payment(activeMandate(sandbox), { amount }));
    await client.scenarioSimulators.run('payment_paid_out', { links: { resource: String(id) } });
    expect((await client.payments.find(String(id))).status).toBe('paid_out');
    return String(id);
  };

  test('a late failure is debited from the next payout, with its fee', async () => {
    const failed = await paidOut();
    await paidOut(30_000);
    await client.scenarioSimulators.run('payment_late_failure', { links: { resource: failed } });
    expect((await client.payments.find(failed)).status).toBe('failed');
    sandbox.gocardless.scenarios.payOutPayment({
      payment: String((await client.payments.create(payment(activeMandate(sandbox), { amount: 50_000 }))).id),
    });
    const [payout] = (await client.payouts.list({})).payouts;
    const { payout_items: items } = await client.payoutItems.list({ payout: String(payout?.id) });
    const item = (type: string): unknown =>
      items.filter((entry) => entry.type === type).map(({ amount, links }) => [amount, links?.payment]);
    expect(item('payment_failed')).toEqual([['-20000.0', failed]]);
    expect(item('gocardless_fee')).toContainEqual(['264.0', failed]);
    const total = items.reduce((sum, { amount }) => sum + Number(amount), 0);
    expect(payout?.amount).toBe(Math.round(total));
    const { events } = await client.events.list({ payment: failed });
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
    await client.scenarioSimulators.run('payment_charged_back', { links: { resource: id } });
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
      client.refunds.create({ amount, total_amount_confirmation: total, links: { payment: id } });
    expect((await refusal(refund(100, 100))).code).toBe(403);
    sandbox.gocardless.organisation.settings.refundsEnabled = true;
    expect((await refusal(refund(100, 99))).errors[0]?.['reason']).toBe('total_amount_confirmation_invalid');
    expect(await refund(100, 100)).toMatchObject({ amount: 100, status: 'created', links: { payment: id } });
    expect(await client.payments.find(id)).toMatchObject({ amount_refunded: 100 });
    expect((await client.refunds.list({ payment: id })).refunds).toHaveLength(1);
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
    const { id } = await client.payments.create(payment(await mandateByApi(client)));
    const run = (name: string): Promise<unknown> =>
      client.scenarioSimulators.run(name, { links: { resource: String(id) } });
    expect((await refusal(run('payment_confirmed'))).code).toBe(422);
    expect((await refusal(run('payment_unheard_of'))).code).toBe(404);
  });
});
