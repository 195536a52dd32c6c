import { freshbooksWebhook, readHandshake } from '@mlc/connectors';
import type { Delivery } from '@mlc/core';
import { type CallbackStores, offerVerifier } from '@mlc/platform/connections/callbacks';
import type { WebhookConnection } from '@mlc/platform/connections/connection-cache';
import { withinMs } from '@mlc/platform/clock/within-ms';
import { accepted, type Answer, INVALID_SIGNATURE } from './answers.ts';

/** The one thing the ingress writes for a sender it cannot authenticate, so not many at once. */
const HANDSHAKES_AT_ONCE_MAX = 8;
const WRITE_MS_MAX = 4_000;
/** Longer ones are nobody's: FreshBooks' are 33 characters (freshbooks.md 5.2). */
const VERIFIER_LENGTH_MAX = 200;
const MARK = 'callback.verify';

/**
 * Answers FreshBooks' `callback.verify`. It is signed with the verifier it carries, which proves only that it is whole;
 * the verifier is kept, not used (see `offerVerifier`), and sent back in the background (`completeHandshakes`).
 */
export function handshakes(
  stores: CallbackStores,
  noteRefusal: (connection: WebhookConnection, why: string) => void,
): (connection: WebhookConnection, delivery: Delivery) => Promise<Answer> | null {
  let inHand = 0;
  return (connection, delivery) => {
    if (connection.provider !== 'freshbooks') return null;
    if (!Buffer.from(delivery.rawBody).includes(MARK)) return null;
    const handshake = readHandshake(delivery.rawBody);
    if (handshake === null || handshake.verifier.length > VERIFIER_LENGTH_MAX) return null;
    if (inHand >= HANDSHAKES_AT_ONCE_MAX)
      return Promise.reject(new Error('too many FreshBooks handshakes at once'));
    inHand += 1;
    return keep(stores, connection, delivery, handshake)
      .then((isKept) => {
        if (!isKept) noteRefusal(connection, 'a handshake that its own verifier did not sign');
        return isKept ? accepted({ accepted: 0, duplicates: 0 }) : INVALID_SIGNATURE;
      })
      .finally(() => (inHand -= 1));
  };
}

/** False when the post is not signed with the verifier it carries. */
async function keep(
  stores: CallbackStores,
  { connectionId }: WebhookConnection,
  delivery: Delivery,
  handshake: { readonly callbackId: string; readonly verifier: string },
): Promise<boolean> {
  const verification = await freshbooksWebhook.verify(delivery, [handshake.verifier]);
  if (!verification.ok) return false;
  const callback = { connectionId, callbackId: handshake.callbackId, event: delivery.pathEvent };
  await withinMs(offerVerifier(stores, callback, handshake.verifier), WRITE_MS_MAX);
  return true;
}
