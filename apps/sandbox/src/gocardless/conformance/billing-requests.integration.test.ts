import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GoCardlessClient } from 'gocardless-nodejs';
import { openBench, refusal, text } from '../../../../../tests/support/official-gocardless.ts';
import type { Sandbox } from '../../main.ts';

let sandbox: Sandbox;
let client: GoCardlessClient;

beforeEach(async () => {
  ({ sandbox, client } = await openBench());
});

afterEach(() => sandbox.close());

describe('billing requests', () => {
  test('a mandate by way of a flow: customer at once, mandate when the payer is done', async () => {
    const request = await client.billingRequests.create({
      mandate_request: { scheme: 'bacs', currency: 'GBP' },
    });
    expect(request).toMatchObject({
      status: 'pending',
      metadata: null,
      resources: { customer: { email: null } },
    });
    const flow = await client.billingRequestFlows.create({
      redirect_uri: 'https://example.test/done',
      links: { billing_request: request.id },
    });
    expect(flow.id).toHaveLength(32);
    expect(flow.expires_at).toMatch(/^2026-11-09T/);
    const shown = await fetch(text(flow.authorisation_url));
    expect(await shown.text()).toContain('<form');
    const done = await fetch(text(flow.authorisation_url), {
      method: 'POST',
      body: new URLSearchParams({ email: 'payer@example.test' }),
      redirect: 'manual',
    });
    expect(done.headers.get('location')).toBe(
      `https://example.test/done?billing_request_id=${request.id}&billing_request_flow_id=${flow.id}`,
    );
    const fulfilled = await client.billingRequests.find(request.id);
    expect(fulfilled).toMatchObject({ status: 'fulfilled', actions: [] });
    const { mandate_request_mandate: mandate } = fulfilled.links as Record<string, string>;
    expect(await client.mandates.find(text(mandate))).toMatchObject({
      status: 'pending_submission',
      scheme: 'bacs',
    });
    const { events } = await client.events.list({ billing_request: request.id, limit: '1' } as never);
    expect(events).toMatchObject([{ action: 'fulfilled', links: { mandate_request_mandate: mandate } }]);
    expect((await fetch(text(flow.authorisation_url))).status).toBe(404);
  });

  test('step by step over the API, and an instant payment', async () => {
    const { id } = await client.billingRequests.create({
      payment_request: { amount: 500, currency: 'GBP', description: 'Invoice 42' },
      mandate_request: { scheme: 'bacs' },
    });
    const request = id;
    expect((await refusal(client.billingRequests.fulfil(request, {}))).code).toBe(422);
    await client.billingRequests.collectCustomerDetails(request, {
      customer: { email: 'p@example.test', given_name: 'Pat', family_name: 'Payer' },
      customer_billing_detail: {
        address_line1: '1 Road',
        city: 'London',
        postal_code: 'E8',
        country_code: 'GB',
      },
    });
    await client.billingRequests.collectBankAccount(request, {
      account_holder_name: 'Pat Payer',
      country_code: 'GB',
      branch_code: '200000',
      account_number: '55779911',
    });
    await client.billingRequests.confirmPayerDetails(request, {});
    await client.scenarioSimulators.run('billing_request_fulfilled', {
      links: { resource: request },
    });
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
