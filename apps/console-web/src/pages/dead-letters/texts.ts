/** What each kind of failure means for who reads it. */
export const FAILURES: Readonly<Record<string, string>> = {
  transient: 'A provider did not answer, again and again',
  'rate-limited': 'A provider asked to slow down, again and again',
  unauthorised: 'A provider refused our credentials',
  rejected: 'A provider refused what was asked',
  'not-ready': 'Something it needs was never there',
  conflict: 'It collided with something else',
  'outcome-unknown': 'It is not known whether it was done',
};

/** What each flow does. */
export const FLOWS: Readonly<Record<string, string>> = {
  'invoice-to-mandate': 'Collect an invoice',
  'payment-to-freshbooks': 'Book a debit',
  'payout-to-cashflow': 'Book a payout',
  'paypal-capture-to-freshbooks': 'Book a PayPal payment',
};
