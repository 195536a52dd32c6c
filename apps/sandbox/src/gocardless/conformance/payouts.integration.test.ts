import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GoCardlessClient } from 'gocardless-nodejs';
import {
  activeMandate,
  openBench,
  payment,
  refusal,
} from '../../../../../tests/support/official-gocardless.ts';
import type { Sandbox } from '../../main.ts';
import type { Scenarios } from '../scenarios.ts';
import type { Settings } from '../settings.ts';

let sandbox: Sandbox;
let client: GoCardlessClient;
let play: Scenarios;
let settings: Settings;

beforeEach(async () => {
  ({ sandbox, client } = await openBench());
  play = sandbox.gocardless.scenarios;
  settings = sandbox.gocardless.organisation.settings;
});

afterEach(() => sandbox.close());

type Line = [type: string, amount: string, about: string | undefined];

async function itemsOf(payout: string | undefined): Promise<Line[]> {
  const { payout_items: items } = await client.payoutItems.list({ payout: String(payout), limit: 500 });
  return items.map(({ type, amount, links }): Line => [
    String(type),
    String(amount),
    links?.refund ?? links?.payment,
  ]);
}

const tenthsOf = (lines: readonly Line[]): number =>
  lines.reduce((sum, [, amount]) => sum + Math.round(Number(amount) * 10), 0);

const eventsOf = async (filter: object): Promise<(string | undefined)[]> =>
  (await client.events.list(filter as never)).events.map(({ action }) => action);

const paidOut = (amount: number, more: { appFee?: number; mandate?: string } = {}): string => {
  const { id } = play.addForeignPayment({ mandate: activeMandate(sandbox), amount, ...more });
  play.payOutPayment({ payment: id });
  return id;
};

describe('a payout', () => {
  test('holds every kind of item, fees with the tax inside them, and sums', async () => {
    const [late, charged, refunded] = [paidOut(20_000), paidOut(15_000), paidOut(50_000)];
    settings.surchargeMinor = 500;
    play.failPayment({ payment: late });
    play.chargeBackPayment({ payment: charged });
    const refund = play.refundPayment({ payment: refunded, amount: 1_234 });
    const loose = play.refundMandate({ mandate: activeMandate(sandbox), amount: 750 });
    const good = paidOut(90_000, { appFee: 125 });
    const [newest] = (await client.payouts.list({})).payouts;
    const items = await itemsOf(newest?.id);
    expect(new Set(items.map(([type]) => type))).toEqual(
      new Set([
        'payment_paid_out',
        'payment_failed',
        'payment_charged_back',
        'payment_refunded',
        'refund',
        'gocardless_fee',
        'app_fee',
        'surcharge_fee',
      ]),
    );
    expect(items).toEqual(
      expect.arrayContaining([
        ['payment_paid_out', '90000.0', good],
        ['app_fee', '-125.0', good],
        ['surcharge_fee', '-600.0', late],
        ['surcharge_fee', '-600.0', charged],
        ['payment_refunded', '-1234.0', refund.id],
        ['refund', '-750.0', loose.id],
      ]),
    );
    expect(newest?.amount).toBe(Math.round(tenthsOf(items) / 10));
    const fees = items.filter(([type]) => type.endsWith('_fee'));
    expect(newest?.deducted_fees).toBe(-Math.round(tenthsOf(fees) / 10));
    const { payout_items: raw } = await client.payoutItems.list({ payout: String(newest?.id) });
    const surcharge = raw.find(({ type, amount }) => String(type) === 'surcharge_fee' && amount === '-600.0');
    expect(surcharge?.taxes).toMatchObject([{ amount: '-100.0', currency: 'GBP', tax_rate_id: 'GB_VAT_1' }]);
    expect(await eventsOf({ payment: charged })).toEqual(
      expect.arrayContaining(['chargeback_settled', 'surcharge_fee_debited']),
    );
  });

  test('gives back what bounced refunds and cancelled chargebacks took', async () => {
    settings.surchargeMinor = 500;
    const [charged, refunded] = [paidOut(15_000), paidOut(50_000)];
    play.chargeBackPayment({ payment: charged });
    const refund = play.refundPayment({ payment: refunded, amount: 1_000 });
    const loose = play.refundMandate({ mandate: activeMandate(sandbox), amount: 750 });
    paidOut(40_000);
    play.cancelChargeback({ payment: charged });
    play.bounceRefund({ refund: refund.id });
    play.bounceRefund({ refund: loose.id });
    const [payout] = play.payOut();
    expect(await itemsOf(payout?.id)).toEqual([
      ['payment_paid_out', '15000.0', charged],
      ['surcharge_fee', '600.0', charged],
      ['refund_funds_returned', '1000.0', refund.id],
      ['refund_funds_returned', '750.0', loose.id],
    ]);
    expect(await client.payouts.find(String(payout?.id))).toMatchObject({
      amount: 17_350,
      deducted_fees: -600,
    });
    expect((await client.refunds.find(refund.id)).status).toBe('funds_returned');
    expect(await eventsOf({ refund: refund.id })).toEqual([
      'funds_returned',
      'failed',
      'refund_settled',
      'created',
    ]);
  });

  test('is listed by when it was made, its debits by their charge date', async () => {
    const early = paidOut(20_000);
    await sandbox.clock.advanceDays(10);
    const late = paidOut(30_000);
    const today = new Date('2026-11-12T00:00:00Z').toISOString();
    const listed = await client.payouts.list({ created_at: { gte: today } });
    expect(listed.payouts.map(({ id }) => id)).toEqual([
      sandbox.gocardless.books().payments.find(({ id }) => id === late)?.links.payout,
    ]);
    const of = async (range: object): Promise<unknown[]> =>
      (await client.payments.list({ charge_date: range })).payments.map(({ id }) => id);
    expect(await of({ gte: '2026-11-01', lte: '2026-11-10' })).toEqual([early]);
    expect(await of({ gt: '2026-11-10' })).toEqual([late]);
    expect((await refusal(of({ gte: '2026-11-01T00:00:00Z' }))).code).toBe(400);
  });

  test('comes without fees where these are invoiced apart', async () => {
    settings.feesInvoicedMonthly = true;
    const id = paidOut(20_000);
    const [payout] = (await client.payouts.list({})).payouts;
    expect(payout).toMatchObject({ amount: 20_000, deducted_fees: 0 });
    expect(await itemsOf(payout?.id)).toEqual([['payment_paid_out', '20000.0', id]]);
  });

  test('of a partner holds what others paid', async () => {
    play.payPartner({ items: [{ amount: '12.5' }, { amount: '30.0' }, { type: 'app_fee', amount: '7.0' }] });
    const [payout] = (await client.payouts.list({ payout_type: 'partner' } as never)).payouts;
    expect(payout).toMatchObject({ amount: 50, deducted_fees: 0, payout_type: 'partner', status: 'paid' });
    const items = await itemsOf(payout?.id);
    expect(items.map(([type, amount]) => [type, amount])).toEqual([
      ['revenue_share', '12.5'],
      ['revenue_share', '30.0'],
      ['app_fee', '7.0'],
    ]);
    expect((await refusal(client.payments.find(String(items[0]?.[2])))).code).toBe(404);
  });

  test('may hold types nobody knows yet, and may not sum while GoCardless miscounts', async () => {
    play.planPayoutItem({ type: 'loyalty_bonus', amount: '33.4' });
    const id = paidOut(20_000);
    const [payout] = (await client.payouts.list({})).payouts;
    const items = await itemsOf(payout?.id);
    expect(items).toContainEqual(['loyalty_bonus', '33.4', undefined]);
    expect(Math.round(tenthsOf(items) / 10)).toBe(payout?.amount);
    settings.payoutItemsOffMinor = 1;
    expect((await itemsOf(payout?.id))[0]).toEqual(['payment_paid_out', '20001.0', id]);
    settings.payoutItemsOffMinor = 0;
    expect(await itemsOf(payout?.id)).toEqual(items);
  });

  test('that bounced is told of as an event of the creditor', async () => {
    paidOut(20_000);
    const [payout] = (await client.payouts.list({})).payouts;
    await client.scenarioSimulators.run('payout_bounced', { links: { resource: String(payout?.id) } });
    expect((await client.payouts.find(String(payout?.id))).status).toBe('bounced');
    const { events } = await client.events.list({
      resource_type: 'creditors',
      action: 'bounced_payout',
    } as never);
    expect(events).toMatchObject([{ links: { payout: payout?.id, creditor: payout?.links?.creditor } }]);
    expect(await eventsOf({ payout: payout?.id })).toEqual(['bounced_payout', 'paid']);
    expect(() => play.bouncePayout({ payout: String(payout?.id) })).toThrow('not paid');
  });
});

describe('a payout in another currency than its debits', () => {
  test('is told of as paid while it is pending, and paid when its rate is known', async () => {
    play.useFxPayouts({ currency: 'GBP' });
    const { mandate } = play.addPayer({ scheme: 'sepa_core' });
    const debit = play.addForeignPayment({ mandate: mandate.id, amount: 100_000 });
    expect(debit.fx).toMatchObject({
      fx_currency: 'GBP',
      estimated_exchange_rate: '0.8652',
      fx_amount: null,
    });
    play.payOutPayment({ payment: debit.id });
    const [creditor] = (await client.creditors.list({})).creditors;
    expect(creditor?.fx_payout_currency).toBe('GBP');
    const [pending] = (await client.payouts.list({})).payouts;
    expect(pending).toMatchObject({
      currency: 'EUR',
      status: 'pending',
      arrival_date: null,
      amount: 99_520,
      fx: { fx_currency: 'GBP', fx_amount: null, exchange_rate: null, estimated_exchange_rate: '0.8652' },
      links: { creditor_bank_account: creditor?.links?.default_gbp_payout_account },
    });
    expect(await eventsOf({ payout: pending?.id })).toEqual(['paid']);
    expect((await client.balances.list({ creditor: String(creditor?.id) })).balances).toContainEqual(
      expect.objectContaining({ balance_type: 'pending_payouts', amount: 99_520, currency: 'EUR' }),
    );
    await sandbox.clock.advanceDays(1);
    expect(await eventsOf({ payout: pending?.id })).toEqual([
      'tax_exchange_rates_confirmed',
      'fx_rate_confirmed',
      'paid',
    ]);
    expect(await client.payouts.find(String(pending?.id))).toMatchObject({
      status: 'paid',
      arrival_date: '2026-11-03',
      amount: 99_520,
      fx: { fx_currency: 'GBP', fx_amount: 85_977, exchange_rate: '0.863917' },
    });
    expect((await client.payments.find(debit.id)).fx).toMatchObject({ fx_amount: 86_392 });
  });

  test('leaves debits in its own currency alone', async () => {
    play.useFxPayouts({ currency: 'GBP' });
    const { id } = await client.payments.create(payment(activeMandate(sandbox)));
    play.payOutPayment({ payment: String(id) });
    const [payout] = (await client.payouts.list({})).payouts;
    expect(payout).toMatchObject({ status: 'paid', arrival_date: '2026-11-02', fx: { fx_currency: null } });
    expect(() => play.useFxPayouts({ currency: 'XYZ' })).toThrow('no bank account in XYZ');
  });
});
