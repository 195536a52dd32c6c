import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SANDBOX_BUSINESS } from './sandbox.ts';
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

describe('credit notes, scenarios and echoes', () => {
  it('makes a goodwill credit under the singular key', async () => {
    const lines = [{ name: 'Sorry', qty: '1', unit_cost: { amount: '5.00' } }];
    const credit_note = {
      clientid: stand.clientId,
      create_date: '2026-03-15',
      credit_type: 'goodwill',
      lines,
    };
    const made = await stand.call('POST', `${PATHS.account}/credit_notes/credit_notes`, { credit_note });
    const wanted = { credit_type: 'goodwill', amount: { amount: '5.00' }, payment_status: 'unpaid' };
    expect(made).toMatchObject({ status: 200, body: { response: { result: { credit_note: wanted } } } });
    const bad = { credit_note: { ...credit_note, credit_type: 'overpayment' } };
    expect(await stand.call('POST', `${PATHS.account}/credit_notes/credit_notes`, bad)).toMatchObject({
      status: 422,
    });
  });

  it('tells callbacks of writes through the API, unless echoes are off', async () => {
    stand.desk.registerCallback({ event: 'invoice', uri: 'http://127.0.0.1:9/hook', verifier: 'v' });
    stand.sandbox.freshbooks.deliveries.set({ paused: true });
    const { id } = stand.desk.createInvoice({ clientId: stand.clientId, amount: '5.00' });
    await stand.call('PUT', `${PATHS.invoices}/${id}`, { invoice: { notes: 'heard' } });
    stand.sandbox.freshbooks.switches.echoApiWrites = false;
    await stand.call('PUT', `${PATHS.invoices}/${id}`, { invoice: { notes: 'unheard' } });
    const names = stand.sandbox.freshbooks.deliveries.log.map(({ delivery }) =>
      new URLSearchParams(delivery.body).get('name'),
    );
    expect(names).toEqual(['invoice.create', 'invoice.update']);
  });

  it('plays scenarios over the control API', async () => {
    const made = await stand.call('POST', '/_sandbox/scenarios/create-invoice', {
      clientId: stand.clientId,
      amount: '12.00',
      currency: 'EUR',
    });
    const { id } = made.body as { id: number };
    await stand.call('POST', '/_sandbox/scenarios/record-payment', { invoiceId: id, amount: '2.00' });
    expect((await stand.call('POST', '/_sandbox/scenarios/open-invoices')).body).toMatchObject([
      { outstanding: '10.00' },
    ]);
    const refused = await stand.call('POST', '/_sandbox/scenarios/delete-payment', { paymentId: 1 });
    expect(refused).toMatchObject({ status: 400, body: { error: 'Payment not found.' } });
    expect((await stand.call('GET', '/_sandbox/state')).body).toMatchObject({
      accounts: { [SANDBOX_BUSINESS.accountId]: {} },
    });
  });

  it('keeps the books of several businesses apart', async () => {
    const other = {
      ...SANDBOX_BUSINESS,
      accountId: 'pQ7w2E',
      businessId: 440_000,
      identityId: 2,
      businessUuid: 'u-2',
    };
    stand.sandbox.freshbooks.addBusiness(other).createClient({ email: 'bob@client.example' });
    expect(await stand.call('GET', `/accounting/account/pQ7w2E/users/clients`)).toMatchObject({
      status: 401,
      body: errno(1003),
    });
    stand.token = stand.sandbox.freshbooks.seedTokens({ accountId: 'pQ7w2E' }).access_token;
    const clients = await stand.call(
      'GET',
      `/accounting/account/pQ7w2E/users/clients?include[]=outstanding_balance`,
    );
    expect(clients.body).toMatchObject({
      response: { result: { total: 1, clients: [{ outstanding_balance: [] }] } },
    });
  });
});
