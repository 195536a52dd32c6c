import { expect, test } from '@jest/globals';
import { whyOf } from './causes.ts';

const NOTHING = { origin: null, cause: null, description: null, reason_code: null };

test.each([
  [NOTHING, undefined],
  [
    {
      origin: 'bank',
      cause: 'bank_account_closed',
      description: "The customer's bank account has been closed.",
      reason_code: 'ARUDD-2',
    },
    "the bank account was closed (bank_account_closed, ARUDD-2, says the bank). GoCardless says: The customer's bank account has been closed",
  ],
  [
    { ...NOTHING, origin: 'api', cause: 'payment_cancelled' },
    'somebody cancelled it in the dashboard or through the API (payment_cancelled)',
  ],
  [
    { ...NOTHING, origin: 'customer', cause: 'customer_approval_denied' },
    'the payer did not approve it (customer_approval_denied, by the payer)',
  ],
  [{ ...NOTHING, cause: 'a_new_one' }, 'a new one (a_new_one)'],
  [{ ...NOTHING, description: 'Just so.' }, 'GoCardless says: Just so'],
])('%j', (details, words) => {
  expect(whyOf(details)).toBe(words);
});
