import { expect, test } from '@jest/globals';
import { causesOf, shapeOf } from './groups.ts';

const letter = (id: string, error: string, flow = 'payout-to-cashflow') => ({
  id,
  flow,
  eventId: id,
  failureKind: 'transient',
  error,
  attempts: 8,
  diedAt: '2026-10-01T08:00:00Z',
});

test('what differs from case to case is not part of a cause', () => {
  expect(shapeOf('payment PM0000A1 of "Acme" answered 503')).toBe(
    shapeOf('payment PM0000B2 of "Bcme" answered 503'),
  );
  expect(shapeOf('the mandate is cancelled')).not.toBe(shapeOf('the mandate is expired'));
});

test('three hundred of one cause are one line', () => {
  const many = Array.from({ length: 300 }, (_, index) =>
    letter(String(index), `invoice ${String(index)}: timeout`),
  );
  const causes = causesOf([...many, letter('x', 'invoice 1: timeout', 'invoice-to-mandate')]);
  expect(causes.map(({ letters }) => letters.length)).toEqual([300, 1]);
  expect(causes[0]?.newest.id).toBe('0');
});
