import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { among, one, readSearch, withSearch, writeSearch } from './search.ts';

const searches = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,6}$/),
  fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
  { noNullPrototype: true },
);

test('an address brings back what was written into it', () => {
  fc.assert(
    fc.property(searches, (search) => {
      expect(readSearch(writeSearch(search))).toEqual(search);
    }),
  );
});

test('one state has one address', () => {
  expect(writeSearch({ b: ['2'], a: ['1', '3'] })).toBe('?a=1&a=3&b=2');
  expect(writeSearch({ a: ['1', '3'], b: ['2'] })).toBe('?a=1&a=3&b=2');
  expect(writeSearch({ a: [] })).toBe('');
});

test('a change takes away, adds and leaves the rest', () => {
  const search = readSearch('?state=open&kind=refund&kind=dispute&q=');
  expect(search).toEqual({ state: ['open'], kind: ['refund', 'dispute'] });
  expect(withSearch(search, { state: [], q: ['x'] })).toEqual({ kind: ['refund', 'dispute'], q: ['x'] });
  expect(one(search, 'kind')).toBe('refund');
});

test('values nobody knows are left out', () => {
  const search = readSearch('?kind=refund&kind=nonsense');
  expect(among(search, 'kind', ['refund', 'dispute'])).toEqual(['refund']);
  expect(among(search, 'kind', ['dispute'])).toBeUndefined();
});
