const SECOND_MS = 1000;
const PACIFIC_OFFSET_MS = 7 * 3_600_000;

/** PayPal writes time in five ways (paypal.md 7.12); `at` is milliseconds since 1970. */

/** `2022-08-23T18:29:50Z`: captures, orders. */
export function seconds(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** `2022-08-23T18:29:50.123Z`: events, disputes. */
export function millis(at: number): string {
  return new Date(at).toISOString();
}

/** `2018-08-15T12:13:29-07:00`: refunds, all year round. */
export function pacific(at: number): string {
  return seconds(at - PACIFIC_OFFSET_MS).replace('Z', '-07:00');
}

/** `2014-07-11T04:03:52+0000`, without the colon its own specification demands: Transaction Search. */
export function compact(at: number): string {
  return seconds(at).replace('Z', '+0000');
}

/** `2017-08-31 10:46:54 PDT`: invoices of v1. */
export function spoken(at: number): string {
  return `${seconds(at - PACIFIC_OFFSET_MS)
    .replace('T', ' ')
    .replace('Z', '')} PDT`;
}

/** Whole seconds: what is compared is what was written. */
export function wholeSecond(at: number): number {
  return Math.floor(at / SECOND_MS) * SECOND_MS;
}

/** Reads RFC 3339 with seconds, the colon of the offset may be missing; undefined when it is anything else. */
export function readTime(text: string): number | undefined {
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?:Z|([+-]\d{2}):?(\d{2}))$/i.exec(text);
  if (parts === null) return undefined;
  const [, local = '', hours, minutes] = parts;
  const at = Date.parse(`${local}${hours === undefined ? 'Z' : `${hours}:${minutes ?? '00'}`}`);
  return Number.isNaN(at) ? undefined : at;
}
