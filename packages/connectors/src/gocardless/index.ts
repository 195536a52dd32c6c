export { GOCARDLESS_ALLOWANCE, gocardlessDebits } from './connector.ts';
export type { GocardlessAccess } from './client.ts';
export { gocardlessPayouts } from './payouts.ts';
export { gocardlessEventSources } from './poll.ts';
export { gocardlessCreditorProblem, gocardlessPing } from './ping.ts';
export { gocardlessWebhook } from './webhook.ts';
