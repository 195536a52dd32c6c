import { ConnectorError, type Log } from '@mlc/core';
import { type CallbackRef, type CallbackStores, trustCallback, verifierName } from './callbacks.ts';

/** What completing handshakes needs. */
export interface HandshakeCompletion extends CallbackStores {
  /**
   * Sends the verifier back to FreshBooks (`PUT …/callbacks/{id}`, freshbooks.md 5.1).
   * @throws ConnectorError; kind `rejected` when FreshBooks says the verifier is not the one it sent.
   */
  readonly verify: (connectionId: string, callbackId: string, verifier: string) => Promise<void>;
  readonly log: Log;
  /** Only this connection's; all when left out. */
  readonly connectionId?: string;
}

/** Most handshakes completed in one go. */
const HANDSHAKES_MAX = 100;

/**
 * Sends back the verifiers that have come for our pending callbacks and marks them verified; from then on they are keys.
 * For the worker's schedule and for `mlc webhooks register`; repeating it is harmless. Returns the callbacks verified
 * now. A failure keeps its callback pending and is logged; a verifier that FreshBooks rejects is dropped, so that a
 * resent one can take its place.
 */
export async function completeHandshakes(completion: HandshakeCompletion): Promise<readonly CallbackRef[]> {
  const { connectionId } = completion;
  const pending = await completion.database.prisma.callback.findMany({
    where: { state: 'pending', ...(connectionId === undefined ? {} : { connectionId }) },
    select: { connectionId: true, callbackId: true, event: true },
    orderBy: { updatedAt: 'asc' },
    take: HANDSHAKES_MAX,
  });
  const verified: CallbackRef[] = [];
  for (const callback of pending) if (await complete(completion, callback)) verified.push(callback);
  return verified;
}

/** True when the callback is verified now. */
async function complete(completion: HandshakeCompletion, callback: CallbackRef): Promise<boolean> {
  const { connectionId, callbackId } = callback;
  const verifier = await completion.vault.getSecret(
    completion.database.prisma,
    connectionId,
    verifierName(callbackId),
  );
  if (verifier === null) return false;
  try {
    await completion.verify(connectionId, callbackId, verifier);
    // With the verifier FreshBooks accepted, even if another post has overwritten it meanwhile.
    await trustCallback(completion, callback, verifier);
    completion.log.info('FreshBooks callback verified', { ...callback });
    return true;
  } catch (error) {
    completion.log.warn('FreshBooks callback not verified yet', { ...callback, error: String(error) });
    if (error instanceof ConnectorError && error.kind === 'rejected')
      await dropVerifier(completion, callback, verifier);
    return false;
  }
}

/** Unless another post has brought a different one meanwhile. */
async function dropVerifier(stores: CallbackStores, callback: CallbackRef, rejected: string): Promise<void> {
  const name = verifierName(callback.callbackId);
  await stores.database.transaction(async (tx) => {
    const current = await stores.vault.getSecret(tx, callback.connectionId, name);
    if (current === rejected) await stores.vault.removeSecret(tx, callback.connectionId, name);
  });
}
