import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { canonicalJson, type PlainJson } from './canonical-json.ts';
import { storableText, toPlainJson } from './plain-json.ts';

const json = fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<PlainJson>;

/** The same value with the members of every object in another order. */
function reversed(value: PlainJson): PlainJson {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(reversed);
  const members = Object.entries(value).map(([key, member]) => [key, reversed(member)] as const);
  return Object.fromEntries(members.reverse());
}

describe('canonicalJson', () => {
  test.each<[PlainJson, string]>([
    [{ b: 1, a: [2, { d: null, c: true }] }, '{"a":[2,{"c":true,"d":null}],"b":1}'],
    [
      { '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude00': 4, '\u0080': 5 },
      '{"\\r":2,"1":3,"\u0080":5,"€":1,"😀":4}',
    ],
    ['quote " and \n', '"quote \\" and \\n"'],
    [1e21, '1e+21'],
    [-0, '0'],
    [[], '[]'],
    [{}, '{}'],
  ])('%j is written as %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test('is JSON that says the same', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('does not depend on the order of members', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  test('is the same again after reading it back', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text) as PlainJson)).toBe(text);
      }),
    );
  });

  test('has no spaces outside of texts', () => {
    const wordless = fc.jsonValue({ stringUnit: fc.constantFrom('a', 'b') }) as fc.Arbitrary<PlainJson>;
    fc.assert(
      fc.property(wordless, (value) => {
        expect(canonicalJson(value)).not.toMatch(/\s/);
      }),
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (value) => {
    expect(() => canonicalJson({ value })).toThrow(TypeError);
  });
});

describe('toPlainJson', () => {
  test('says in JSON what JSON cannot', () => {
    const value = {
      at: new Date(0),
      never: new Date(Number.NaN),
      pence: 1999n,
      huge: 2n ** 60n,
      gone: undefined,
      list: [undefined, () => 1, Number.NaN, -0],
      nul: 'a\u0000b',
      half: '\ud800',
      pair: '\ud83d\ude00',
    };
    expect(toPlainJson(value)).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      never: null,
      pence: 1999,
      huge: '1152921504606846976',
      list: [null, null, null, 0],
      nul: 'a\uFFFDb',
      half: '\uFFFD',
      pair: '😀',
    });
  });

  test('leaves plain JSON as it is, and what it made plain stays', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true }), (value) => {
        const plain = toPlainJson(value);
        expect(toPlainJson(plain)).toEqual(plain);
        expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
      }),
    );
  });

  test('texts Postgres can store stay untouched', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(storableText(text)).toBe(text);
      }),
    );
  });
});
