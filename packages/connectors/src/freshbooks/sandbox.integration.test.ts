import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AccessTokens, Books, Delivery, TokenPair } from '@mlc/core';
import { createHttpClient, type ClosableHttpClient } from '@mlc/platform/http/axios-client';
import { SandboxClock, startSandbox, type Sandbox } from '@mlc/sandbox';
import { freshbooksBooks } from './books.ts';
import { freshbooksCallbacks } from './callbacks.ts';
import type { FreshBooksOptions } from './client.ts';
import { freshbooksPing, whoAmI } from './identity.ts';
import { refreshTokens, type FreshBooksApp } from './oauth.ts';
import { freshbooksWebhook, readHandshake } from './webhook.ts';

/** Tokens kept in memory and refreshed at the sandbox. */
class RefreshedTokens implements AccessTokens {
  pair: TokenPair;
  refreshes = 0;
  constructor(pair: TokenPair) {
    this.pair = pair;
  }
  current(): Promise<string> {
    return Promise.resolve(this.pair.accessToken);
  }
  async replacing(rejected: string): Promise<string> {
    if (rejected === this.pair.accessToken) {
      this.refreshes += 1;
      this.pair = await refreshTokens(http, app, this.pair.refreshToken);
    }
    return this.pair.accessToken;
  }
}

let sandbox: Sandbox;
let http: ClosableHttpClient;
let app: FreshBooksApp;
let tokens: RefreshedTokens;
let options: FreshBooksOptions;
let books: Books;
let receiver: Server;
let hookUrl = '';
const received: Delivery[] = [];
const pauses: number[] = [];
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });

beforeAll(async () => {
  const clock = new SandboxClock({ start: new Date('2026-11-02T09:00:00Z') });
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0, clock });
  http = createHttpClient({ version: 'test', retryBaseMs: 1 });
  receiver = await receiveWebhooks();
  hookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  app = {
    apiUrl: sandbox.urls.freshbooks,
    clientId: 'sandbox-client',
    clientSecret: 'sandbox-secret',
    redirectUri: 'https://console.test/back',
    clock,
  };
});

beforeEach(() => {
  const seeded = sandbox.freshbooks.seedTokens();
  tokens = new RefreshedTokens({
    accessToken: seeded.access_token,
    refreshToken: seeded.refresh_token,
    expiresAt: new Date(sandbox.clock.now().getTime() + 1_000_000),
  });
  options = {
    http,
    limiter: {
      take: () => Promise.resolve(0),
      pause: (waitMs) => Promise.resolve(void pauses.push(waitMs)),
    },
    tokens,
    apiUrl: sandbox.urls.freshbooks,
    accountId: 'xZNQ1X',
    connectionId: 'conn-1',
    clock: sandbox.clock,
  };
  books = freshbooksBooks(options);
});

afterEach(() => {
  sandbox.freshbooks.faults.clear();
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
      const signature = request.headers['x-freshbooks-hmac-sha256'];
      received.push({
        rawBody: Buffer.concat(chunks),
        headers: typeof signature === 'string' ? { 'x-freshbooks-hmac-sha256': signature } : {},
        pathEvent: '',
      });
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

let people = 0;
function aClient(email = `person-${(people += 1)}@client.test`): number {
  return sandbox.freshbooks.desk().createClient({ email, organization: 'Able & Co' }).id;
}

function anInvoice(amount = '120.00', more: object = {}): string {
  return String(sandbox.freshbooks.desk().createInvoice({ clientId: aClient(), amount, ...more }).id);
}

const payment = (invoiceId: string, minor: bigint) =>
  ({
    invoiceId,
    amount: gbp(minor),
    date: '2026-11-02',
    type: 'Bank Transfer',
    note: 'GoCardless PM1 · mlc:0123',
  }) as const;

describe('reading', () => {
  it('an invoice through its life', async () => {
    const desk = sandbox.freshbooks.desk();
    const id = anInvoice('120.00', { sent: false, createDate: '2026-11-01', dueInDays: 30 });
    expect(await books.getInvoice(id)).toMatchObject({
      standing: 'draft',
      outstanding: gbp(12_000n),
      createdDate: '2026-11-01',
      dueDate: '2026-12-01',
      visibility: 'active',
    });
    desk.sendInvoice(Number(id));
    expect(await books.getInvoice(id)).toMatchObject({ standing: 'open' });
    desk.recordPayment({ invoiceId: Number(id), amount: '20.00' });
    expect(await books.getInvoice(id)).toMatchObject({ standing: 'open', outstanding: gbp(10_000n) });
    desk.recordPayment({ invoiceId: Number(id), amount: '100.00' });
    expect(await books.getInvoice(id)).toMatchObject({ standing: 'paid', outstanding: gbp(0n) });
    desk.deleteInvoice(Number(id));
    expect(await books.getInvoice(id)).toMatchObject({ visibility: 'deleted' });
  });

  it('objects that do not exist', async () => {
    expect(await books.getInvoice('999999')).toBeNull();
    expect(await books.getClient('999999')).toBeNull();
    expect(await books.getPayment('999999')).toBeNull();
    expect(await books.listPayments('999999')).toEqual([]);
  });

  it('clients by address, in any case, and all who share it', async () => {
    const first = aClient('Shared@Client.test');
    const second = aClient('shared@client.test');
    aClient('notshared@client.test');
    const deleted = aClient('shared@client.test');
    sandbox.freshbooks.desk().editClient(deleted, { vis_state: 1 });
    const found = await books.findClientsByEmail('SHARED@client.test');
    expect(found.map(({ id }) => Number(id)).toSorted((a, b) => a - b)).toEqual([first, second]);
  });

  it('invoices by number, and a long list to its end', async () => {
    const clientId = aClient();
    const desk = sandbox.freshbooks.desk();
    for (let n = 1; n <= 130; n += 1) {
      desk.createInvoice({ clientId, amount: '1.00', number: `Long-${String(n).padStart(4, '0')}` });
    }
    const [byNumber] = await books.findInvoicesByNumber('LONG-0042');
    expect(byNumber?.number).toBe('Long-0042');
    expect(await books.findInvoicesByNumber('LONG-42')).toEqual([]);
    const open = await books.listOpenInvoices(String(clientId));
    expect(new Set(open.map(({ id }) => id)).size).toBe(130);
    let all = 0;
    for await (const invoice of books.listAllOpenInvoices()) all += invoice.outstanding.minor > 0n ? 1 : 0;
    expect(all).toBe(desk.invoices().filter((view) => !view.deleted && view.outstanding !== '0.00').length);
  });
});

describe('writing', () => {
  it('a payment, and taking it back, twice', async () => {
    const id = anInvoice();
    const made = await books.createPayment(payment(id, 12_000n));
    expect(made).toMatchObject({ invoiceId: id, amount: gbp(12_000n), overpaymentId: null, deleted: false });
    expect(await books.listPayments(id)).toEqual([made]);
    expect(await books.getInvoice(id)).toMatchObject({ standing: 'paid' });
    await books.deletePayment(made.id);
    await books.deletePayment(made.id);
    await books.deletePayment('999999');
    expect(await books.listPayments(id)).toEqual([]);
    expect(await books.getPayment(made.id)).toMatchObject({ deleted: true });
    expect(await books.getInvoice(id)).toMatchObject({ standing: 'open', outstanding: gbp(12_000n) });
  });

  it('too much money shows as what FreshBooks kept', async () => {
    const made = await books.createPayment(payment(anInvoice('100.00'), 15_000n));
    expect(made.amount).toEqual(gbp(10_000n));
    expect(made.overpaymentId).not.toBeNull();
  });

  it('a payment whose answer was lost can be found by its note', async () => {
    const id = anInvoice();
    sandbox.freshbooks.faults.add({ kind: 'cut-after', method: 'POST', path: '/payments/payments' });
    await expect(books.createPayment(payment(id, 12_000n))).rejects.toMatchObject({
      kind: 'outcome-unknown',
    });
    const [found] = await books.listPayments(id);
    expect(found).toMatchObject({ amount: gbp(12_000n), note: 'GoCardless PM1 · mlc:0123' });
  });

  it.each([
    ['cut-before', 'outcome-unknown'],
    ['status-after', 'outcome-unknown'],
    ['garbage', 'outcome-unknown'],
    ['ok-with-errors', 'rejected'],
    ['rate-limit', 'rate-limited'],
  ] as const)('%s on a write: %s', async (kind, failure) => {
    const id = anInvoice();
    sandbox.freshbooks.faults.add({ kind, method: 'POST', path: '/payments/payments' });
    await expect(books.createPayment(payment(id, 12_000n))).rejects.toMatchObject({ kind: failure });
    expect(pauses).toHaveLength(failure === 'rate-limited' ? 1 : 0);
  });

  it('a read rides out a passing failure', async () => {
    const id = anInvoice();
    sandbox.freshbooks.faults.add({ kind: 'status', status: 502, path: `/invoices/${id}`, times: 2 });
    expect(await books.getInvoice(id)).toMatchObject({ id });
  });

  it('a payment on a deleted invoice is refused', async () => {
    const id = anInvoice();
    sandbox.freshbooks.desk().deleteInvoice(Number(id));
    await expect(books.createPayment(payment(id, 12_000n))).rejects.toMatchObject({ kind: 'rejected' });
  });
});

describe('tokens', () => {
  it('are replaced when the old one stopped working', async () => {
    const id = anInvoice();
    tokens.pair = { ...tokens.pair, accessToken: 'stale' };
    expect(await books.getInvoice(id)).toMatchObject({ id });
    expect(tokens.refreshes).toBe(1);
    expect(tokens.pair.expiresAt.getTime()).toBeGreaterThan(sandbox.clock.now().getTime());
  });

  it('a refresh token works once', async () => {
    const spent = tokens.pair.refreshToken;
    await refreshTokens(http, app, spent);
    await expect(refreshTokens(http, app, spent)).rejects.toMatchObject({
      kind: 'unauthorised',
      reason: 'invalid_grant',
    });
  });

  it('a wrong app is told apart', async () => {
    const wrong = { ...app, clientSecret: 'wrong' };
    await expect(refreshTokens(http, wrong, tokens.pair.refreshToken)).rejects.toMatchObject({
      kind: 'unauthorised',
      reason: 'invalid_client',
    });
  });

  it('show who they belong to', async () => {
    const identity = await whoAmI(options);
    expect(identity.memberships.map(({ accountId }) => accountId)).toContain('xZNQ1X');
    expect(await freshbooksPing(options)).toMatchObject({ ok: true });
    expect(await freshbooksPing({ ...options, accountId: 'nobody' })).toMatchObject({ ok: false });
  });
});

describe('webhooks', () => {
  it('are registered, verified, delivered signed, and taken away', async () => {
    const callbacks = freshbooksCallbacks(options);
    const created = await callbacks.create('payment.create', `${hookUrl}/payment.create`);
    expect(created.verified).toBe(false);
    await sandbox.idle();
    const handshake = readHandshake(received.at(-1)?.rawBody ?? Buffer.from(''));
    expect(handshake?.callbackId).toBe(created.id);
    const verifier = handshake?.verifier ?? '';
    expect((await callbacks.verify(created.id, verifier)).verified).toBe(true);
    expect(await callbacks.get(created.id)).toMatchObject({ verified: true });

    const made = await books.createPayment(payment(anInvoice(), 12_000n));
    await sandbox.idle();
    const delivery = received.at(-1);
    if (delivery === undefined) throw new Error('nothing was delivered');
    expect(freshbooksWebhook.verify(delivery, ['another', verifier])).toEqual({ ok: true });
    expect(freshbooksWebhook.verify(delivery, ['another'])).toMatchObject({ ok: false });
    const split = freshbooksWebhook.split(delivery);
    const meanings =
      split.kind === 'events' ? split.events.map((event) => freshbooksWebhook.translate(event)) : [];
    expect(meanings).toEqual([{ kind: 'book-payment-changed', bookPaymentId: made.id }]);

    await callbacks.delete(created.id);
    await callbacks.delete(created.id);
    expect((await callbacks.list()).map(({ id }) => id)).not.toContain(created.id);
    expect(await callbacks.get(created.id)).toBeNull();
  });

  it('that FreshBooks does not know are refused by field', async () => {
    const callbacks = freshbooksCallbacks(options);
    await expect(callbacks.create('invoice.explode', `${hookUrl}/x`)).rejects.toMatchObject({
      kind: 'rejected',
      field: 'event',
    });
  });
});
