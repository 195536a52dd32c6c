import type { ReviewKind } from '../../api/types.ts';

/** The question each kind asks. */
export const QUESTIONS: Readonly<Record<ReviewKind, string>> = {
  no_mandate: 'No mandate to collect with',
  not_collected: 'A debit came to nothing',
  ambiguous_customer: 'Which customer is this client?',
  mandate_limit: 'More than the mandate allows',
  limit: 'More than your limits allow',
  currency_mismatch: 'Another currency than the invoice',
  unmatched_payment: 'Which invoice is this money for?',
  ambiguous_match: 'Several invoices fit this money',
  amount_mismatch: 'An amount does not fit any more',
  overpayment: 'More came than is outstanding',
  invoice_missing: 'The invoice was deleted',
  refund: 'Money was given back',
  dispute: 'A payer complained',
  chargeback: 'The bank took booked money back',
  late_failure: 'A debit failed after it was booked',
  double_payment_risk: 'It may be paid twice',
  payout_unexplained: 'A payout holds money that is not explained',
  reauthorise: 'A provider refuses us',
  period_locked: 'FreshBooks keeps the month closed',
  unreadable_event: 'An event cannot be read',
  webhooks_silent: 'Webhooks do not arrive',
};
