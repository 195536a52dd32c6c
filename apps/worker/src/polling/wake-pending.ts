import { WAITING_FOR_PENDING } from '@mlc/core';
import { storeFor } from '@mlc/platform';
import type { PollTarget } from '@mlc/platform/poll/runs';
import type { Polling } from './polling.ts';

/** Payments that were pending are looked at again with each run: no list may show that they ended. */
export async function wakePending(
  { database, clock }: Polling['runtime'],
  { businessId, provider }: PollTarget,
): Promise<void> {
  if (provider !== 'paypal') return;
  await storeFor(database, businessId, { clock }).transaction(async (tx) => {
    for (const waitingFor of await tx.events.awaited(WAITING_FOR_PENDING)) await tx.events.wake(waitingFor);
  });
}
