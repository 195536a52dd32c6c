export * from './freshbooks/index.ts';
export * from './gocardless/index.ts';
export * from './paypal/index.ts';
export * from './registry.ts';
