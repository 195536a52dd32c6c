import { expect, test } from '@jest/globals';
import { FakeBooks } from '@mlc/testkit/fakes/fake-books';
import { FakeDebits } from '@mlc/testkit/fakes/fake-debits';
import { checkChoice } from './check-choice.ts';

function context() {
  const books = new FakeBooks();
  const debits = new FakeDebits();
  books.addInvoice('11', '7', { number: '0000002' });
  books.addInvoice('12', '7', { number: 'EUR-1', currency: 'EUR' });
  books.addInvoice('13', '7', { number: 'GONE', visibility: 'deleted' });
  books.addInvoice('14', '7', { number: '11' });
  debits.addCustomer('CU1', 'a@b.test');
  return { books, debits };
}

const match = (chosen: { invoiceId?: string; customerId?: string }) =>
  checkChoice(context(), { action: 'match', note: 'seen', by: 'cli', ...chosen }, 'GBP');

test.each([
  ['0000002', '11'],
  [' 0000002 ', '11'],
  ['14', '14'],
])('the invoice "%s" is the one with the id %s', async (said, id) => {
  expect(await match({ invoiceId: said })).toMatchObject({ invoiceId: id });
});

test.each([
  [{ invoiceId: '99' }, /no invoice with the number or id 99/],
  [{ invoiceId: 'EUR-1' }, /invoice EUR-1 is in EUR, the payment in GBP/],
  [{ invoiceId: 'GONE' }, /GONE was deleted/],
  [{ invoiceId: '11' }, /11 may mean several invoices: 11 \(id 14\), 0000002 \(id 11\)/],
  [{ customerId: 'CU9' }, /GoCardless has no customer CU9/],
])('%j is refused', async (chosen, why) => {
  await expect(match(chosen)).rejects.toThrow(why);
});

test('a customer that exists is taken', async () => {
  expect(await match({ customerId: 'CU1' })).toMatchObject({ customerId: 'CU1' });
});
