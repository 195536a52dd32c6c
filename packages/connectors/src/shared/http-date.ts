/**
 * An HTTP date in ms since 1970; NaN for what is none. Of the three forms a recipient has to accept the oldest one does not
 * name its zone, which is UTC all the same (RFC 9110 5.6.7); read as it stands it would be the machine's.
 */
export function httpDateMs(text: string): number {
  const namesZone = /(GMT|UTC|Z|[+-]\d\d:?\d\d)$/i.test(text.trim());
  return Date.parse(namesZone ? text : `${text} GMT`);
}
