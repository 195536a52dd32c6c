export * from './db/database.ts';
export * from './db/migrate.ts';
export * from './lifecycle/system.ts';
