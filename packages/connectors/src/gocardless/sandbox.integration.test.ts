import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Debits, Delivery, DomainEvent, NewDebit } from '@mlc/core';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import { type Sandbox, SandboxClock, startSandbox } from '@mlc/sandbox';
import type { GocardlessAccess } from './client.ts';
import { gocardlessDebits } from './connector.ts';
import { gocardlessPayouts } from './payouts.ts';
import { gocardlessPing } from './ping.ts';
import { gocardlessWebhook } from './webhook.ts';

const SECRET = 'endpoint-secret';

let sandbox: Sandbox;
let http: ClosableHttpClient;
let access: GocardlessAccess;
let debits: Debits;
let receiver: Server;
const pauses: number[] = [];
const received: Delivery[] = [];

beforeAll(async () => {
  receiver = await receiveWebhooks();
  const clock = new SandboxClock({ start: new Date('2026-11-02T09:00:00Z') });
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0, clock });
  sandbox.gocardless.addEndpoint({
    url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
    secret: SECRET,
  });
  http = createHttpClient({ version: 'test', readRetries: 0 });
  access = {
    http,
    limiter: { take: () => Promise.resolve(0), pause: (waitMs) => Promise.resolve(void pauses.push(waitMs)) },
    accessToken: () => Promise.resolve(sandbox.gocardless.accessToken),
    apiUrl: sandbox.urls.gocardless,
    connectionId: 'conn-1',
    clock,
  };
  debits = gocardlessDebits(access);
});

afterEach(() => {
  sandbox.gocardless.faults.clear();
  pauses.length = 0;
});

afterAll(async () => {
  http.close();
  await sandbox.close();
  receiver.close();
});

async function receiveWebhooks(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signature = request.headers['webhook-signature'];
      received.push({
        rawBody: Buffer.concat(chunks),
        headers: { 'webhook-signature': String(signature) },
        pathEvent: '',
      });
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** What the webhooks since then mean; each of them has to be genuine. */
async function meanings(): Promise<DomainEvent[]> {
  await sandbox.gocardless.idle();
  return received.splice(0).flatMap((delivery) => {
    expect(gocardlessWebhook.verify(delivery, ['older', SECRET])).toEqual({ ok: true });
    const split = gocardlessWebhook.split(delivery);
    if (split.kind === 'unreadable') throw new Error(split.why);
    return split.events.map((event) => gocardlessWebhook.translate(event));
  });
}

function debitOf(mandateId: string, change: Partial<NewDebit> = {}): NewDebit {
  return {
    mandateId,
    amount: { minor: 12_345n, currency: 'GBP' },
    chargeDate: null,
    description: 'Invoice 0042',
    metadata: { freshbooks_invoice_id: '42', mlc_collection: 'c1' },
    ...change,
  };
}

const payer = (email = 'frank@example.test') =>
  sandbox.gocardless.scenarios.addPayer({ email, companyName: 'Osborne Ltd' });

describe('a debit', () => {
  test('is created, read back, listed and announced', async () => {
    const { mandate } = payer();
    const created = await debits.createDebit(debitOf(mandate.id), 'key-create');
    expect(created).toMatchObject({
      amount: { minor: 12_345n, currency: 'GBP' },
      status: 'pending_submission',
      mandateId: mandate.id,
      chargeDate: (await debits.getMandate(mandate.id))?.nextPossibleChargeDate,
      metadata: { freshbooks_invoice_id: '42', mlc_collection: 'c1' },
    });
    expect(await debits.getDebit(created.id)).toEqual(created);
    expect(await debits.listDebits(mandate.id)).toEqual([created]);
    expect(await meanings()).toContainEqual({
      kind: 'debit-changed',
      debitId: created.id,
      action: 'created',
    });
  });

  test('with a key used before names the one made before', async () => {
    const { mandate } = payer();
    const first = await debits.createDebit(debitOf(mandate.id), 'key-twice');
    const other = debitOf(mandate.id, { amount: { minor: 999n, currency: 'GBP' } });
    await expect(debits.createDebit(other, 'key-twice')).rejects.toMatchObject({
      kind: 'conflict',
      reason: 'idempotent_creation_conflict',
      conflictingId: first.id,
    });
  });

  test('that was made although the answer was cut is found by its key', async () => {
    const { mandate } = payer();
    sandbox.gocardless.faults.add({ kind: 'cut-after', method: 'POST', path: '/payments' });
    await expect(debits.createDebit(debitOf(mandate.id), 'key-cut')).rejects.toMatchObject({
      kind: 'outcome-unknown',
    });
    const [made] = await debits.listDebits(mandate.id);
    await expect(debits.createDebit(debitOf(mandate.id), 'key-cut')).rejects.toMatchObject({
      kind: 'conflict',
      conflictingId: made?.id,
    });
  });

  test('is cancelled once; again it is too late', async () => {
    const { customer, mandate } = payer();
    const { id, chargeDate } = await debits.createDebit(debitOf(mandate.id), 'key-cancel');
    const listed = async (from: string) =>
      (await debits.listCustomerDebits(customer.id, from)).map((debit) => debit.id);
    expect(await listed(chargeDate ?? '')).toEqual([id]);
    expect(await listed('2999-01-01')).toEqual([]);
    expect(await debits.cancelDebit(id)).toMatchObject({ id, status: 'cancelled' });
    await expect(debits.cancelDebit(id)).rejects.toMatchObject({
      kind: 'conflict',
      reason: 'cancellation_failed',
    });
  });

  test.each([
    ['too early', { chargeDate: '2026-11-03' }, { kind: 'rejected', field: 'charge_date' }],
    [
      'over the limit of its scheme',
      { amount: { minor: 100_000_000_000n, currency: 'GBP' } },
      { kind: 'rejected', reason: 'amount_too_large', maximumMinor: expect.any(BigInt) },
    ],
    [
      'in another currency',
      { amount: { minor: 100n, currency: 'EUR' } },
      { kind: 'rejected', field: 'currency' },
    ],
    ['on no such mandate', { mandateId: 'MD0' }, { kind: 'rejected' }],
  ])('%s is refused', async (name, change, expected) => {
    const { mandate } = payer();
    await expect(debits.createDebit(debitOf(mandate.id, change), `key-${name}`)).rejects.toMatchObject(
      expected,
    );
  });

  test('that failed says whether it is retried', async () => {
    const { scenarios } = sandbox.gocardless;
    const { mandate } = payer();
    const { id } = await debits.createDebit(debitOf(mandate.id), 'key-retry');
    expect(await debits.willRetry(id)).toBe(false);
    scenarios.failPayment({ payment: id, willAttemptRetry: true });
    expect(await debits.willRetry(id)).toBe(true);
    const { id: other } = await debits.createDebit(debitOf(mandate.id), 'key-no-retry');
    scenarios.failPayment({ payment: other });
    expect(await debits.willRetry(other)).toBe(false);
    expect(await debits.getDebit(id)).toMatchObject({ status: 'failed' });
  });

  test('that does not exist, like the dashboard’s test event, is null', async () => {
    expect(await debits.getDebit('index_ID_123')).toBeNull();
    expect(await debits.willRetry('index_ID_123')).toBe(false);
  });
});

describe('mandates and customers', () => {
  test('of a dead or replaced mandate nothing is collected', async () => {
    const { scenarios } = sandbox.gocardless;
    const [dead, replaced] = [payer().mandate, payer().mandate];
    scenarios.endMandate({ mandate: dead.id });
    const successor = scenarios.replaceMandate({ mandate: replaced.id });
    await expect(debits.createDebit(debitOf(dead.id), 'key-dead')).rejects.toMatchObject({
      kind: 'conflict',
      reason: 'mandate_is_inactive',
    });
    await expect(debits.createDebit(debitOf(replaced.id), 'key-replaced')).rejects.toMatchObject({
      kind: 'conflict',
      reason: 'mandate_replaced',
      conflictingId: successor.id,
    });
    expect(await debits.getMandate(replaced.id)).toMatchObject({
      newMandateId: successor.id,
      currency: 'GBP',
    });
    expect(await meanings()).toContainEqual({
      kind: 'mandate-changed',
      mandateId: replaced.id,
      action: 'replaced',
    });
  });

  test('are listed whole, page after page, and since a moment', async () => {
    const made = Array.from({ length: 620 }, (_, index) =>
      sandbox.gocardless.scenarios.addCustomer({ email: `p${index}@example.test` }),
    );
    const ids = new Set<string>();
    for await (const { id } of debits.listCustomers(null)) ids.add(id);
    expect(made.every(({ id }) => ids.has(id))).toBe(true);
    const since = made.at(-1)?.created_at ?? '';
    const later: string[] = [];
    for await (const { createdAt } of debits.listCustomers(since)) later.push(createdAt);
    expect(later.every((createdAt) => createdAt > since)).toBe(true);
  });

  test('belong to their customer', async () => {
    const { customer, mandate } = payer('mia@example.test');
    expect(await debits.getCustomer(customer.id)).toMatchObject({
      email: 'mia@example.test',
      name: 'Osborne Ltd',
    });
    expect((await debits.listMandates(customer.id)).map(({ id }) => id)).toEqual([mandate.id]);
    expect(await debits.listSubscriptions(mandate.id)).toEqual([]);
  });

  test('a mandate is requested once per key and followed to its fulfilment', async () => {
    const request = {
      customerId: null,
      currency: 'GBP',
      email: 'new@example.test',
      firstName: 'Noa',
      lastName: 'New',
      organization: null,
      metadata: { freshbooks_client_id: '77' },
    };
    const first = await debits.requestMandate(request, 'key-request');
    const second = await debits.requestMandate(request, 'key-request');
    expect(second.billingRequestId).toBe(first.billingRequestId);
    expect(second.authorisationUrl).not.toBe(first.authorisationUrl);
    const { billingRequestId } = first;
    expect(await debits.getBillingRequest(billingRequestId)).toEqual({ customerId: null, mandateId: null });
    await meanings();
    sandbox.gocardless.scenarios.completeBillingRequest({ billingRequest: billingRequestId });
    const outcome = await debits.getBillingRequest(billingRequestId);
    expect(await debits.getMandate(outcome?.mandateId ?? '')).toMatchObject({
      customerId: outcome?.customerId,
    });
    expect(await meanings()).toContainEqual({ kind: 'billing-request-fulfilled', billingRequestId });
    await expect(debits.requestMandate(request, 'key-request')).rejects.toMatchObject({
      kind: 'conflict',
      reason: 'billing_request_fulfilled',
    });
  });
});

describe('a bad day', () => {
  test.each([
    ['status', { kind: 'transient' }],
    ['garbage', { kind: 'transient' }],
    ['cut-before', { kind: 'transient' }],
    ['rate-limit', { kind: 'rate-limited' }],
  ] as const)('%s while reading', async (kind, expected) => {
    const { mandate } = payer();
    sandbox.gocardless.faults.add({ kind, path: '/mandates' });
    await expect(debits.getMandate(mandate.id)).rejects.toMatchObject(expected);
    expect(await debits.getMandate(mandate.id)).toMatchObject({ id: mandate.id });
    expect(pauses).toEqual(kind === 'rate-limit' ? [1_000] : []);
  });

  test('a wrong token is unauthorised, and ping says so', async () => {
    const stranger = { ...access, accessToken: () => Promise.resolve('no-such-token') };
    await expect(gocardlessDebits(stranger).getDebit('PM1')).rejects.toMatchObject({
      kind: 'unauthorised',
      connectionId: 'conn-1',
    });
    expect(await gocardlessPing(stranger)).toMatchObject({ ok: false });
    expect(await gocardlessPing(access)).toMatchObject({ ok: true, detail: 'creditor Mr Creditor' });
  });
});

test('an account with several creditors: mandate, debit and request say whose they are, and each is paid out alone', async () => {
  const world = await startSandbox({
    freshbooksPort: 0,
    gocardlessPort: 0,
    clock: new SandboxClock({ start: new Date('2026-11-02T09:00:00Z') }),
  });
  try {
    const { scenarios, accessToken } = world.gocardless;
    const there = {
      ...access,
      apiUrl: world.urls.gocardless,
      accessToken: () => Promise.resolve(accessToken),
    };
    const second = scenarios.addCreditor({ name: 'Bolt Ltd' });
    const account = gocardlessDebits({ ...there, creditorId: second.id });
    const creditors = await account.listCreditors();
    expect(creditors).toMatchObject([{ name: 'Bolt Ltd' }, {}]);
    const mandates = creditors.map(({ id }) => scenarios.addPayer({ creditor: id }).mandate.id);
    for (const [index, mandateId] of mandates.entries()) {
      const { id } = creditors[index] ?? { id: '' };
      expect(await account.getMandate(mandateId)).toMatchObject({ creditorId: id });
      const debit = await account.createDebit(debitOf(mandateId), `key-${id}`);
      expect(debit.creditorId).toBe(id);
      scenarios.payOutPayment({ payment: debit.id });
    }
    const paid: (string | undefined)[] = [];
    for await (const { creditorId } of gocardlessPayouts(there).listPayouts('2026-11-01T00:00:00Z'))
      paid.push(creditorId);
    expect(new Set(paid)).toEqual(new Set(creditors.map(({ id }) => id)));
    const wanted = {
      customerId: null,
      currency: 'GBP',
      email: null,
      firstName: null,
      lastName: null,
      organization: null,
    };
    const asked = { ...wanted, metadata: {}, creditorId: account.creditorId };
    const { billingRequestId } = await account.requestMandate(asked, 'request');
    expect(world.gocardless.organisation.world.billingRequests.get(billingRequestId)?.links).toMatchObject({
      creditor: second.id,
    });
  } finally {
    await world.close();
  }
});
