const SERVICES = 'https://uri.paypal.com/services';

/** Scopes the routes ask for (paypal.md 1.1). */
export const SCOPES = {
  payments: `${SERVICES}/payments/payment/authcapture`,
  refunds: `${SERVICES}/payments/refund`,
  search: `${SERVICES}/reporting/search/read`,
  balances: `${SERVICES}/reporting/balances/read`,
  webhooks: `${SERVICES}/applications/webhooks`,
  verification: `${SERVICES}/applications/verify-webhook-signature`,
  disputes: `${SERVICES}/disputes/read-seller`,
  subscriptions: `${SERVICES}/subscriptions`,
  invoicing: `${SERVICES}/invoicing`,
} as const;

/** What an app with every feature has. */
export const ALL_SCOPES: readonly string[] = [...Object.values(SCOPES), 'openid'];
