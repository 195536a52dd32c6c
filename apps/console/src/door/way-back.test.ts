import { expect, test } from '@jest/globals';
import { wayBack } from './way-back.ts';

test.each([
  ['/', '/'],
  ['/reviews/1?state=open', '/reviews/1?state=open'],
  ['//evil.test', '/'],
  ['/\\evil.test', '/'],
  ['/a\\b', '/'],
  ['https://evil.test', '/'],
  ['/sign-in?to=/x', '/'],
  ['/a b', '/'],
  [undefined, '/'],
  [['/a'], '/'],
])('%j leads to %s', (to, path) => {
  expect(wayBack(to)).toBe(path);
});
