import type { Vault } from '../vault/vault.ts';
import { announceChange } from './connections.ts';
import type { Database, Executor } from '../postgres/database.ts';
import { systemClock } from '../clock/system.ts';

/** Where callbacks and their verifiers are kept. */
export interface CallbackStores {
  readonly database: Database;
  readonly vault: Vault;
}

/** One FreshBooks callback: `event` is what it subscribes to, `invoice.create` or a bare noun. */
export interface CallbackRef {
  readonly connectionId: string;
  /** FreshBooks' `callbackid`, digits. */
  readonly callbackId: string;
  readonly event: string;
}

/** Handshakes for callbacks we do not know (yet): so many are remembered per connection, for so long. */
export const OFFERS_MAX = 20;
export const OFFER_LIFETIME_MS = 60 * 60 * 1000;

/** The vault's name of a callback's verifier. */
export function verifierName(callbackId: string): string {
  return `verifier:${callbackId}`;
}

/**
 * Keeps the verifier of a `callback.verify` post. Anyone can send such a post (freshbooks.md 5.2), so it is used only
 * when we made that callback and it is still unverified; one that nobody knows is remembered for a while as `offered`,
 * because the post may overtake the recording of the callback. A verified callback's verifier is never overwritten.
 * Returns what became of it.
 */
export function offerVerifier(
  stores: CallbackStores,
  callback: CallbackRef,
  verifier: string,
): Promise<'kept' | 'ignored'> {
  return stores.database.transaction(async (tx) => {
    await lockCallbacks(tx, callback.connectionId);
    const state = await stateOf(tx, callback);
    if (state === 'verified') return 'ignored';
    if (state !== 'pending' && !(await rememberOffer(stores, tx, callback))) return 'ignored';
    await stores.vault.putSecret(tx, callback.connectionId, verifierName(callback.callbackId), verifier);
    return 'kept';
  });
}

/**
 * Records a callback that was just created at FreshBooks (or found there unverified), so that its handshake counts.
 * Returns its state now: `verified` when it had been verified before.
 */
export function expectHandshake(
  stores: CallbackStores,
  callback: CallbackRef,
): Promise<'pending' | 'verified'> {
  return stores.database.transaction(async (tx) => {
    await lockCallbacks(tx, callback.connectionId);
    if ((await stateOf(tx, callback)) === 'verified') return 'verified';
    await putCallback(tx, callback, 'pending');
    return 'pending';
  });
}

/**
 * The same for one that FreshBooks holds unverified whatever we know of it: nothing it posts counts until a verifier is
 * accepted again. The one we hold is tried first; FreshBooks may ask for another.
 */
export function expectHandshakeAgain(stores: CallbackStores, callback: CallbackRef): Promise<void> {
  return stores.database.transaction(async (tx) => {
    await lockCallbacks(tx, callback.connectionId);
    await putCallback(tx, callback, 'pending');
    await announceChange(tx, callback.connectionId);
  });
}

/** Records a callback whose verifier is known to be right: from the business file, or accepted by FreshBooks. */
export function trustCallback(
  stores: CallbackStores,
  callback: CallbackRef,
  verifier: string,
  within?: Executor,
): Promise<void> {
  const record = async (tx: Executor): Promise<void> => {
    await lockCallbacks(tx, callback.connectionId);
    await putCallback(tx, callback, 'verified');
    await stores.vault.putSecret(tx, callback.connectionId, verifierName(callback.callbackId), verifier);
    await announceChange(tx, callback.connectionId);
  };
  return within === undefined ? stores.database.transaction(record) : record(within);
}

/** Forgets a callback that is gone at FreshBooks. */
export function forgetCallback(
  stores: CallbackStores,
  callback: Pick<CallbackRef, 'connectionId' | 'callbackId'>,
): Promise<void> {
  return stores.database.transaction(async (tx) => {
    await lockCallbacks(tx, callback.connectionId);
    await removeCallback(stores, tx, callback);
    await announceChange(tx, callback.connectionId);
  });
}

/** One change at a time per connection; released with the transaction. */
async function lockCallbacks(tx: Executor, connectionId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`callbacks:${connectionId}`}, 0))`;
}

async function stateOf(tx: Executor, { connectionId, callbackId }: CallbackRef): Promise<string | null> {
  const row = await tx.callback.findUnique({
    where: { connectionId_callbackId: { connectionId, callbackId } },
    select: { state: true },
  });
  return row?.state ?? null;
}

async function putCallback(tx: Executor, callback: CallbackRef, state: string): Promise<void> {
  const { connectionId, callbackId, event } = callback;
  const changes = { event, state, updatedAt: systemClock.now() };
  await tx.callback.upsert({
    where: { connectionId_callbackId: { connectionId, callbackId } },
    create: { connectionId, callbackId, ...changes },
    update: changes,
  });
}

async function removeCallback(
  { vault }: CallbackStores,
  tx: Executor,
  { connectionId, callbackId }: Pick<CallbackRef, 'connectionId' | 'callbackId'>,
): Promise<void> {
  await vault.removeSecret(tx, connectionId, verifierName(callbackId));
  await tx.callback.deleteMany({ where: { connectionId, callbackId } });
}

/** False when this connection has been offered too many already. */
async function rememberOffer(stores: CallbackStores, tx: Executor, callback: CallbackRef): Promise<boolean> {
  const { connectionId, callbackId } = callback;
  const expired = await tx.callback.findMany({
    where: {
      connectionId,
      state: 'offered',
      updatedAt: { lt: new Date(systemClock.now().getTime() - OFFER_LIFETIME_MS) },
    },
  });
  for (const offer of expired) await removeCallback(stores, tx, offer);
  const others = await tx.callback.count({
    where: { connectionId, state: 'offered', callbackId: { not: callbackId } },
  });
  if (others >= OFFERS_MAX) return false;
  await putCallback(tx, callback, 'offered');
  return true;
}
