import type { ConnectorError } from '@mlc/core';
import { storeFor } from '@mlc/platform';
import type { PollTarget } from '@mlc/platform/poll/runs';
import type { Polling } from './polling.ts';

/** Credentials that stopped working show here first when nothing else happens. One open question per connection. */
export async function askToReauthorise(
  { database, clock }: Polling['runtime'],
  { businessId, provider, connectionId }: PollTarget,
  failure: ConnectorError,
): Promise<void> {
  const subject = { provider, type: 'connection', id: connectionId };
  await storeFor(database, businessId, { clock }).transaction(async (tx) => {
    const open = await tx.reviews.openOn(subject);
    if (open.some(({ kind }) => kind === 'reauthorise')) return;
    await tx.reviews.open({
      kind: 'reauthorise',
      subject,
      amount: null,
      reasons: [
        `${provider} no longer accepts our credentials: ${failure.message}`,
        'Connect it again; what waits for it then runs by itself.',
      ],
      candidates: [],
      eventId: null,
    });
  });
}
