/**
 * Accounts of the own ledger, named as hledger and ledger name them: the first word is the account's type, so that
 * their reports sort them by themselves (hledger manual, "Account types").
 */

/** Clients owe it: what was invoiced and is not paid. */
export const RECEIVABLES = 'assets:receivables';
/** The business's bank. */
export const BANK = 'assets:bank';
/** Money a provider brought that stands on no invoice of ours (yet). */
export const UNALLOCATED = 'liabilities:unallocated';
/** Where what had been under way before go-live comes from. */
export const OPENING = 'equity:opening';
/** Between two currencies, when a payout is exchanged on its way to the bank. */
export const CONVERSION = 'equity:conversion';

/** Money a provider holds for the business; one per provider, and each currency stands alone in it. */
export function clearingOf(provider: string): string {
  return `assets:clearing:${provider}`;
}

/** What a provider's fees cost. */
export function feesOf(provider: string): string {
  return `expenses:fees:${provider}`;
}
