import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GoCardlessClient } from 'gocardless-nodejs';
import {
  activeMandate,
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

describe('payments', () => {
  test('a payment without a date is charged as soon as the mandate allows', async () => {
    const created = await client.payments.create(
      payment(activeMandate(sandbox), {
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
      client.payments.create(payment(activeMandate(sandbox), extra)),
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
    const created = await client.payments.create(
      payment(activeMandate(sandbox), { charge_date: '2026-11-14' }),
    );
    expect(created.charge_date).toBe('2026-11-16');
  });

  test('the clock takes it through to a payout', async () => {
    const { id } = await client.payments.create(payment(activeMandate(sandbox), { amount: 20_000 }));
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
    const { id } = await client.payments.create(payment(activeMandate(sandbox)));
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
    const { id } = await client.payments.create(payment(activeMandate(sandbox)));
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
    const mandate = activeMandate(sandbox);
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
    expect((await refusal(client.payments.list({ customer: 'CU1', creditor: 'CR1' }))).code).toBe(400);
  });
});
