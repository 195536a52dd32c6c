const TENTHS = /^(-?)(\d{1,15})(?:\.(\d))?$/;

/**
 * Reads a payout item's amount, `"-26.4"`: minor units with one decimal (gocardless.md 2.11), as whole tenths: -264n. Null
 * for anything else.
 */
export function tenthsFromText(text: string): bigint | null {
  const match = TENTHS.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', tenth = '0'] = match;
  const tenths = BigInt(whole) * 10n + BigInt(tenth);
  return sign === '-' ? -tenths : tenths;
}

/** Whole minor units nearest to these tenths; a half goes away from zero. */
export function minorFromTenths(tenths: bigint): bigint {
  const half = tenths < 0n ? -5n : 5n;
  return (tenths + half) / 10n;
}
