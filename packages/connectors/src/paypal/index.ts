export { type PaypalAccount, paypalAccount } from './account.ts';
export { paypalCaptures, type PaypalCapturesOptions } from './captures.ts';
export { PAYPAL_ALLOWANCE, PAYPAL_API_URLS, type PaypalAccess } from './client.ts';
export { paypalEventSources, type PaypalLists } from './poll.ts';
export { paypalPing } from './ping.ts';
export { type PaypalApp, paypalTokens, type PaypalTokens } from './tokens.ts';
export { paypalEvents, paypalWebhook } from './webhook.ts';
export { askPaypal } from './webhook-postback.ts';
export {
  type EnsuredWebhook,
  PAYPAL_EVENT_TYPES,
  type PaypalWebhook,
  paypalWebhooks,
  type PaypalWebhooks,
} from './webhook-registration.ts';
export type { PaypalWebhookOptions, VerifyByPaypal } from './webhook-verification.ts';
