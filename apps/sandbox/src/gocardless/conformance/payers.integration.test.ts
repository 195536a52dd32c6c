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
    const first = await client.customers.list({ limit: 3 });
    expect(first.customers.map((entry) => entry.company_name)).toEqual(['C6', 'C5', 'C4']);
    expect(first.meta.cursors).toEqual({ before: null, after: first.customers[2]?.id });
    const names: unknown[] = [];
    for await (const customer of client.customers.all({ limit: 3 })) names.push(customer.company_name);
    expect(names).toEqual(['C6', 'C5', 'C4', 'C3', 'C2', 'C1', 'C0']);
    const before = await client.customers.list({ limit: 2, before: String(first.customers[2]?.id) });
    expect(before.customers.map((entry) => entry.company_name)).toEqual(['C6', 'C5']);
    expect((await refusal(client.customers.list({ limit: 501 }))).code).toBe(422);
    expect((await refusal(client.customers.list({ email: 'x' } as never))).errors[0]?.['reason']).toBe(
      'invalid_filters',
    );
  });

  test('a mandate is pending, then submitted and active by the clock; the same account twice is refused', async () => {
    const id = await mandateByApi(client);
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
    const id = activeMandate(sandbox);
    const made = await client.payments.create(payment(id));
    await client.mandates.cancel(id, { metadata: { by: 'test' } });
    expect(await client.payments.find(String(made.id))).toMatchObject({ status: 'cancelled' });
    const [paymentEvent, mandateEvent] = (await client.events.list({ limit: 2 })).events;
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
    const id = activeMandate(sandbox);
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
