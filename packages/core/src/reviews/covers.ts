/** How what an answer about entries that are gone from an invoice covers begins (`double_payment_risk` on the invoice). */
export const ENTRIES_GONE = 'entries gone: ';

/** What the answer covers by which a person lets an invoice be collected although its money, taken off by this reversal, waits. */
export function setAsideCovers(reversalKey: string): string {
  return `set aside: ${reversalKey}`;
}
