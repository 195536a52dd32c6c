import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Books, NewBookPayment } from '@mlc/core';
import { createHttpClient } from '@mlc/platform/http/axios-client';
import {
  wireClientSample,
  wireInvoiceSample,
  wireOverpaymentSample,
} from '@mlc/testkit/fakes/freshbooks-wire';
import {
  startScriptedServer,
  type ScriptedServer,
  type SeenRequest,
} from '@mlc/testkit/fakes/scripted-server';
import { freshbooksBooks } from './books.ts';

const http = createHttpClient({ version: 'test', retryBaseMs: 1 });
let server: ScriptedServer;
let books: Books;

beforeAll(async () => {
  server = await startScriptedServer();
  books = freshbooksBooks({
    http,
    limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
    tokens: { current: () => Promise.resolve('t'), replacing: () => Promise.resolve('t2') },
    apiUrl: server.url,
    accountId: 'xZNQ1X',
    connectionId: 'conn-1',
  });
});
afterAll(async () => {
  http.close();
  await server.close();
});

const ACCOUNT = '/accounting/account/xZNQ1X';
const result = (content: object) => ({ json: { response: { result: content } } });
const refusal = (errno: number) => ({ response: { errors: [{ errno, message: 'No.' }] } });
const invoice = (id: number, changes: object = {}) => ({
  ...wireInvoiceSample,
  id,
  invoiceid: id,
  ...changes,
});
const payment = (id: number, changes: object = {}) => ({
  ...wireOverpaymentSample,
  id,
  logid: id,
  ...changes,
});
const client = (id: number, changes: object = {}) => ({ ...wireClientSample, id, userid: id, ...changes });

/** Answers like a list endpoint over rows that may change between the pages. */
function listing(name: string, rowsAt: (page: number) => readonly object[], perPage = 100) {
  return (request: SeenRequest) => {
    const page = Number(request.query.get('page'));
    const all = rowsAt(page);
    const rows = all.slice((page - 1) * perPage, page * perPage);
    const pages = Math.ceil(all.length / perPage);
    return result({ [name]: rows, page, pages, per_page: perPage, total: all.length });
  };
}
const searches = () => server.seen.map((request) => Object.fromEntries(request.query));

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

describe('one object', () => {
  it('is fetched by its path', async () => {
    server.script(
      result({ invoice: invoice(45232) }),
      result({ client: client(12345) }),
      result({ payment: payment(10318) }),
    );
    expect(await books.getInvoice('45232')).toMatchObject({ id: '45232', standing: 'open' });
    expect(await books.getClient('12345')).toMatchObject({ id: '12345' });
    expect(await books.getPayment('10318')).toMatchObject({ id: '10318', overpaymentId: '10320' });
    expect(server.seen.map((request) => request.path)).toEqual([
      `${ACCOUNT}/invoices/invoices/45232`,
      `${ACCOUNT}/users/clients/12345`,
      `${ACCOUNT}/payments/payments/10318`,
    ]);
  });

  it('is null when unknown, and itself when deleted', async () => {
    server.script({ status: 404, json: refusal(1012) }, result({ invoice: invoice(1, { vis_state: 1 }) }));
    expect(await books.getInvoice('1')).toBeNull();
    expect(await books.getInvoice('1')).toMatchObject({ visibility: 'deleted' });
  });

  it('is not asked for by something that is no id', async () => {
    server.script({ status: 500 });
    for (const id of ['', '../7', 'abc', '1?x=1']) expect(await books.getInvoice(id)).toBeNull();
    expect(await books.listPayments('')).toEqual([]);
    expect(server.seen).toHaveLength(0);
  });

  it('names what is missing from it', async () => {
    server.script(result({ invoice: invoice(1, { outstanding: undefined }) }));
    await expect(books.getInvoice('1')).rejects.toMatchObject({
      kind: 'rejected',
      field: 'response.result.invoice.outstanding',
    });
  });
});

describe('lists check again what FreshBooks may not have filtered', () => {
  it('payments of an invoice', async () => {
    const rows = [
      payment(1, { invoiceid: 7 }),
      payment(2, { invoiceid: 8 }),
      payment(3, { invoiceid: 7, vis_state: 1 }),
      payment(4, { invoiceid: null }),
    ];
    server.script(listing('payments', () => rows));
    expect((await books.listPayments('7')).map(({ id }) => id)).toEqual(['1']);
    expect(searches()).toEqual([{ 'search[invoiceid]': '7', page: '1', per_page: '100' }]);
  });

  describe('payments of the whole account', () => {
    const many = (count: number, changes: object = {}) =>
      Array.from({ length: count }, (_, at) => payment(at + 1, { date: '2026-11-03', ...changes }));
    const ids = (list: { payments: readonly { id: string }[] }) => list.payments.map(({ id }) => id);

    it('since a day', async () => {
      const rows = [
        payment(1, { date: '2026-11-03' }),
        payment(2, { date: '2026-11-02' }),
        payment(3, { date: '2026-11-04', vis_state: 1 }),
      ];
      server.script(listing('payments', () => rows));
      const list = await books.listPaymentsSince('2026-11-03');
      expect(ids(list)).toEqual(['1']);
      expect(list.isComplete).toBe(true);
      expect(searches()).toEqual([{ 'search[date_min]': '2026-11-03', page: '1', per_page: '100' }]);
    });

    it('of an amount', async () => {
      const rows = [
        payment(1, { date: '2026-11-03' }),
        payment(2, { date: '2026-11-03', amount: { amount: '180.00', code: 'CAD' } }),
        payment(3, { date: '2026-11-03', amount: { amount: '99.00', code: 'USD' } }),
      ];
      server.script(listing('payments', () => rows));
      expect(ids(await books.listPaymentsSince('2026-11-03', { minor: 18_000n, currency: 'USD' }))).toEqual([
        '1',
      ]);
      expect(searches()[0]).toMatchObject({
        'search[amount_min]': '180.00',
        'search[amount_max]': '180.00',
      });
    });

    it('by a text of the note, in any case', async () => {
      const rows = [
        payment(1, { note: 'debit pm00abc' }),
        payment(2, { note: 'PM00ABC', vis_state: 1 }),
        payment(3, { note: 'something else' }),
      ];
      server.script(listing('payments', () => rows));
      const list = await books.listPaymentsNoted('PM00ABC');
      expect(ids(list)).toEqual(['1']);
      expect(list.isComplete).toBe(true);
      expect(searches()).toEqual([{ 'search[notes]': 'PM00ABC', page: '1', per_page: '100' }]);
    });

    it('of a thousand all, of more only what shows that there are more', async () => {
      server.script(listing('payments', () => many(1_000)));
      const whole = await books.listPaymentsSince('2026-11-03');
      expect(whole.payments).toHaveLength(1_000);
      expect(whole.isComplete).toBe(true);
      server.script(listing('payments', () => many(1_001)));
      expect(await books.listPaymentsSince('2026-11-03')).toMatchObject({ isComplete: false });
      expect(server.seen).toHaveLength(1);
    });

    it('without a count is read to a thousand', async () => {
      server.script((request) => {
        const page = Number(request.query.get('page'));
        return result({ payments: many(1_500).slice((page - 1) * 100, page * 100) });
      });
      expect(await books.listPaymentsSince('2026-11-03')).toMatchObject({ isComplete: false });
      expect(server.seen).toHaveLength(11);
    });

    it('one row that cannot be read leaves the others, and the list is not complete', async () => {
      const odd = payment(1, { date: '2026-11-03', amount: { amount: 'lots', code: 'USD' } });
      server.script(listing('payments', () => [odd, payment(2, { date: '2026-11-03' })]));
      const list = await books.listPaymentsSince('2026-11-03');
      expect(ids(list)).toEqual(['2']);
      expect(list.isComplete).toBe(false);
    });
  });

  it('invoices by number, in any case, with leading zeros', async () => {
    const rows = [
      invoice(1, { invoice_number: 'inv-007' }),
      invoice(2, { invoice_number: 'INV-7' }),
      invoice(3, { invoice_number: ' INV-007 ' }),
      invoice(4, { invoice_number: 'INV-007', vis_state: 1 }),
    ];
    server.script(listing('invoices', () => rows));
    expect((await books.findInvoicesByNumber(' Inv-007 ')).map(({ id }) => id)).toEqual(['1', '3', '4']);
    expect(searches().map((query) => query['search[invoice_number]'])).toEqual([
      'Inv-007',
      'INV-007',
      'inv-007',
    ]);
  });

  it('invoices by a spelling that only "contains" finds', async () => {
    const rows = [invoice(1, { invoice_number: 'Long-42' }), invoice(2, { invoice_number: 'Long-420' })];
    server.script((request) => {
      const isLike = request.query.has('search[invoice_number_like]');
      return listing('invoices', () => (isLike ? rows : []))(request);
    });
    expect((await books.findInvoicesByNumber('LONG-42')).map(({ id }) => id)).toEqual(['1']);
  });

  describe('when that filter is ignored', () => {
    const withOpen = (open: readonly object[]): void => {
      const others = Array.from({ length: 300 }, (_, index) => invoice(index + 1));
      server.script((request) => {
        if (request.query.has('search[outstanding]')) return listing('invoices', () => [...open])(request);
        const isLike = request.query.has('search[invoice_number_like]');
        return listing('invoices', () => (isLike ? others : []))(request);
      });
    };

    it('the open invoices are read instead of all', async () => {
      withOpen([invoice(400), invoice(401, { invoice_number: 'Long-42' })]);
      expect((await books.findInvoicesByNumber('LONG-42')).map(({ id }) => id)).toEqual(['401']);
      expect(server.seen).toHaveLength(4);
    });

    it('not more than a thousand of them', async () => {
      withOpen(Array.from({ length: 1_200 }, (_, index) => invoice(index + 400)));
      expect(await books.findInvoicesByNumber('Inv-1')).toEqual([]);
      expect(server.seen).toHaveLength(4 + 10);
    });
  });

  it('asks once for a number without letters and never for an empty one', async () => {
    server.script(listing('invoices', () => [invoice(1, { invoice_number: '0000020' })]));
    expect(await books.findInvoicesByNumber('0000020')).toHaveLength(1);
    expect(await books.findInvoicesByNumber('20')).toHaveLength(0);
    expect(await books.findInvoicesByNumber('  ')).toHaveLength(0);
    expect(server.seen).toHaveLength(2);
  });

  it('open invoices of a client, archived ones too', async () => {
    const none = { outstanding: { amount: '0.00', code: 'USD' } };
    const rows = [
      invoice(1),
      invoice(2, { customerid: 5 }),
      invoice(3, none),
      invoice(4, { vis_state: 1 }),
      invoice(5, { vis_state: 2 }),
    ];
    server.script(listing('invoices', () => rows));
    expect((await books.listOpenInvoices('31006')).map(({ id }) => id)).toEqual(['1', '5']);
    expect(searches()[0]).toMatchObject({ 'search[customerid]': '31006', 'search[outstanding]': 'true' });
  });

  it('clients by the whole address, in any case', async () => {
    const rows = [
      client(1, { email: 'Ann@Example.test' }),
      client(2, { email: 'joann@example.test' }),
      client(3, { email: ' ann@example.test ' }),
      client(4, { email: 'ann@example.test', vis_state: 1 }),
      client(5, { email: '' }),
    ];
    server.script(listing('clients', () => rows));
    expect((await books.findClientsByEmail('ANN@example.test')).map(({ id }) => id)).toEqual(['1', '3']);
    expect(await books.findClientsByEmail(' ')).toEqual([]);
  });
});

describe('paging', () => {
  const rows = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => invoice(from + index));
  const ids = async () => (await collect(books.listAllOpenInvoices())).map(({ id }) => Number(id));
  const range = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it('reads to the end, page by page', async () => {
    server.script(listing('invoices', () => rows(1, 250)));
    expect(await ids()).toEqual(range(1, 250));
    expect(searches().map(({ page }) => page)).toEqual(['1', '2', '3']);
  });

  it.each([[0], [100], [200]])('%s rows: no page too many', async (count) => {
    server.script(listing('invoices', () => rows(1, count)));
    expect(await ids()).toHaveLength(count);
    expect(server.seen).toHaveLength(Math.max(1, count / 100));
  });

  it('believes the pages when per_page was not heeded', async () => {
    server.script(listing('invoices', () => rows(1, 40), 15));
    expect(await ids()).toEqual(range(1, 40));
    expect(server.seen).toHaveLength(3);
  });

  it('ends on a list that counts rows it does not show', async () => {
    server.script(result({ invoices: [], page: 1, pages: 1, per_page: 100, total: 16 }));
    expect(await ids()).toEqual([]);
  });

  it('goes on without any counts until a page is not full', async () => {
    server.script((request) => {
      const page = Number(request.query.get('page'));
      return result({ invoices: rows(1, 150).slice((page - 1) * 100, page * 100) });
    });
    expect(await ids()).toEqual(range(1, 150));
  });

  it('gives no row twice when rows arrive in front', async () => {
    server.script(
      listing('invoices', (page) => (page === 1 ? rows(1, 150) : [invoice(999), ...rows(1, 150)])),
    );
    expect(await ids()).toEqual(range(1, 150));
  });

  it('misses no row when others leave the list meanwhile', async () => {
    server.script(listing('invoices', () => (server.seen.length === 1 ? rows(1, 250) : rows(31, 250))));
    expect((await ids()).toSorted((a, b) => a - b)).toEqual(range(1, 250));
  });

  it('ends although the list never stops moving', async () => {
    const moving = () => (server.seen.length % 2 === 1 ? rows(1, 25) : rows(4, 25));
    server.script(listing('invoices', moving, 10));
    expect(await ids()).not.toHaveLength(0);
  });

  it('refuses a server that always shows the same page', async () => {
    server.script(result({ invoices: rows(1, 100), page: 1, pages: 3, per_page: 100, total: 300 }));
    await expect(ids()).rejects.toMatchObject({ kind: 'rejected', field: 'page' });
  });
});

describe('writing a payment', () => {
  const wanted: NewBookPayment = {
    invoiceId: '34420',
    amount: { minor: 330_000n, currency: 'USD' },
    date: '2019-04-19',
    type: 'Bank Transfer',
    note: 'GoCardless PM1 · mlc:0123',
  };

  it('says what FreshBooks made of it, an overpayment included', async () => {
    server.script(result({ payment: payment(10318) }));
    expect(await books.createPayment(wanted)).toMatchObject({
      id: '10318',
      amount: { minor: 18_000n, currency: 'USD' },
      overpaymentId: '10320',
    });
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: `${ACCOUNT}/payments/payments` });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      payment: {
        invoiceid: 34420,
        amount: { amount: '3300.00', code: 'USD' },
        date: '2019-04-19',
        type: 'Bank Transfer',
        note: 'GoCardless PM1 · mlc:0123',
      },
    });
  });

  it.each([
    [{ minor: 1999n, currency: 'GBP' }, '19.99'],
    [{ minor: 500n, currency: 'JPY' }, '500.00'],
    [{ minor: 1234n, currency: 'KWD' }, '1.234'],
  ])('writes %j exactly', async (amount, text) => {
    server.script(result({ payment: payment(1) }));
    await books.createPayment({ ...wanted, amount });
    expect(server.seen[0]?.body).toContain(`"amount":"${text}"`);
  });

  it('is never sent twice', async () => {
    server.script({ status: 500 });
    await expect(books.createPayment(wanted)).rejects.toMatchObject({ kind: 'outcome-unknown' });
    expect(server.seen).toHaveLength(1);
  });

  it('an answer that cannot be read may still have been a payment', async () => {
    server.script(result({ payment: payment(1, { amount: { amount: 'lots', code: 'USD' } }) }));
    await expect(books.createPayment(wanted)).rejects.toMatchObject({
      kind: 'outcome-unknown',
      field: 'response.result.payment.amount.amount',
    });
  });

  it('is refused here for something that is no invoice id', async () => {
    server.script({ status: 500 });
    await expect(books.createPayment({ ...wanted, invoiceId: 'x' })).rejects.toMatchObject({
      kind: 'rejected',
      field: 'invoiceId',
    });
    expect(server.seen).toHaveLength(0);
  });
});

describe('taking a payment back', () => {
  it('sends vis_state and nothing else', async () => {
    server.script(result({ payment: payment(9, { vis_state: 1 }) }));
    await books.deletePayment('9');
    expect(server.seen[0]).toMatchObject({ method: 'PUT', path: `${ACCOUNT}/payments/payments/9` });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({ payment: { vis_state: 1 } });
  });

  it.each([
    ['unknown', [{ status: 404, json: refusal(1012) }]],
    ['deleted, by errno', [{ status: 422, json: refusal(1011) }]],
    [
      'refused, and found deleted',
      [{ status: 422, json: refusal(1004) }, result({ payment: payment(9, { vis_state: 1 }) })],
    ],
    [
      'refused, and found gone',
      [
        { status: 422, json: refusal(1004) },
        { status: 404, json: refusal(1012) },
      ],
    ],
  ])('%s is fine', async (_name, steps) => {
    server.script(...steps);
    await expect(books.deletePayment('9')).resolves.toBeUndefined();
  });

  it('refused and still there: the refusal counts', async () => {
    server.script({ status: 403, json: refusal(1038) }, result({ payment: payment(9) }));
    await expect(books.deletePayment('9')).rejects.toMatchObject({ kind: 'rejected', reason: 'errno 1038' });
  });

  it('an answer that does not show it deleted leaves the outcome open', async () => {
    server.script(result({ payment: payment(9) }));
    await expect(books.deletePayment('9')).rejects.toMatchObject({ kind: 'outcome-unknown' });
  });
});
