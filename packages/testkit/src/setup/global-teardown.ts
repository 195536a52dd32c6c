import type { TestPostgres } from './postgres-server.ts';

/** Jest's global tear-down. */
export default async function globalTeardown(): Promise<void> {
  const { mlcTestPostgres } = globalThis as unknown as { mlcTestPostgres?: TestPostgres };
  await mlcTestPostgres?.stop();
}
