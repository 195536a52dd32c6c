import type { Clock } from '@mlc/core';
import type { Database, Executor } from '../postgres/database.ts';
import type { KnownSecrets } from '../logging/known-secrets.ts';
import { newDataKey, seal, unseal } from './envelope.ts';
import { rotateSecrets, type Rotation, type WrappedKey } from './rotate.ts';
import type { VaultKey } from '../config/vault-keys.ts';
import { systemClock } from '../clock/system.ts';

/** A secret cannot be opened. The message names the secret and the key, never their content. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

/**
 * Secrets at rest (design section 10). Names in use: `tokens`, `access-token`, `webhook-secrets`, `client-secret`,
 * `verifier:<callbackId>`. Plain text lives in memory only, as short as possible.
 */
export interface Vault {
  /** The key that wraps what is written now. */
  readonly activeKeyId: string;
  /** Stores or replaces one secret, under a data key of its own. */
  putSecret(executor: Executor, connectionId: string, name: string, plaintext: string): Promise<void>;
  /** The plain text, or null when there is no such secret. @throws VaultError when it cannot be opened. */
  getSecret(executor: Executor, connectionId: string, name: string): Promise<string | null>;
  removeSecret(executor: Executor, connectionId: string, name: string): Promise<void>;
  /** Wraps every data key under the active master key; see `rotateSecrets`. */
  rotate(database: Database, clock: Clock): Promise<Rotation>;
}

/** Ties ciphertext to its row: moved to another connection or name it no longer opens. */
function contextOf(connectionId: string, name: string): string {
  return JSON.stringify([connectionId, name]);
}

/**
 * Opens the vault with its master keys: the first encrypts, all decrypt. Whatever passes through in plain text is
 * remembered in `known`, so that the log can blank it.
 */
export function openVault(keys: readonly VaultKey[], known?: KnownSecrets): Vault {
  const [active] = keys;
  if (active === undefined) throw new VaultError('the vault has no key: set MLC_VAULT_KEYS');
  const byId = new Map(keys.map(({ id, key }) => [id, key]));

  const wrap = (dataKey: Buffer, connectionId: string, name: string) => ({
    keyId: active.id,
    wrappedKey: seal(active.key, dataKey, contextOf(connectionId, name)),
  });
  const unwrap = ({ connectionId, name, keyId, wrappedKey }: WrappedKey): Buffer => {
    const masterKey = byId.get(keyId);
    const secret = `the secret ${name} of connection ${connectionId}`;
    if (masterKey === undefined)
      throw new VaultError(`${secret} is wrapped by key ${keyId}: put that key back into MLC_VAULT_KEYS`);
    return opening(
      `${secret} does not open with key ${keyId}: that key is not the one it was written with`,
      () => unseal(masterKey, wrappedKey, contextOf(connectionId, name)),
    );
  };

  return {
    activeKeyId: active.id,
    putSecret: async (executor, connectionId, name, plaintext) => {
      known?.add(plaintext);
      const dataKey = newDataKey();
      const ciphertext = seal(dataKey, Buffer.from(plaintext, 'utf8'), contextOf(connectionId, name));
      const columns = { ...wrap(dataKey, connectionId, name), ciphertext };
      await executor.secret.upsert({
        where: { connectionId_name: { connectionId, name } },
        create: { connectionId, name, ...columns },
        update: { ...columns, updatedAt: systemClock.now() },
      });
    },
    getSecret: async (executor, connectionId, name) => {
      const row = await executor.secret.findUnique({ where: { connectionId_name: { connectionId, name } } });
      if (row === null) return null;
      const changed = `the secret ${name} of connection ${connectionId} was changed in the database: apply it again`;
      const plaintext = opening(changed, () =>
        unseal(unwrap(row), row.ciphertext, contextOf(connectionId, name)).toString('utf8'),
      );
      known?.add(plaintext);
      return plaintext;
    },
    removeSecret: async (executor, connectionId, name) => {
      await executor.secret.deleteMany({ where: { connectionId, name } });
    },
    rotate: (database, clock) => {
      const rewrap = (row: WrappedKey) => wrap(unwrap(row), row.connectionId, row.name);
      return rotateSecrets({ database, clock, activeKeyId: active.id, rewrap });
    },
  };
}

/** OpenSSL's own words ("Unsupported state") help nobody; ours say which secret and what to do. */
function opening<T>(message: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof VaultError) throw error;
    throw new VaultError(message);
  }
}
