/** A moment FreshBooks wrote without its offset: during the hour repeated each autumn it can be either of two. */
export interface LooseMoment {
  readonly earliest: Date;
  readonly latest: Date;
}

const LOCAL = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?$/;
const HOUR_MS = 3_600_000;
/** New York is UTC−4 in summer and UTC−5 in winter. */
const OFFSETS_MS = [4 * HOUR_MS, 5 * HOUR_MS];

const newYork = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/**
 * Reads an accounting datetime, `2019-04-29 16:27:57` in New York local time (freshbooks.md 2.4), or an RFC 3339 one.
 * A local time skipped in spring is read as winter time. Null when it is neither.
 */
export function readMoment(text: string): LooseMoment | null {
  const local = LOCAL.exec(text);
  if (local === null) return readInstant(text);
  const wall = `${local[1] ?? ''} ${local[2] ?? ''}`;
  const asUtcMs = Date.parse(`${wall.replace(' ', 'T')}Z`);
  if (Number.isNaN(asUtcMs)) return null;
  const possible = OFFSETS_MS.map((offsetMs) => new Date(asUtcMs + offsetMs)).filter(
    (moment) => newYork.format(moment) === wall,
  );
  const skipped = new Date(asUtcMs + 5 * HOUR_MS);
  return { earliest: possible.at(0) ?? skipped, latest: possible.at(-1) ?? skipped };
}

function readInstant(text: string): LooseMoment | null {
  if (!/(Z|[+-]\d{2}:?\d{2})$/.test(text)) return null;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : { earliest: moment, latest: moment };
}
