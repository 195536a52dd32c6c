/** What GoCardless says about one of its events (gocardless.md 2.12). */
export interface EventDetails {
  readonly origin: string | null;
  readonly cause: string | null;
  readonly description: string | null;
  readonly reason_code: string | null;
}

/** GoCardless' causes of a debit's end as the end of a sentence (gocardless.md, appendix A). The list is open. */
const WORDS: Readonly<Record<string, string>> = {
  account_blocked_for_any_financial_transaction: 'the bank account is blocked',
  authorisation_disputed: 'the payer disputes that they authorised it',
  bank_account_closed: 'the bank account was closed',
  bank_account_transferred: 'the bank account moved to another bank',
  bank_declined_payment: 'the bank declined it',
  customer_approval_denied: 'the payer did not approve it',
  daily_payment_limit_reached: 'the daily limit of the bank account was reached',
  direct_debit_not_enabled: 'the bank account does not take direct debits',
  initial_one_off_payment_failed: 'the first payment of the mandate failed',
  instalment_schedule_cancelled: 'its instalment schedule was cancelled',
  insufficient_funds: 'there was not enough money in the account',
  insufficient_payment_permissions: 'the bank account may not make such payments',
  invalid_bank_details: 'the bank details are not valid',
  mandate_cancelled: 'its mandate was cancelled',
  mandate_expired: 'its mandate expired',
  mandate_suspended_by_payer: 'the payer suspended its mandate',
  payment_cancelled: 'somebody cancelled it in the dashboard or through the API',
  payment_stopped: 'the payer stopped it',
  payment_violated_mandate_parameters: 'it is more than the mandate allows',
  refer_to_payer: 'the bank refers to the payer, usually for lack of money',
  refund_requested: 'the payer asked for the money back',
  return_on_odfi_request: 'the bank asked for it back',
  test_failure: 'it was failed as a test',
};

const BY_WHOM: Readonly<Record<string, string>> = {
  bank: 'says the bank',
  customer: 'by the payer',
  payer: 'by the payer',
};

/** Why it happened, in words and in GoCardless' own; undefined when it says nothing. */
export function whyOf({ origin, cause, description, reason_code: code }: EventDetails): string | undefined {
  const words = cause === null ? undefined : (WORDS[cause] ?? cause.replaceAll('_', ' '));
  const codes = [cause, code].filter((each) => each !== null).join(', ');
  const said = [
    words === undefined ? null : `${words}${codes === '' ? '' : ` (${codes}${byWhom(origin)})`}`,
    description === null || description.trim() === '' ? null : `GoCardless says: ${trimmed(description)}`,
  ].filter((each) => each !== null);
  return said.length === 0 ? undefined : said.join('. ');
}

function byWhom(origin: string | null): string {
  const words = origin === null ? undefined : BY_WHOM[origin];
  return words === undefined ? '' : `, ${words}`;
}

/** It becomes a part of our sentence. */
function trimmed(description: string): string {
  return description.trim().replace(/\.$/, '');
}
