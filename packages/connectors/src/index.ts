export * from './freshbooks/index.ts';
export * from './gocardless/webhook.ts';
