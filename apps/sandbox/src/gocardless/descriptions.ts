/** Wordings by cause; GoCardless' own texts vary, nobody should read them by machine. */
const BY_CAUSE: Readonly<Record<string, string>> = {
  payment_created: 'Payment created.',
  payment_submitted: 'Payment submitted to the banks. As a result, it can no longer be cancelled.',
  payment_confirmed:
    'Enough time has passed since the payment was submitted for the banks to return an error, so this payment is now confirmed.',
  payment_paid_out: 'The payment has been paid out by GoCardless.',
  payment_cancelled: 'The payment was cancelled at your request.',
  payment_retried: 'An attempt to retry the payment was requested.',
  payment_autoretried: 'An attempt to automatically retry this payment was made.',
  refer_to_payer: "The customer's account had insufficient funds to make this payment.",
  insufficient_funds: "The customer's account had insufficient funds to make this payment.",
  bank_account_closed: "The customer's bank account is closed.",
  bank_account_transferred: "The customer's bank account has been transferred to a different bank.",
  invalid_bank_details: 'The specified bank details are incorrect.',
  authorisation_disputed: 'The customer disputes authorising this.',
  refund_requested: 'The customer has requested a refund of this payment from their bank.',
  test_failure: 'GoCardless has marked this payment as failed in sandbox to enable testing.',
  mandate_created: 'Mandate created via the API.',
  mandate_submitted: 'The mandate has been submitted to the banks, but has not been processed yet.',
  mandate_activated:
    'The time window after submission for the banks to refuse a mandate has ended without any errors being received, so this mandate is now active.',
  mandate_cancelled: 'The mandate was cancelled.',
  mandate_expired: 'The mandate has not been used for too long and has expired.',
  mandate_reinstated: 'The mandate has been reinstated.',
  scheme_identifier_changed: 'The scheme identifier changed; the mandate was replaced.',
  late_failure_settled: 'A late failure was debited from a payout.',
  chargeback_settled: 'A chargeback was debited from a payout.',
  payout_paid: "GoCardless has transferred the payout to the creditor's bank account.",
};

export function describeCause(resource: string, action: string, cause: string): string {
  return (
    BY_CAUSE[cause] ??
    `The ${resource.replaceAll('_', ' ').replace(/s$/, '')} was ${action.replaceAll('_', ' ')}.`
  );
}
