import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { pageOf } from '../freshbooks/schema.ts';
import { inWords } from '../gocardless/request.ts';
import { oncePer } from './once.ts';

test('an answer is made once per object, whatever it is', () => {
  let made = 0;
  const of = oncePer((_key: object) => (made += 1));
  const [first, second] = [{}, {}];
  expect([of(first), of(first), of(second), of(first)]).toEqual([1, 1, 2, 1]);
});

test('the schema of a page is built once per kind of row and name', () => {
  const row = z.object({ id: z.string() });
  expect(pageOf('payments', row)).toBe(pageOf('payments', row));
  expect(pageOf('expenses', row)).not.toBe(pageOf('payments', row));
  expect(pageOf(['entries', 'rows'], row)).toBe(pageOf(['entries', 'rows'], row));
  expect(pageOf('payments', z.object({ id: z.string() }))).not.toBe(pageOf('payments', row));
});

test('a call is told in words with its secrets hidden', () => {
  const told = inWords('createDebit', { method: 'POST', path: '/payments', body: '{"iban":"GB33"}' });
  expect(told).toMatchObject({ write: true, request: 'POST /payments {"iban":"[hidden]"}' });
});
