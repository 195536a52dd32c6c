import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@freshbooks/api';
import { PaymentType } from '@freshbooks/api/dist/models/Payment.js';
import {
  IncludesQueryBuilder,
  PaginationQueryBuilder,
  SearchQueryBuilder,
} from '@freshbooks/api/dist/models/builders/index.js';
import { startSandbox } from '../main.ts';
import type { Sandbox } from '../main.ts';
import { SANDBOX_APP, SANDBOX_BUSINESS } from './sandbox.ts';

const { accountId } = SANDBOX_BUSINESS;
const REDIRECT = 'https://connector.example/callback';
const GBP = (amount: string): { amount: string; code: string } => ({ amount, code: 'GBP' });

let sandbox: Sandbox;
let fb: Client;

/** The official client; its automatic retries are off so that a refusal is seen once. */
function officialClient(accessToken: string, refreshToken?: string): Client {
  return new Client(SANDBOX_APP.clientId, {
    clientSecret: SANDBOX_APP.clientSecret,
    redirectUri: REDIRECT,
    accessToken,
    ...(refreshToken !== undefined && { refreshToken }),
    apiUrl: sandbox.urls.freshbooks,
    retryOptions: { retries: 0 },
  });
}

/** The answer's data; the client types it as optional and as a union with its own error type. */
function dataOf<Data>(result: { ok: boolean; data?: Data }): Data {
  expect(result.ok).toBe(true);
  if (result.data === undefined) throw new Error('no data in the answer');
  return result.data;
}

beforeAll(async () => {
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0 });
  fb = officialClient(sandbox.freshbooks.seedTokens().access_token);
});

afterAll(() => sandbox.close());

async function newClient(email: string): Promise<string> {
  const { id } = dataOf(
    await fb.clients.create({ fName: 'Ann', lName: 'Able', organization: 'Able & Co', email }, accountId),
  );
  return String(id);
}

async function newInvoice(customerId: string, cost = '20.00'): Promise<string> {
  const lines = [{ name: 'Work', qty: 4, unitCost: GBP(cost) }];
  const invoice = { customerId, createDate: new Date(), currencyCode: 'GBP', lines };
  const { id } = dataOf(await fb.invoices.create(invoice as never, accountId));
  return String(id);
}

describe('the official client on clients', () => {
  it('creates, reads, changes, lists and deletes', async () => {
    const id = await newClient('life@client.example');
    expect(dataOf(await fb.clients.single(accountId, id))).toMatchObject({
      organization: 'Able & Co',
      visState: 0,
    });
    await fb.clients.update({ note: 'pays late' }, accountId, id);
    expect(dataOf(await fb.clients.single(accountId, id))).toMatchObject({ note: 'pays late', fName: 'Ann' });
    const search = new SearchQueryBuilder().equals('email', 'life@client.example');
    const found = dataOf(await fb.clients.list(accountId, [search]));
    expect(found).toMatchObject({ clients: [{ id: Number(id) }], pages: { total: 1, page: 1, size: 15 } });
    await fb.clients.delete(accountId, id);
    expect(dataOf(await fb.clients.single(accountId, id))).toMatchObject({ visState: 1 });
    expect(dataOf(await fb.clients.list(accountId, [search]))).toMatchObject({
      clients: [],
      pages: { pages: 0 },
    });
  });

  it('reads an unknown client as errno 1012 of the new error family, which its version header asks for', async () => {
    await expect(fb.clients.single(accountId, '12345')).rejects.toMatchObject({
      message: 'Client not found.',
      statusCode: '404',
      errors: [{ errorCode: 1012, field: 'userid', object: 'client', value: '12345' }],
    });
  });
});

describe('the official client on invoices', () => {
  it('creates a draft and marks it as sent', async () => {
    const id = await newInvoice(await newClient('invoice@client.example'));
    const lines = new IncludesQueryBuilder().includes('lines');
    const draft = dataOf(await fb.invoices.single(accountId, id, [lines]));
    expect(draft).toMatchObject({
      v3Status: 'draft',
      amount: GBP('80.00'),
      lines: [{ qty: '4', unitCost: GBP('20.00') }],
    });
    await fb.invoices.update(accountId, id, { actionMarkAsSent: true });
    const sent = dataOf(await fb.invoices.single(accountId, id));
    expect(sent).toMatchObject({ v3Status: 'sent', status: 2, outstanding: GBP('80.00') });
    expect(sent).toHaveProperty('lines', undefined);
    const shared = dataOf(await fb.invoices.shareLink(accountId, id));
    expect(shared).toMatchObject({ resourceType: 'invoice', shareMethod: 'share_link' });
  });

  it('pages through them', async () => {
    const customer = await newClient('pages@client.example');
    for (let count = 0; count < 3; count += 1) await newInvoice(customer);
    const search = new SearchQueryBuilder().equals('customerid', customer);
    const pages = new PaginationQueryBuilder().page(2).perPage(2);
    const listed = dataOf(await fb.invoices.list(accountId, [search, pages]));
    expect(listed).toMatchObject({ pages: { total: 3, pages: 2, page: 2, size: 2 } });
    expect(listed).toHaveProperty('invoices.length', 1);
  });

  it('deletes one, which stays readable', async () => {
    const id = await newInvoice(await newClient('gone@client.example'));
    expect(dataOf(await fb.invoices.delete(accountId, id))).toMatchObject({ visState: 1 });
    expect(dataOf(await fb.invoices.single(accountId, id))).toMatchObject({ visState: 1 });
  });
});

describe('the official client on payments', () => {
  it('records, overpays silently, corrects and deletes', async () => {
    const id = await newInvoice(await newClient('payer@client.example'), '45.00');
    const post = {
      invoiceId: id,
      amount: GBP('3300.00'),
      date: new Date(),
      type: PaymentType.BankTransfer,
      note: 'PM1',
    };
    const payment = dataOf(await fb.payments.create(accountId, post));
    expect(payment).toMatchObject({
      amount: GBP('180.00'),
      type: 'Bank Transfer',
      note: 'PM1',
      gateway: null,
    });
    expect(payment).toHaveProperty('overpaymentId', expect.any(Number));
    const paymentId = String((payment as { id?: string }).id);
    expect(dataOf(await fb.invoices.single(accountId, id))).toMatchObject({
      v3Status: 'paid',
      outstanding: GBP('0.00'),
    });
    await fb.payments.update(accountId, paymentId, { amount: GBP('100.00') });
    expect(dataOf(await fb.invoices.single(accountId, id))).toMatchObject({
      paymentStatus: 'partial',
      outstanding: GBP('80.00'),
    });
    expect(dataOf(await fb.payments.delete(accountId, paymentId))).toMatchObject({ visState: 1 });
    expect(dataOf(await fb.invoices.single(accountId, id))).toMatchObject({ outstanding: GBP('180.00') });
    const search = new SearchQueryBuilder().equals('invoiceid', id);
    expect(dataOf(await fb.payments.list(accountId, [search]))).toMatchObject({
      payments: [],
      pages: { total: 0 },
    });
  });

  it('is refused an unknown type', async () => {
    const invoiceId = await newInvoice(await newClient('type@client.example'));
    const post = {
      invoiceId,
      amount: GBP('1.00'),
      date: new Date(),
      type: 'GoCardless' as unknown as PaymentType,
    };
    await expect(fb.payments.create(accountId, post)).rejects.toMatchObject({
      statusCode: '422',
      errors: [{ field: 'type', value: 'GoCardless' }],
    });
  });
});

describe('the official client on credit notes', () => {
  it('lists the credit an overpayment left', async () => {
    const customer = await newClient('credit@client.example');
    const invoiceId = await newInvoice(customer, '1.00');
    await fb.payments.create(accountId, {
      invoiceId,
      amount: GBP('10.00'),
      date: new Date(),
      type: PaymentType.Other,
    });
    const search = new SearchQueryBuilder().equals('clientid', customer);
    const listed = dataOf(await fb.creditNotes.list(accountId, [search]));
    expect(listed).toMatchObject({
      creditNotes: [{ creditType: 'overpayment', amount: GBP('6.00'), paymentStatus: 'unpaid' }],
    });
    expect(listed).toHaveProperty('creditNotes.0.description', expect.stringMatching(/^Overpayment: invo/));
  });

  it('has its own body refused: it wraps in the plural', async () => {
    const clientId = await newClient('plural@client.example');
    const note = { clientId, createDate: new Date(), creditType: 'goodwill' };
    await expect(fb.creditNotes.create(note as never, accountId)).rejects.toMatchObject({
      statusCode: '422',
    });
  });
});

describe('the official client on expenses and income', () => {
  it('books an expense on a category it looked up', async () => {
    const categories = dataOf(await fb.expenseCategories.list(accountId)) as {
      categories: { id: number; category: string }[];
    };
    const fees = categories.categories.find(({ category }) => category === 'Bank Fees');
    const expense = {
      amount: GBP('1.20'),
      categoryId: String(fees?.id),
      staffId: '1',
      date: new Date(),
      vendor: 'GoCardless',
    };
    const created = dataOf(await fb.expenses.create(expense as never, accountId)) as unknown as {
      id: string;
    };
    expect(created).toMatchObject({ amount: GBP('1.20'), vendor: 'GoCardless', status: 0 });
    const listed = dataOf(
      await fb.expenses.list(accountId, [new SearchQueryBuilder().equals('vendor', 'GoCardless')]),
    );
    expect(listed).toMatchObject({ expenses: [{ id: created.id }], pages: { total: 1 } });
    expect(dataOf(await fb.expenses.delete(accountId, created.id))).toMatchObject({ visState: 1 });
  });

  it('keeps other income, whose list has the singular key', async () => {
    const income = {
      amount: GBP('9.00'),
      categoryName: 'online_sales',
      date: new Date(),
      source: 'Shop',
      taxes: [],
    };
    await fb.otherIncomes.create(income as never, accountId);
    const listed = dataOf(await fb.otherIncomes.list(accountId));
    expect(listed).toMatchObject({
      otherIncomes: [{ source: 'Shop', amount: GBP('9.00') }],
      pages: { total: 1 },
    });
  });

  it('reads a feature that is not in the plan as HTTP 200 with errors', async () => {
    const items = dataOf(await fb.items.list(accountId));
    expect(items).toMatchObject({ errors: [{ errorCode: 12_001 }] });
  });

  it('reads the old chart and what was booked', async () => {
    const chart = dataOf(await fb.journalEntryAccounts.list(accountId));
    expect(chart).toMatchObject({ journalEntryAccounts: expect.arrayContaining([]) as unknown });
    const details = dataOf(await fb.journalEntryDetails.list(accountId));
    expect(details).toHaveProperty('journalEntryDetails.0.entry');
  });

  it('reads online-payment options', async () => {
    expect(dataOf(await fb.paymentOptions.default(accountId))).toMatchObject({
      entityType: 'invoice',
      entityId: '0',
    });
  });
});

describe('the official client on callbacks', () => {
  const received: { body: URLSearchParams; raw: string; signature: string }[] = [];
  let hook: Server;
  let uri: string;

  beforeAll(async () => {
    hook = createServer((req, res) => {
      let raw = '';
      req.on('data', (chunk: Buffer) => (raw += chunk.toString('utf8')));
      req.on('end', () => {
        const signature = String(req.headers['x-freshbooks-hmac-sha256']);
        received.push({ raw, body: new URLSearchParams(raw), signature });
        res.end();
      });
    });
    await new Promise<void>((resolve) => void hook.listen(0, '127.0.0.1', resolve));
    uri = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hooks/fb`;
  });

  afterAll(() => new Promise((resolve) => hook.close(resolve)));

  it('registers, verifies, resends, hears events signed with its verifier, and deletes', async () => {
    const created = dataOf(await fb.callbacks.create({ event: 'client', uri }, accountId)) as {
      callbackId: number;
    };
    const id = String(created.callbackId);
    expect(created).toMatchObject({ event: 'client', uri, verified: false });
    await sandbox.idle();
    const handshake = received.at(-1)?.body;
    expect(handshake?.get('name')).toBe('callback.verify');
    expect(handshake?.get('object_id')).toBe(id);
    const verifier = handshake?.get('verifier') ?? '';
    await newClient('unheard@client.example');
    await fb.callbacks.resendVerification(accountId, id);
    await sandbox.idle();
    expect(received.map(({ body }) => body.get('name'))).toEqual(['callback.verify', 'callback.verify']);
    expect(dataOf(await fb.callbacks.verify(accountId, id, verifier))).toMatchObject({ verified: true });
    const clientId = await newClient('heard@client.example');
    await sandbox.idle();
    const event = received.at(-1);
    expect(event?.body.get('name')).toBe('client.create');
    expect(event?.body.get('object_id')).toBe(clientId);
    const pairs = [...(event?.body ?? [])].map(([key, value]) => `"${key}": "${value}"`);
    const signed = createHmac('sha256', verifier)
      .update(`{${pairs.join(', ')}}`)
      .digest('base64');
    expect(event?.signature).toBe(signed);
    const listed = dataOf(
      await fb.callbacks.list(accountId, [new SearchQueryBuilder().equals('event', 'client.update')]),
    );
    expect(listed).toMatchObject({
      callbacks: [{ callbackId: created.callbackId }],
      pages: { total: 1, size: 15 },
    });
    expect((await fb.callbacks.delete(accountId, id)).ok).toBe(true);
    await expect(fb.callbacks.single(accountId, id)).rejects.toMatchObject({
      statusCode: '404',
      message: 'Requested resource could not be found.',
    });
  });

  it('is told which field of a callback is wrong', async () => {
    await expect(fb.callbacks.create({ event: 'invoice.explode', uri }, accountId)).rejects.toMatchObject({
      statusCode: '422',
      errors: [{ field: 'event' }],
    });
  });
});

describe('the official client on identity and tokens', () => {
  it('reads users/me, decoys and all', async () => {
    const me = dataOf(await fb.users.me()) as { businessMemberships: { id: number; business: object }[] };
    expect(me.businessMemberships).toMatchObject([
      { business: { accountId: '' } },
      { role: 'owner', business: { id: SANDBOX_BUSINESS.businessId, accountId } },
    ]);
    expect(me.businessMemberships[1]?.id).not.toBe(SANDBOX_BUSINESS.businessId);
  });

  it('authorises in the browser, exchanges the code once and refreshes once', async () => {
    const url = new URL(
      officialClient('none').getAuthRequestUrl(['user:profile:read', 'user:invoices:read']),
    );
    const answer = await fetch(`${sandbox.urls.freshbooks}${url.pathname}${url.search}&state=s1`, {
      redirect: 'manual',
    });
    const back = new URL(answer.headers.get('location') ?? '');
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([REDIRECT, 's1']);
    const fresh = officialClient('none');
    const code = back.searchParams.get('code') ?? '';
    const tokens = await fresh.getAccessToken(code);
    expect(tokens?.accessTokenExpiresAt.getTime()).toBeGreaterThan(
      sandbox.clock.now().getTime() + 11 * 3_600_000,
    );
    expect((await fresh.users.me()).ok).toBe(true);
    await expect(fresh.getAccessToken(code)).rejects.toMatchObject({ statusCode: '400' });
    const spent = tokens?.refreshToken ?? '';
    expect((await fresh.refreshAccessToken(spent))?.refreshToken).not.toBe(spent);
    await expect(fresh.refreshAccessToken(spent)).rejects.toMatchObject({ statusCode: '400' });
    const payments = fresh.payments.create(accountId, {
      invoiceId: '1',
      amount: GBP('1.00'),
      date: new Date(),
    });
    await expect(payments).rejects.toMatchObject({
      statusCode: '403',
      message: expect.stringContaining('user:payments:write'),
    });
  });

  it('is turned away with a dead token', async () => {
    await expect(officialClient('dead').clients.list(accountId)).rejects.toMatchObject({ statusCode: '401' });
    await expect(officialClient('dead').users.me()).rejects.toMatchObject({
      message: 'This action requires authentication to continue.',
    });
  });
});
