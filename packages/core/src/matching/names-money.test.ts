import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { namesMoney } from './names-money.ts';

const entry = (facts: Partial<Parameters<typeof namesMoney>[0]>) => ({
  note: '',
  orderId: null,
  transactionId: null,
  ...facts,
});

test.each([
  ['a note that is the id', { note: 'PM00ABC' }, true],
  ['a note with the id in brackets', { note: 'Paid (PM00ABC), thanks.' }, true],
  ['behind a colon or a hash', { note: 'debit:#PM00ABC' }, true],
  ['typed in small letters', { note: 'gocardless pm00abc' }, true],
  ['our own note', { note: 'GoCardless PM00ABC · mlc:0123' }, true],
  ['a line of its own', { note: 'January\nPM00ABC\n' }, true],
  ['the order id', { orderId: 'PM00ABC' }, true],
  ['the transaction id', { transactionId: ' PM00ABC ' }, true],
  ['a longer id', { note: 'PM00ABCD' }, false],
  ['the end of a longer id', { note: 'XPM00ABC' }, false],
  ['another id', { note: 'PM00ABD', orderId: 'PM00' }, false],
  ['nothing', {}, false],
])('%s', (_what, facts, names) => {
  expect(namesMoney(entry(facts), 'PM00ABC')).toBe(names);
});

test('an empty id names nothing', () => {
  expect(namesMoney(entry({ note: 'anything' }), ' ')).toBe(false);
});

test('an id between two others is found, and no part of it', () => {
  const id = fc.stringMatching(/^[A-Z0-9]{3,12}$/);
  fc.assert(
    fc.property(id, id, id, (before, wanted, after) => {
      fc.pre(before !== wanted && after !== wanted);
      expect(namesMoney(entry({ note: `${before}, ${wanted} ${after}` }), wanted)).toBe(true);
      expect(namesMoney(entry({ note: `${before}${wanted}${after}` }), wanted)).toBe(false);
    }),
  );
});
