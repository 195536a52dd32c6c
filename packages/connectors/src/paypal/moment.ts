const SHAPE = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:?\d\d)$/i;

/**
 * A moment as PayPal writes it: `Z`, `.000Z`, `-07:00` and, in Transaction Search, `+0000` (paypal.md 7.12). RFC 3339 in
 * UTC; null for what names no moment, such as a time without a zone.
 */
export function momentFrom(text: string): string | null {
  const match = SHAPE.exec(text.trim());
  if (match === null) return null;
  const [, date = '', time = '', zone = ''] = match;
  const offset = /^z$/i.test(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const ms = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** To the second and with `Z`, as PayPal's parameters want it. */
export function toPaypalMoment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
