/** The one currency each scheme collects (gocardless.md 2.3). */
const CURRENCY_OF: Readonly<Record<string, string>> = {
  ach: 'USD',
  autogiro: 'SEK',
  bacs: 'GBP',
  becs: 'AUD',
  becs_nz: 'NZD',
  betalingsservice: 'DKK',
  faster_payments: 'GBP',
  pad: 'CAD',
  pay_to: 'AUD',
  sepa_core: 'EUR',
  sepa_cor1: 'EUR',
};

/** The bank debit scheme a payer is asked for. Left out, GoCardless would let the payer choose another currency. */
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

/** The currency a scheme collects; '' for a scheme not known here, which no invoice's currency equals. */
export function currencyOfScheme(scheme: string): string {
  return (Object.hasOwn(CURRENCY_OF, scheme) ? CURRENCY_OF[scheme] : undefined) ?? '';
}

/** The scheme to request a mandate in; null when GoCardless debits no accounts in that currency. */
export function debitSchemeFor(currency: string): string | null {
  return (Object.hasOwn(DEBIT_SCHEME_OF, currency) ? DEBIT_SCHEME_OF[currency] : undefined) ?? null;
}
