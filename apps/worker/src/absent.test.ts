import { expect, test } from '@jest/globals';
import type { Books, Debits } from '@mlc/core';
import { absentConnection } from './absent.ts';

test('every call of a connection that is not there says so, whether awaited or iterated', async () => {
  const debits = absentConnection<Debits>('gocardless');
  const refused = { kind: 'unauthorised', provider: 'gocardless' };
  await expect(debits.getDebit('PM1')).rejects.toMatchObject({ ...refused, operation: 'getDebit' });
  const iterate = async (): Promise<void> => {
    for await (const _customer of debits.listCustomers(null)) throw new Error('there is none');
  };
  await expect(iterate()).rejects.toMatchObject(refused);
});

test('it is no promise itself and keeps what is known', async () => {
  const books = absentConnection<Books>('freshbooks', { accountId: '' });
  expect(books.accountId).toBe('');
  expect(await Promise.resolve(books)).toBe(books);
});
