/** Money that is expected and that arrived within a span. */
export interface Span {
  /** First and last day, YYYY-MM-DD. */
  readonly from: string;
  readonly to: string;
  readonly expectedMinor: number;
  readonly arrivedMinor: number;
}

export type Day = Pick<Span, 'expectedMinor' | 'arrivedMinor'> & { readonly date: string };

const DAY_MS = 86_400_000;

/** The day so many days later. */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Longer spans are drawn with the days that have something only. */
const DAYS_MAX = 400;

/** Every day of a span, those with nothing too: a bar stands where its day is. */
export function everyDay(days: readonly Day[], from: string, to: string): Day[] {
  const known = new Map(days.map((day) => [day.date, day]));
  const all: Day[] = [];
  for (let date = from; date <= to; date = dayAfter(date, 1)) {
    if (all.length > DAYS_MAX) return [...days];
    all.push(known.get(date) ?? { date, expectedMinor: 0, arrivedMinor: 0 });
  }
  return all;
}

function mondayOf(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  const since = (day.getUTCDay() + 6) % 7;
  return new Date(day.getTime() - since * DAY_MS).toISOString().slice(0, 10);
}

/** Days as spans of one, or by the week where the screen is narrow. */
export function spansOf(days: readonly Day[], isByWeek: boolean): Span[] {
  const spans = new Map<string, Span>();
  for (const { date, expectedMinor, arrivedMinor } of days) {
    const key = isByWeek ? mondayOf(date) : date;
    const had = spans.get(key) ?? { from: date, to: date, expectedMinor: 0, arrivedMinor: 0 };
    spans.set(key, {
      from: had.from,
      to: date,
      expectedMinor: had.expectedMinor + expectedMinor,
      arrivedMinor: had.arrivedMinor + arrivedMinor,
    });
  }
  return [...spans.values()];
}

const STEPS = [1, 2, 5, 10];

/** A round amount not below the largest, at which the axis ends; at least 1. */
export function roundUp(largest: number): number {
  if (largest <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = STEPS.find((each) => each * power >= largest) ?? 10;
  return step * power;
}
