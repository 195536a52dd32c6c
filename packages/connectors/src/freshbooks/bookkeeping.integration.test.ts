import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Books, NewJournalEntry } from '@mlc/core';
import { createHttpClient } from '@mlc/platform/http/axios-client';
import {
  startScriptedServer,
  type ScriptedServer,
  type SeenRequest,
} from '@mlc/testkit/fakes/scripted-server';
import { freshbooksBooks } from './books.ts';

const http = createHttpClient({ version: 'test', retryBaseMs: 1 });
const UUID = 'a8b4c1d2-93e5-4f60-8a17-2c3d4e5f6071';
let server: ScriptedServer;
let books: Books;

const open = (businessUuid: string | null) =>
  freshbooksBooks({
    http,
    limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
    tokens: { current: () => Promise.resolve('t'), replacing: () => Promise.resolve('t2') },
    apiUrl: server.url,
    accountId: 'xZNQ1X',
    businessUuid,
    connectionId: 'conn-1',
    clock: { now: () => new Date('2026-11-05T09:00:00Z') },
  });

beforeAll(async () => {
  server = await startScriptedServer();
  books = open(UUID);
});
afterAll(async () => {
  http.close();
  await server.close();
});

const ACCOUNT = '/accounting/account/xZNQ1X';
const LEDGER = `/accounting/businesses/${UUID}`;
const result = (content: object) => ({ json: { response: { result: content } } });
const refusal = (errno: number, message = 'No.', field?: string) => ({
  response: { errors: [{ errno, message, field }] },
});
const ENTRY: NewJournalEntry = {
  number: 'MLC-PO1',
  name: 'GoCardless payout PO1',
  description: 'sums',
  date: '2026-11-04',
  lines: [
    { accountUuid: 'bank', side: 'debit', amount: { minor: 9_750n, currency: 'GBP' } },
    { accountUuid: 'clearing', side: 'credit', amount: { minor: 9_750n, currency: 'GBP' } },
  ],
};

describe('journal entries', () => {
  it('are created under the version header, with amounts as numbers and the date in parts', async () => {
    server.script({ status: 201, json: { data: { id: 'u-1', journalEntryNumber: 'MLC-PO1' } } });
    expect(await books.createJournalEntry(ENTRY)).toEqual({ id: 'u-1', number: 'MLC-PO1' });
    const [request] = server.seen;
    expect(request).toMatchObject({ method: 'POST', path: `${LEDGER}/journal_entries` });
    expect(request?.headers['x-api-version']).toBe('2023-09-25');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      manualJournalEntry: {
        name: 'GoCardless payout PO1',
        journalEntryNumber: 'MLC-PO1',
        description: 'sums',
        userEnteredDate: { year: 2026, month: 11, day: 4 },
        details: [
          { accountId: 'bank', amount: { amount: 97.5, code: 'GBP' }, type: 'TYPE_DEBIT' },
          { accountId: 'clearing', amount: { amount: 97.5, code: 'GBP' }, type: 'TYPE_CREDIT' },
        ],
      },
    });
  });

  it.each([
    ['an empty body', { status: 201, text: '' }, 'MLC-PO1'],
    ['an answer without a number', { status: 200, json: { response: { result: {} } } }, 'MLC-PO1'],
  ])('created with %s are named by their number', async (_name, answer, id) => {
    server.script(answer);
    expect(await books.createJournalEntry(ENTRY)).toEqual({ id, number: 'MLC-PO1' });
  });

  it('are sent once, and an unclear outcome says so', async () => {
    server.script({ status: 500 });
    await expect(books.createJournalEntry(ENTRY)).rejects.toMatchObject({ kind: 'outcome-unknown' });
    expect(server.seen).toHaveLength(1);
  });

  const pages =
    (perPage: number, first: number) =>
    (count: number) =>
    ({ query }: SeenRequest) => {
      const asked = Number(query.get('page_number') ?? first);
      const all = Array.from({ length: count }, (_, index) => ({
        id: `u-${index}`,
        journalEntryNumber: `MLC-PO${index}`,
      }));
      const page = asked - first;
      return { json: { data: all.slice(page * perPage, (page + 1) * perPage) } };
    };

  it.each([
    ['pages counted from 1', pages(100, 1)],
    ['pages counted from 0', pages(100, 0)],
    ['smaller pages than asked for', pages(15, 1)],
  ])('are found on whatever page: %s', async (_name, answering) => {
    for (const wanted of [0, 99, 150, 234]) {
      server.script(...Array.from({ length: 40 }, () => answering(235)));
      const entries = await books.listJournalEntries(`MLC-PO${wanted}`);
      expect(entries).toEqual([{ id: `u-${wanted}`, number: `MLC-PO${wanted}` }]);
    }
    server.script(...Array.from({ length: 40 }, () => answering(235)));
    expect(await books.listJournalEntries('MLC-PO')).toEqual([]);
    server.script(...Array.from({ length: 5 }, () => answering(0)));
    expect(await books.listJournalEntries('MLC-PO1')).toEqual([]);
  });

  it('with one number are all listed, on whatever pages, once each', async () => {
    const other = { id: 'o', journalEntryNumber: 'MLC-PO2' };
    const rows = (...ids: string[]) => ids.map((id) => ({ id, journalEntryNumber: 'MLC-PO1' }));
    const pages = [[...rows('u-1'), other], [...rows('u-1'), other], [other, ...rows('u-2', 'u-3')], []];
    server.script(...pages.map((data) => ({ json: { data } })));
    const number = 'MLC-PO1';
    expect(await books.listJournalEntries(number)).toEqual([
      { id: 'u-1', number },
      { id: 'u-2', number },
      { id: 'u-3', number },
    ]);
    expect(server.seen).toHaveLength(4);
  });

  it('a server that repeats its last page for ever is no endless list', async () => {
    const same = { json: { data: [{ journalEntryNumber: 'MLC-PO7' }] } };
    server.script(same, same, same, same, same);
    expect(await books.listJournalEntries('MLC-PO1')).toEqual([]);
    expect(server.seen.length).toBeLessThanOrEqual(4);
  });

  it('an answer that has no list is not taken for an empty one', async () => {
    server.script({ json: { data: { total: 3 } } });
    await expect(books.listJournalEntries('MLC-PO1')).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/no list of entries/),
    });
  });

  it('without the business uuid nothing is sent, and the message names the field', async () => {
    server.script({ status: 500 });
    const call = open(null).createJournalEntry(ENTRY);
    await expect(call).rejects.toMatchObject({ kind: 'rejected', field: 'businessUuid' });
    await expect(open('../x').listJournalEntries('1')).rejects.toMatchObject({ field: 'businessUuid' });
    expect(server.seen).toHaveLength(0);
  });

  it('accounts come with their sub-accounts, those that are not active left out', async () => {
    const account = (name: string, more: object = {}) => ({
      account_uuid: `${name}-uuid`,
      account_name: name,
      account_number: '1000',
      account_type: 'asset',
      balance: '-10.000',
      state: 'active',
      ...more,
    });
    const cash = account('Cash', { sub_accounts: [account('Bank'), account('Old', { state: 'archived' })] });
    server.script(result({ journal_entry_accounts: [cash] }));
    expect(await books.listLedgerAccounts()).toEqual([
      { uuid: 'Cash-uuid', name: 'Cash', number: '1000', type: 'asset' },
      { uuid: 'Bank-uuid', name: 'Bank', number: '1000', type: 'asset' },
    ]);
    expect(server.seen[0]?.path).toBe(`${LEDGER}/reports/chart_of_accounts`);
    expect(server.seen[0]?.headers['x-api-version']).toBeUndefined();
  });
});

describe('expenses', () => {
  const deleted = { id: 5, amount: { amount: '1.00', code: 'GBP' }, date: '2026-11-04', vis_state: 1 };

  it('are taken back by vis_state alone', async () => {
    server.script(result({ expense: deleted }));
    await books.deleteExpense('5');
    expect(server.seen).toMatchObject([{ method: 'PUT', path: `${ACCOUNT}/expenses/expenses/5` }]);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({ expense: { vis_state: 1 } });
  });

  it('that are gone or deleted already are fine', async () => {
    server.script({ status: 404, json: refusal(1012) });
    await books.deleteExpense('5');
    server.script({ status: 422, json: refusal(1004) }, result({ expense: deleted }));
    await books.deleteExpense('5');
    server.script({ status: 422, json: refusal(1004) }, result({ expense: { ...deleted, vis_state: 0 } }));
    await expect(books.deleteExpense('5')).rejects.toMatchObject({ kind: 'rejected' });
  });

  it('have categories, deleted ones left out', async () => {
    const categories = [
      { categoryid: 1, id: 1, category: 'Airfare', vis_state: 0 },
      { id: 2, category: 'Bank Fees' },
      { categoryid: 3, category: 'Gone', vis_state: 1 },
    ];
    server.script(result({ categories, page: 1, pages: 1, per_page: 100, total: 3 }));
    expect(await books.listExpenseCategories()).toEqual([
      { id: 1, name: 'Airfare' },
      { id: 2, name: 'Bank Fees' },
    ]);
  });

  it.each(['staff', 'staffs'])('have staff, listed as %s', async (key) => {
    const rows = [
      { id: 1, fname: 'Ann', lname: 'Owner', email: 'a@x.test', api_token: 'secret' },
      { id: 2, fname: '', lname: '', email: 'b@x.test' },
    ];
    server.script(result({ [key]: rows, page: 1, pages: 1, per_page: 100, total: 2 }));
    expect(await books.listStaff()).toEqual([
      { id: 1, name: 'Ann Owner', isOwner: true },
      { id: 2, name: 'b@x.test', isOwner: false },
    ]);
  });
});

describe('what FreshBooks refuses', () => {
  const rpc = (errno: number) => ({
    code: 7,
    message: 'Request failed',
    details: [{ reason: String(errno), metadata: { message: 'Denied', field: '' } }],
  });
  const unauthenticated = { error: 'unauthenticated', error_description: 'This action requires …' };

  // prettier-ignore
  it.each<[string, { status: number; json?: unknown; text?: string }, object]>([
    ['a scope', { status: 403, json: refusal(1003) }, { kind: 'rejected', reason: 'scope_missing' }],
    ['a scope, in the newer words', { status: 403, json: rpc(1003) }, { kind: 'rejected', reason: 'scope_missing' }],
    ['the plan, with status 200', { status: 200, json: refusal(1003) }, { kind: 'rejected', reason: 'scope_missing' }],
    ['a feature, with status 200', { status: 200, json: refusal(41_001) }, { kind: 'rejected', reason: 'scope_missing' }],
    ['access, with a token that is new', { status: 401, json: refusal(1003) }, { kind: 'rejected', reason: 'scope_missing' }],
    ['a dead token', { status: 401, json: unauthenticated }, { kind: 'unauthorised', connectionId: 'conn-1' }],
    ['a read-only field', { status: 403, json: refusal(1038) }, { kind: 'rejected', reason: 'errno 1038' }],
    ['something between us and it', { status: 403, text: '<html>' }, { kind: 'rejected', status: 403 }],
    ['an amount', { status: 422, json: refusal(1004, 'No.', 'amount') }, { kind: 'rejected', reason: 'errno 1004' }],
    ['a date in a closed period', { status: 422, json: refusal(1004, 'The period is closed.', 'date') }, { kind: 'rejected', reason: 'period_locked' }],
    ['a locked date', { status: 200, json: refusal(1004, 'Books are locked until 2026-10-31', 'date') }, { reason: 'period_locked' }],
    ['a date that does not exist', { status: 422, json: refusal(1033, 'Must be a date.', 'date') }, { reason: 'errno 1033' }],
    ['an invoice that is locked', { status: 422, json: refusal(1004, 'The invoice is locked.', 'invoiceid') }, { reason: 'errno 1004' }],
  ])('%s', async (_name, answer, failure) => {
    server.script(answer, answer);
    const expense = { amount: { minor: 1n, currency: 'GBP' }, categoryId: 1, staffId: 1, date: '2026-11-04' };
    const call = books.createExpense({ ...expense, vendor: 'v', notes: 'n' });
    const error = await call.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject(failure);
    if (!('reason' in failure)) expect(error).not.toHaveProperty('reason', 'scope_missing');
  });

  it('a journal entry dated into a closed period, in the ledger’s words', async () => {
    const message = 'The books are closed until 2026-10-31.';
    const details = [
      { reason: `userEnteredDate: ${message}`, metadata: { message, field: 'userEnteredDate' } },
    ];
    server.script({ status: 422, json: { errors: { message: 'failed', status: 422, details } } });
    await expect(books.createJournalEntry(ENTRY)).rejects.toMatchObject({ reason: 'period_locked' });
  });

  it('of payments, a 403 is what it was: no question of optional permission', async () => {
    server.script({ status: 403, json: refusal(1003) });
    await expect(books.listPayments('7')).rejects.toMatchObject({ kind: 'rejected', reason: 'errno 1003' });
  });
});
