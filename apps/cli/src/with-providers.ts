import type { Business } from '@mlc/core';
import { listBusinesses } from '@mlc/platform/set-up/businesses';
import { openRuntime, type Runtime } from '@mlc/platform/lifecycle/runtime';
import { type Connections, openConnections } from '@mlc/worker';
import { quietLog } from './quiet-log.ts';
import type { Call } from './shell.ts';
import { businessFilter, configOf } from './stores.ts';

/** What verbs that call providers have in their hands. */
export interface OpenedProviders {
  readonly runtime: Runtime;
  readonly connections: Connections;
}

const CONNECTIONS = 6;

/** Opens stores, vault and providers for the length of the work. */
export async function withProviders<T>(
  call: Call,
  work: (opened: OpenedProviders) => Promise<T>,
): Promise<T> {
  const options = { maxConnections: CONNECTIONS, log: quietLog };
  const runtime = await openRuntime(configOf(call), 'cli', options);
  const connections = openConnections(runtime);
  try {
    return await work({ runtime, connections });
  } finally {
    await connections.close();
    await runtime.close();
  }
}

/** The business of --business, else all of them. */
export async function chosenBusinesses(call: Call, { database }: Runtime): Promise<readonly Business[]> {
  const { businessId } = await businessFilter(call, database);
  const all = await listBusinesses(database.prisma);
  return businessId === undefined ? all : all.filter(({ id }) => id === businessId);
}
