/** The bank debit scheme a payer is asked for (gocardless.md 2.3). Left out, GoCardless would let the payer choose another currency. */
const DEBIT_SCHEME_OF: Readonly<Record<string, string>> = {
  AUD: 'becs',
  CAD: 'pad',
  DKK: 'betalingsservice',
  EUR: 'sepa_core',
  GBP: 'bacs',
  NZD: 'becs_nz',
  SEK: 'autogiro',
  USD: 'ach',
};

/** The scheme to request a mandate in; null when GoCardless debits no accounts in that currency. */
export function debitSchemeFor(currency: string): string | null {
  return (Object.hasOwn(DEBIT_SCHEME_OF, currency) ? DEBIT_SCHEME_OF[currency] : undefined) ?? null;
}
