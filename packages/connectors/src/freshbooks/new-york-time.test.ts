import { describe, expect, it } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { readMoment } from './new-york-time.ts';

const iso = (text: string) => {
  const moment = readMoment(text);
  return moment === null ? null : [moment.earliest.toISOString(), moment.latest.toISOString()];
};
const once = (text: string) => [text, text];

describe('readMoment', () => {
  it.each([
    ['winter', '2019-01-29 16:27:57', once('2019-01-29T21:27:57.000Z')],
    ['summer', '2019-04-29 16:27:57', once('2019-04-29T20:27:57.000Z')],
    ['midnight', '2019-04-29 00:00:00', once('2019-04-29T04:00:00.000Z')],
    ['microseconds', '2021-04-16 10:31:58.480684', once('2021-04-16T14:31:58.000Z')],
    [
      'the hour that comes twice',
      '2026-11-01 01:30:00',
      ['2026-11-01T05:30:00.000Z', '2026-11-01T06:30:00.000Z'],
    ],
    ['just before it', '2026-11-01 00:59:59', once('2026-11-01T04:59:59.000Z')],
    ['just after it', '2026-11-01 02:00:00', once('2026-11-01T07:00:00.000Z')],
    ['the hour that never comes', '2026-03-08 02:30:00', once('2026-03-08T07:30:00.000Z')],
    ['RFC 3339', '2017-08-23T11:45:09Z', once('2017-08-23T11:45:09.000Z')],
    ['an offset', '2017-08-23T11:45:09+02:00', once('2017-08-23T09:45:09.000Z')],
  ])('%s', (_name, text, expected) => expect(iso(text)).toEqual(expected));

  it.each(['', 'soon', '2019-04-29', '2019-13-40 99:00:00', '2019-99-99T00:00:00Z'])(
    'refuses "%s"',
    (text) => {
      expect(readMoment(text)).toBeNull();
    },
  );

  it('holds the moment that New York wrote, and never more than an hour around it', () => {
    const writer = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const seconds = fc.integer({ min: Date.UTC(2015, 0) / 1000, max: Date.UTC(2040, 0) / 1000 });
    fc.assert(
      fc.property(seconds, (second) => {
        const read = readMoment(writer.format(new Date(second * 1000)));
        const [from, to] = [read?.earliest.getTime() ?? NaN, read?.latest.getTime() ?? NaN];
        return (from === second * 1000 || to === second * 1000) && to - from <= 3_600_000;
      }),
    );
  });
});
