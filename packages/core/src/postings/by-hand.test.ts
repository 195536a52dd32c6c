import { expect, test } from '@jest/globals';
import { byHandNote, isByHand } from './by-hand.ts';

test.each([
  [byHandNote('booked twice'), true],
  [byHandNote(''), true],
  ['GoCardless PM1 late_failure · mlc:abc', false],
  ['PayPal by hand: no', false],
])('%s', (note, expected) => {
  expect(isByHand({ note })).toBe(expected);
});
