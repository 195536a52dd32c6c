import { setTimeout as pause } from 'node:timers/promises';
import { type Business, ConnectorError, lastDayOf, type ProviderProof } from '@mlc/core';
import { storeFor } from '@mlc/platform/store/store';
import { fetchProofs } from '@mlc/worker';
import { Problem } from '../../http/problem.ts';
import type { ApiParts } from '../parts.ts';

/** A person waits: longer than that they may come again. */
const WAIT_MS_MAX = 15_000;

/** What the providers' own records say about the end of the month. @throws Problem when one cannot be asked now */
export async function proofsOf(
  { connections, database, clock }: ApiParts,
  { business, month }: { readonly business: Business; readonly month: string },
): Promise<readonly ProviderProof[]> {
  const patience = async (ms: number): Promise<void> => {
    if (ms > WAIT_MS_MAX)
      throw new Problem('unavailable', 'A provider allows no more calls for now.', { retryAfterMs: ms });
    await pause(ms);
  };
  const store = storeFor(database, business.id, { clock });
  const proving = { ...(await connections().of(business.id)), clock, store, pause: patience };
  try {
    return await fetchProofs(proving, { lastDay: lastDayOf(month), goLive: business.policy.collectFrom });
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    throw new Problem('unavailable', `${error.provider} cannot be asked now: the month cannot be proven.`);
  }
}
