import { setTimeout as pause } from 'node:timers/promises';
import { type Business, ConnectorError, lastDayOf, type ProviderProof } from '@mlc/core';
import { storeFor } from '@mlc/platform/store/store';
import { fetchProofs } from '@mlc/worker';
import { type Call, RefusedError } from './shell.ts';
import type { OpenedProviders } from './with-providers.ts';

/**
 * What the providers' own records say about the end of the month; a provider that does not let us ask says so in its proof.
 * @throws RefusedError when one cannot be reached now: a report without its proof would be another one.
 */
export async function proofsOf(
  { shell }: Call,
  { runtime, connections }: OpenedProviders,
  { business, month }: { business: Business; month: string },
): Promise<readonly ProviderProof[]> {
  const { database, clock } = runtime;
  const proving = {
    ...(await connections.of(business.id)),
    clock,
    store: storeFor(database, business.id, { clock }),
    pause: async (ms: number) => {
      shell.err(`the rate limit asks to wait ${Math.ceil(ms / 1000)} s\n`);
      await pause(ms);
    },
  };
  try {
    return await fetchProofs(proving, { lastDay: lastDayOf(month), goLive: business.policy.collectFrom });
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    throw new RefusedError(
      `${error.message}; the clearing accounts cannot be proven now: try again later (mlc ping tries each connection, ` +
        '--unproven leaves the proof out)',
      { cause: error },
    );
  }
}
