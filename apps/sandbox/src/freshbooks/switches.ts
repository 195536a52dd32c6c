/** Features a customer's plan may lack: answered 200 with errors (freshbooks.md 2.5). */
export type GatedFeature =
  'items' | 'bills' | 'bill_vendors' | 'bill_payments' | 'other_income' | 'journal_entries';

/**
 * Behaviour that is undocumented, differs between accounts or was seen in two forms: set at creation and changeable at
 * any time. The defaults are the sandbox's assumption.
 */
export interface Switches {
  /** A refresh kills the access token before it at once. */
  oldAccessTokenDiesOnRefresh: boolean;
  /** Seconds an access token lives. */
  accessTokenSeconds: number;
  /** A refresh without `redirect_uri` is refused as invalid_client. */
  refreshNeedsRedirectUri: boolean;
  /** `created_at` of a refreshed token: now, or that of the first grant with `expires_in` less by what has passed. */
  createdAt: 'now' | 'first-grant';
  /** Features outside the plan. */
  gated: GatedFeature[];
  /** A payment on a draft is taken (and lifts it out of draft) or refused. */
  paymentOnDraft: 'accept' | 'reject';
  /** A payment in another currency than its invoice's. */
  foreignCurrency: 'reject' | 'ignore';
  /** Whether a deleted payment takes the overpayment credit made with it along. */
  overpaymentCreditOnDelete: 'keep' | 'delete';
  /** So many next creations of an invoice without a number lose the race for it: 409. */
  invoiceNumberCollisions: number;
  /** Recording, changing or deleting a payment also raises `invoice.update`. */
  paymentRaisesInvoiceUpdate: boolean;
  /** Writes through the API raise events as a person's do. */
  echoApiWrites: boolean;
  /**
   * The last day (YYYY-MM-DD) of the period that was closed in FreshBooks: payments, expenses and journal entries of that
   * day and earlier can be neither made nor changed nor deleted. Null: none. The real answer is not known.
   */
  booksLockedUntil: string | null;
  /** What `vis_state: 1` raises. */
  deletionRaises: 'delete' | 'update' | 'both';
  /** Rate headers, `Retry-After` among them, on successful answers too (recorded in 2019). */
  rateHeadersOnSuccess: boolean;
  /** Requests a minute and token before 429; null for no limit. */
  requestsPerMinute: number | null;
  /** users/me lists a business without books first and a role in somebody else's account. */
  decoyMemberships: boolean;
}

/** The sandbox's assumptions. */
export const DEFAULT_SWITCHES: Readonly<Switches> = {
  oldAccessTokenDiesOnRefresh: false,
  accessTokenSeconds: 43_200,
  refreshNeedsRedirectUri: true,
  createdAt: 'now',
  gated: ['items', 'bills', 'bill_vendors', 'bill_payments'],
  paymentOnDraft: 'accept',
  foreignCurrency: 'reject',
  overpaymentCreditOnDelete: 'keep',
  invoiceNumberCollisions: 0,
  paymentRaisesInvoiceUpdate: true,
  echoApiWrites: true,
  booksLockedUntil: null,
  deletionRaises: 'delete',
  rateHeadersOnSuccess: true,
  requestsPerMinute: null,
  decoyMemberships: true,
};
