import { expect, test } from '@jest/globals';
import { causesOf } from './groups.ts';

const letter = (id: string, group: string) => ({
  id,
  group,
  flow: 'payout-to-cashflow',
  eventId: id,
  failureKind: 'transient',
  error: `payout ${id}: timeout`,
  attempts: 8,
  diedAt: '2026-10-01T08:00:00Z',
});

test('three hundred of one cause are one line, in the order of their newest', () => {
  const many = Array.from({ length: 300 }, (_, index) => letter(String(index), 'g1'));
  const causes = causesOf([letter('x', 'g2'), ...many]);
  expect(causes.map(({ key, letters }) => [key, letters.length])).toEqual([
    ['g2', 1],
    ['g1', 300],
  ]);
});
