import { addDays, addMonths, isDate } from './calendar.ts';
import { Fields, isObject } from './fields.ts';

/** One debit of an instalment schedule as it was asked for; the amount in minor units. */
export interface Instalment {
  readonly chargeDate: string | null;
  readonly amount: number;
  readonly description: string | null;
}

/** With dates: a list. With a schedule: `{start_date, interval, interval_unit, amounts}`. */
export function readInstalments(fields: Fields, given: unknown): Instalment[] {
  if (Array.isArray(given)) {
    return given.map((entry: unknown, index) => {
      const inner = new Fields(
        isObject(entry) ? entry : {},
        `/instalment_schedules/instalments/${index}`,
        fields,
      );
      const amount = inner.requiredInteger('amount');
      return { chargeDate: inner.date('charge_date'), amount, description: inner.text('description') };
    });
  }
  const inner = fields.inside('instalments');
  const amounts = inner.list('amounts');
  if (amounts === null) {
    fields.requiredText('instalments');
    return [];
  }
  return spread(inner, amounts.map(Number));
}

function spread(inner: Fields, amounts: readonly number[]): Instalment[] {
  const start = inner.date('start_date');
  const interval = inner.integer('interval') ?? 1;
  const unit = inner.oneOf('interval_unit', ['weekly', 'monthly', 'yearly'] as const) ?? 'monthly';
  const dateOf = (index: number): string | null => {
    if (start === null || !isDate(start)) return null;
    if (unit === 'weekly') return addDays(start, 7 * interval * index);
    return addMonths(start, (unit === 'yearly' ? 12 : 1) * interval * index);
  };
  return amounts.map((amount, index) => ({ chargeDate: dateOf(index), amount, description: null }));
}
