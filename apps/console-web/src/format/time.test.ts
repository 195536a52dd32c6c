import { expect, test } from '@jest/globals';
import { agoText, clockText, dayText, exactText, momentText, monthText } from './time.ts';

const at = new Date('2026-11-12T12:00:00Z');

test.each([
  ['2026-11-12T11:59:57Z', '3 seconds ago'],
  ['2026-11-12T11:20:00Z', '40 minutes ago'],
  ['2026-11-11T12:00:00Z', 'yesterday'],
  ['2026-11-12T15:00:00Z', 'in 3 hours'],
  ['2024-11-12T12:00:00Z', '2 years ago'],
])('%s is %s', (moment, text) => {
  expect(agoText(new Date(moment), at)).toBe(text);
});

test('a moment is shown in the zone of the business, whatever the machine says', () => {
  const moment = new Date('2026-11-12T23:30:00Z');
  expect(clockText(moment, 'Europe/Berlin')).toBe('00:30');
  expect(momentText(moment, 'Europe/Berlin', at)).toContain('13');
  expect(momentText(moment, 'Europe/Berlin', at)).not.toContain('2026');
  expect(momentText(new Date('2025-01-02T10:00:00Z'), 'UTC', at)).toContain('2025');
  expect(exactText(moment, 'Europe/London')).toContain('23:30:00');
});

test('a day has no zone', () => {
  expect(dayText('2026-10-14')).toContain('14');
  expect(monthText('2026-10')).toBe('October 2026');
});
