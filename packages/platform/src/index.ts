export * from './db/database.ts';
export * from './db/migrate.ts';
export * from './http/axios-client.ts';
export * from './lifecycle/system.ts';
export * from './http/rate-limiter.ts';
