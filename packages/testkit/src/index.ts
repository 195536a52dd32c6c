export * from './test-database.ts';
export * from './memory/memory-store.ts';
export * from './scripted-provider.ts';
export * from './fakes/fake-books.ts';
export * from './fakes/fake-captures.ts';
export * from './fakes/fake-debits.ts';
export * from './fakes/scripted.ts';
export * from './flow-world.ts';
