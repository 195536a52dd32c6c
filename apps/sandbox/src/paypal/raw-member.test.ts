import { describe, expect, it } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { rawMember } from './raw-member.ts';

describe('rawMember', () => {
  it.each([
    ['{"a":1,"b":2}', '1'],
    ['{"b":2,"a" : {"x":[1,2,{"y":"}"}]} }', '{"x":[1,2,{"y":"}"}]}'],
    ['{"a":"te\\"xt, }","b":1}', '"te\\"xt, }"'],
    ['{"b":[],"a":1.0}', '1.0'],
    ['{"a":{},"b":1}', '{}'],
    ['{"a":[],"b":1}', '[]'],
    ['{"a":null}', 'null'],
    [' { "a" : true }', 'true'],
    ['{"\\u0061":3}', '3'],
    ['{"a":1,"a":2}', '2'],
    ['{"b":{"a":1}}', undefined],
    ['{}', undefined],
  ])('finds a in %s', (json, expected) => {
    expect(rawMember(json, 'a')).toBe(expected);
  });

  it('gives back any value as it was written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.constantFrom(0, 2), (value, other, spaces) => {
        const inner = JSON.stringify(value, null, spaces);
        const raw = rawMember(`{"other":${JSON.stringify(other)}, "event":${inner} ,"z":0}`, 'event');
        expect(raw).toBe(inner);
      }),
    );
  });
});
