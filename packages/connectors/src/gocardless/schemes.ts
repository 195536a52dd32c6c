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

/** The currency a scheme collects; '' for a scheme not known here, which no invoice's currency equals. */
export function currencyOfScheme(scheme: string): string {
  return (Object.hasOwn(CURRENCY_OF, scheme) ? CURRENCY_OF[scheme] : undefined) ?? '';
}
