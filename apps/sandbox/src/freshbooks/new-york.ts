const CLOCK_FACE = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Accounting datetimes are New York local time without an offset: `YYYY-MM-DD HH:MM:SS` (freshbooks.md 2.4). */
export function newYorkStamp(ms: number): string {
  const parts = Object.fromEntries(CLOCK_FACE.formatToParts(ms).map(({ type, value }) => [type, value]));
  const part = (name: string): string => parts[name] ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
}

/** The day in New York, `YYYY-MM-DD`. */
export function newYorkDay(ms: number): string {
  return newYorkStamp(ms).slice(0, 10);
}

/** UTC in the same notation: the form of a client's `signup_date`. */
export function utcStamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** A calendar date moved by whole days. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** True for an existing date written `YYYY-MM-DD`. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const ms = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value);
}
