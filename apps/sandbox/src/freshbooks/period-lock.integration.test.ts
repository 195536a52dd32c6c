import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { PATHS, startStand } from './test-stand.ts';
import type { Stand } from './test-stand.ts';

let stand: Stand;

beforeEach(async () => {
  stand = await startStand();
});

afterEach(() => stand.sandbox.close());

const lock = (booksLockedUntil: string | null) =>
  stand.call('POST', '/_sandbox/scenarios/switches', { booksLockedUntil });
const refused = (field: string) => ({
  status: 422,
  body: { response: { errors: [{ errno: 1004, field, message: expect.stringContaining('closed period') }] } },
});

it('refuses payments and expenses of the closed period, to be made, changed or deleted', async () => {
  const { id: invoiceid } = stand.desk.createInvoice({ clientId: stand.clientId, amount: '20.00' });
  const payment = { invoiceid, amount: { amount: '5.00' }, date: '2026-02-28', type: 'Check' };
  const expense = { amount: { amount: '1.00', code: 'GBP' }, categoryid: 3_696_002, staffid: 1 };
  const made = await stand.call('POST', PATHS.payments, { payment });
  expect(made.status).toBe(200);
  await lock('2026-02-28');
  expect(await stand.call('POST', PATHS.payments, { payment })).toMatchObject(refused('date'));
  const { id } = stand.desk.payments()[0] ?? { id: 0 };
  for (const change of [{ vis_state: 1 }, { note: 'x' }])
    expect(await stand.call('PUT', `${PATHS.payments}/${id}`, { payment: change })).toMatchObject(
      refused('date'),
    );
  const expenses = `${PATHS.account}/expenses/expenses`;
  const early = { expense: { ...expense, date: '2026-02-01' } };
  expect(await stand.call('POST', expenses, early)).toMatchObject(refused('date'));
  const open = { expense: { ...expense, date: '2026-03-01' } };
  expect(await stand.call('POST', expenses, open)).toMatchObject({ status: 200 });
  expect(
    await stand.call('POST', PATHS.payments, { payment: { ...payment, date: '2026-03-01' } }),
  ).toMatchObject({ status: 200 });
  await lock(null);
  expect(await stand.call('POST', expenses, early)).toMatchObject({ status: 200 });
});

it('refuses journal entries of the closed period in the words of the ledger', async () => {
  await lock('2026-03-31');
  const accounts = [...stand.desk.books.chart.keys()];
  const detail = (index: number, type: string) => ({
    accountId: accounts[index],
    amount: { amount: 1, code: 'GBP' },
    type,
  });
  const entry = {
    manualJournalEntry: {
      name: 'Payout',
      userEnteredDate: { year: 2026, month: 3, day: 15 },
      details: [detail(0, 'TYPE_DEBIT'), detail(1, 'TYPE_CREDIT')],
    },
  };
  const version = { 'x-api-version': '2023-09-25' };
  expect(await stand.call('POST', `${PATHS.ledger}/journal_entries`, entry, version)).toMatchObject({
    status: 422,
    body: { errors: { details: [{ metadata: { field: 'userEnteredDate' } }] } },
  });
});

it('answers for journal entries outside the plan with status 200 and errors', async () => {
  stand.sandbox.freshbooks.switches.gated.push('journal_entries');
  const version = { 'x-api-version': '2023-09-25' };
  expect(await stand.call('GET', `${PATHS.ledger}/journal_entries`, undefined, version)).toMatchObject({
    status: 200,
    body: { errors: { details: [expect.anything()] } },
  });
});
