/** The moment now, for what is shown. */
export function now(): Date {
  return new Date();
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone, calendar: 'gregory' });
  formats.set(key, format);
  return format;
}

const DAY = { day: 'numeric', month: 'short' } as const;
const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** A moment in a zone: 12 Nov, 09:14; with the year when it is another than now. */
export function momentText(moment: Date, zone: string, at: Date = now()): string {
  const year = formatOf(zone, { year: 'numeric' });
  const isOther = year.format(moment) !== year.format(at);
  return formatOf(zone, { ...DAY, ...(isOther ? { year: 'numeric' } : {}), ...CLOCK }).format(moment);
}

/** A moment to the second, with the zone's name. */
export function exactText(moment: Date, zone: string): string {
  const options = { ...DAY, year: 'numeric', ...CLOCK, second: '2-digit', timeZoneName: 'short' } as const;
  return formatOf(zone, options).format(moment);
}

/** Hours and minutes. */
export function clockText(moment: Date, zone: string): string {
  return formatOf(zone, CLOCK).format(moment);
}

/** A calendar day (YYYY-MM-DD), which has no zone: 14 Oct 2026. */
export function dayText(day: string): string {
  return formatOf('UTC', { ...DAY, year: 'numeric' }).format(new Date(`${day}T00:00:00Z`));
}

/** A month (YYYY-MM): October 2026. */
export function monthText(month: string): string {
  return formatOf('UTC', { month: 'long', year: 'numeric' }).format(new Date(`${month}-01T00:00:00Z`));
}

const STEPS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
] as const;

/** How long ago, or how soon: 3 minutes ago. */
export function agoText(moment: Date, at: Date = now()): string {
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  let value = (moment.getTime() - at.getTime()) / 1_000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(Math.round(value)) < size) return format.format(Math.round(value), unit);
    value /= size;
  }
  return format.format(Math.round(value), 'year');
}
