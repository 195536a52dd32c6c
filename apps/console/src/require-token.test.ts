import { expect, test } from '@jest/globals';
import { presentedToken } from './require-token.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  ['Bearer abc', 'abc'],
  ['bearer abc', 'abc'],
  [basic('anyone:abc'), 'abc'],
  [basic(':a:b:c'), 'a:b:c'],
  ['Digest abc', null],
  ['', null],
  [undefined, null],
])('%s carries %s', (header, token) => {
  expect(presentedToken(header)).toBe(token);
});
