import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Books, NewBookExpense } from '@mlc/core';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform/http/axios-client';
import { SANDBOX_BUSINESS, type Sandbox, SandboxClock, startSandbox } from '@mlc/sandbox';
import { freshbooksBooks } from './books.ts';

let sandbox: Sandbox;
let http: ClosableHttpClient;
let books: Books;

/** The books as somebody with these scopes sees them; all of them when none are named. */
function open(scopes?: readonly string[]): Books {
  const token = () => sandbox.freshbooks.seedTokens(scopes === undefined ? {} : { scopes }).access_token;
  return freshbooksBooks({
    http,
    limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
    tokens: { current: () => Promise.resolve(token()), replacing: () => Promise.resolve(token()) },
    apiUrl: sandbox.urls.freshbooks,
    accountId: SANDBOX_BUSINESS.accountId,
    businessUuid: SANDBOX_BUSINESS.businessUuid,
    connectionId: 'conn-1',
    clock: sandbox.clock,
  });
}

beforeAll(async () => {
  const clock = new SandboxClock({ start: new Date('2026-11-02T09:00:00Z') });
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0, clock });
  http = createHttpClient({ version: 'test', retryBaseMs: 1 });
});
beforeEach(() => {
  const { switches } = sandbox.freshbooks;
  switches.booksLockedUntil = null;
  switches.gated = [];
  books = open();
});
afterAll(async () => {
  http.close();
  await sandbox.close();
});

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });

async function fee(): Promise<NewBookExpense> {
  const [category] = (await books.listExpenseCategories()).filter(({ name }) => name === 'Bank Fees');
  const [owner] = await books.listStaff();
  return {
    amount: gbp(250n),
    categoryId: category?.id ?? 0,
    staffId: owner?.id ?? 0,
    date: '2026-11-01',
    vendor: 'GoCardless',
    notes: 'fees · mlc:k1',
  };
}

async function entry(number: string, date = '2026-11-01') {
  const accounts = await books.listLedgerAccounts();
  const uuid = (wanted: string) => accounts.find(({ name }) => name === wanted)?.uuid ?? '';
  return {
    number,
    name: 'GoCardless payout',
    description: 'sums',
    date,
    lines: [
      { accountUuid: uuid('Bank'), side: 'debit' as const, amount: gbp(9_750n) },
      { accountUuid: uuid('Payment Processing Fees'), side: 'debit' as const, amount: gbp(250n) },
      { accountUuid: uuid('GoCardless Clearing'), side: 'credit' as const, amount: gbp(10_000n) },
    ],
  };
}

describe('expenses', () => {
  it('are booked on what is looked up, found again, and taken back once', async () => {
    expect(await books.listStaff()).toEqual([{ id: 1, name: 'Sandbox Owner', isOwner: true }]);
    const expense = await books.createExpense(await fee());
    expect(await books.listExpenses('GoCardless', '2026-11-01')).toMatchObject([
      { id: expense.id, amount: gbp(250n), notes: 'fees · mlc:k1' },
    ]);
    await books.deleteExpense(expense.id);
    await books.deleteExpense(expense.id);
    expect(await books.listExpenses('GoCardless', '2026-11-01')).toEqual([]);
  });

  it('without their scope are refused, and no token is thought dead for it', async () => {
    const poor = open(['user:invoices:read', 'user:payments:write']);
    const refusal = { kind: 'rejected', reason: 'scope_missing', status: 403 };
    await expect(poor.createExpense(await fee())).rejects.toMatchObject(refusal);
    await expect(poor.listExpenses('GoCardless', '2026-11-01')).rejects.toMatchObject(refusal);
    await expect(poor.listExpenseCategories()).rejects.toMatchObject(refusal);
  });
});

describe('journal entries', () => {
  it('stand on accounts of the chart and are all found by their number on any page', async () => {
    const booked = await books.createJournalEntry(await entry('MLC-PO1'));
    for (let other = 0; other < 120; other += 1)
      await books.createJournalEntry(await entry(`OTHER-${other}`));
    const again = await books.createJournalEntry(await entry('MLC-PO1'));
    const late = await books.createJournalEntry(await entry('MLC-PO2'));
    expect(booked.id).not.toBe('MLC-PO1');
    expect(await books.listJournalEntries('MLC-PO1')).toEqual([booked, again]);
    expect(await books.listJournalEntries('MLC-PO2')).toEqual([late]);
    expect(await books.listJournalEntries('MLC-PO')).toEqual([]);
    expect(sandbox.freshbooks.desk().books.journal[0]).toMatchObject({
      number: 'MLC-PO1',
      date: '2026-11-01',
      sides: [
        { type: 'TYPE_DEBIT', amount: 9_750n },
        { type: 'TYPE_DEBIT', amount: 250n },
        { type: 'TYPE_CREDIT', amount: 10_000n },
      ],
    });
  });

  it('without scope or plan are refused', async () => {
    const wanted = await entry('MLC-PO3');
    const refusal = { kind: 'rejected', reason: 'scope_missing' };
    await expect(open(['user:expenses:write']).createJournalEntry(wanted)).rejects.toMatchObject(refusal);
    sandbox.freshbooks.switches.gated = ['journal_entries'];
    await expect(books.createJournalEntry(wanted)).rejects.toMatchObject({ ...refusal, status: 200 });
    await expect(books.listJournalEntries('MLC-PO3')).rejects.toMatchObject(refusal);
  });
});

it('a month that was closed in FreshBooks takes no payment, expense or journal entry', async () => {
  const wanted = { ...(await fee()), date: '2026-10-31' };
  const journal = await entry('MLC-PO4', '2026-10-31');
  const early = await books.createExpense(wanted);
  const desk = sandbox.freshbooks.desk();
  const { id: clientId } = desk.createClient({ email: 'a@client.test' });
  const { id } = desk.createInvoice({ clientId, amount: '10.00' });
  const payment = { invoiceId: String(id), amount: gbp(500n), type: 'PayPal' as const, note: 'n' };
  const booked = await books.createPayment({ ...payment, date: '2026-10-31' });
  sandbox.freshbooks.switches.booksLockedUntil = '2026-10-31';
  const locked = { kind: 'rejected', reason: 'period_locked' };
  await expect(books.createExpense(wanted)).rejects.toMatchObject(locked);
  await expect(books.deleteExpense(early.id)).rejects.toMatchObject(locked);
  await expect(books.createJournalEntry(journal)).rejects.toMatchObject(locked);
  await expect(books.createPayment({ ...payment, date: '2026-10-31' })).rejects.toMatchObject(locked);
  await expect(books.deletePayment(booked.id)).rejects.toMatchObject(locked);
  await books.createPayment({ ...payment, date: '2026-11-01' });
});
