import type { CashFlow } from '../../api/types.ts';
import { decimalOf } from '../../format/money.ts';

/** The days as CSV that no language or zone changes. */
export function csvOf(days: CashFlow['days']): string {
  const rows = days.map(({ date, currency, expectedMinor, arrivedMinor, debits, arrivals }) => [
    date,
    currency,
    decimalOf(expectedMinor, currency),
    decimalOf(arrivedMinor, currency),
    String(debits),
    String(arrivals),
  ]);
  const head = ['date', 'currency', 'expected', 'arrived', 'debits', 'arrivals'];
  return [head, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}
