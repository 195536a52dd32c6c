export * from './gocardless/webhook.ts';
