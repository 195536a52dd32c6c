import type { Log } from '@mlc/core';
import { type CallbackStores, expectHandshake } from '../connections/callbacks.ts';
import { systemClock } from '../clock/system.ts';
import { webhookUrl } from './webhook-urls.ts';

/** A callback as FreshBooks lists it. */
interface ListedCallback {
  readonly id: string;
  readonly uri: string;
  readonly verified: boolean;
}

/** What adopting callbacks needs. */
export interface OfferAdoption extends CallbackStores {
  /** The callbacks FreshBooks holds for this connection. Rejects with ConnectorError. */
  readonly listCallbacks: (connectionId: string) => Promise<readonly ListedCallback[]>;
  readonly publicUrl: string;
  readonly log: Log;
}

/** Posts are answered at once, so a callback not found within this time is not there. Bounds the calls a forger causes. */
const LOOK_FOR_MS = 60_000;

/**
 * Expects the handshake of callbacks that somebody made by hand at FreshBooks with an address of ours (`mlc apply`
 * prints them): their `callback.verify` came, and FreshBooks' own list shows them unverified at that address. What
 * nobody but the sender of the post knows of stays an offer. For the worker's schedule, before `completeHandshakes`.
 */
export async function adoptOffers(adoption: OfferAdoption): Promise<void> {
  const offers = await adoption.database.prisma.callback.findMany({
    where: { state: 'offered', updatedAt: { gt: new Date(systemClock.now().getTime() - LOOK_FOR_MS) } },
    select: { connectionId: true, callbackId: true, event: true },
  });
  for (const connectionId of new Set(offers.map((offer) => offer.connectionId))) {
    const listed = await adoption.listCallbacks(connectionId).catch((error: unknown) => {
      adoption.log.warn('FreshBooks callbacks not listed yet', { connectionId, error: String(error) });
      return [];
    });
    for (const offer of offers.filter((each) => each.connectionId === connectionId)) {
      const uri = webhookUrl(adoption.publicUrl, 'freshbooks', connectionId, offer.event);
      const isOurs = listed.some(
        (callback) => callback.id === offer.callbackId && !callback.verified && callback.uri === uri,
      );
      if (isOurs) await expectHandshake(adoption, offer);
    }
  }
}
