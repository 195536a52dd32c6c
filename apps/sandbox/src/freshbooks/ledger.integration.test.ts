import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PATHS, startStand } from './test-stand.ts';
import type { Stand } from './test-stand.ts';

let stand: Stand;

beforeEach(async () => {
  stand = await startStand();
});

afterEach(() => stand.sandbox.close());

describe('the ledger', () => {
  const version = { 'x-api-version': '2023-09-25' };
  const account = (name: string): string => {
    const found = [...stand.desk.books.chart.values()].find((row) => row.name === name);
    if (found === undefined) throw new Error(`the chart has no ${name}`);
    return found.uuid;
  };
  const side = (name: string, amount: number, type: string): object => ({
    accountId: account(name),
    amount: { amount, code: 'GBP' },
    type,
  });
  const entry = (credit: number): object => ({
    manualJournalEntry: {
      name: 'Payout PO1',
      journalEntryNumber: 'PO1',
      userEnteredDate: { year: 2026, month: 3, day: 15 },
      details: [side('Bank', 97.5, 'TYPE_DEBIT'), side('GoCardless Clearing', credit, 'TYPE_CREDIT')],
    },
  });

  it('books a journal entry under the version header and shows it in the chart', async () => {
    expect(await stand.call('POST', `${PATHS.ledger}/journal_entries`, entry(97.5))).toMatchObject({
      status: 400,
      body: { errors: { status: 400, details: [{ metadata: { field: 'x-api-version' } }] } },
    });
    const booked = await stand.call('POST', `${PATHS.ledger}/journal_entries`, entry(97.5), version);
    expect(booked).toMatchObject({ status: 201, body: { data: { journalEntryNumber: 'PO1' } } });
    const listed = await stand.call('GET', `${PATHS.ledger}/journal_entries`, undefined, version);
    expect(listed.body).toMatchObject({ data: [{ name: 'Payout PO1' }], meta: { total: 1 } });
    const chart = await stand.call('GET', `${PATHS.ledger}/reports/chart_of_accounts?account_type=asset`);
    const bank = expect.objectContaining({ account_name: 'Bank', balance: '97.500' }) as unknown;
    const cash = expect.objectContaining({
      account_name: 'Cash',
      sub_accounts: expect.arrayContaining([bank]) as unknown,
    });
    expect(chart.body).toMatchObject({
      response: { result: { journal_entry_accounts: expect.arrayContaining([cash]) } },
    });
    expect(await stand.call('PUT', `${PATHS.ledger}/journal_entries/1`, entry(97.5), version)).toMatchObject({
      status: 405,
    });
  });

  it('refuses sides that are not equal', async () => {
    const answer = await stand.call('POST', `${PATHS.ledger}/journal_entries`, entry(97.51), version);
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: { details: [{ metadata: { field: 'details' } }] } },
    });
    expect(stand.desk.journal()).toEqual([]);
  });

  it('adds a sub-account', async () => {
    const body = { name: 'Clearing EUR', sub_type: 'Cash & Bank', parent_account: account('Cash') };
    const created = await stand.call('POST', `${PATHS.ledger}/ledger_accounts/accounts`, body);
    expect(created).toMatchObject({ status: 201, body: { data: { name: 'Clearing EUR', type: 'asset' } } });
    const { uuid } = (created.body as { data: { uuid: string } }).data;
    expect(await stand.call('GET', `${PATHS.ledger}/ledger_accounts/accounts/${uuid}`)).toMatchObject({
      status: 200,
    });
    expect(await stand.call('POST', `${PATHS.ledger}/ledger_accounts/accounts`, {})).toMatchObject({
      body: { errors: { details: [{ reason: "name: 'name' is a required field." }] } },
    });
  });
});
