import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import { readOrCreate } from '../files/own-file.ts';
import { parseVaultKeys, type VaultKey } from '../config/vault-keys.ts';

/**
 * The vault's master keys: from MLC_VAULT_KEYS, else (embedded Postgres only) from `MLC_DATA_DIR/vault.key`, generated
 * with mode 0600 at first use.
 * @throws ConfigError when a shared database is used without MLC_VAULT_KEYS, or the file was damaged.
 */
export async function vaultKeysOf(config: Config): Promise<readonly VaultKey[]> {
  if (config.vaultKeys !== null) return config.vaultKeys;
  if (config.databaseUrl !== null) {
    const message =
      'must be set because DATABASE_URL is: id:base64key; make a key with: echo "k1:$(openssl rand -base64 32)"';
    throw new ConfigError([{ variable: 'MLC_VAULT_KEYS', message }]);
  }
  const path = join(config.dataDir, 'vault.key');
  const { content } = await readOrCreate(path, () => `local:${randomBytes(32).toString('base64')}`);
  const keys = parseVaultKeys(content);
  if (typeof keys !== 'string') return keys;
  throw new ConfigError([
    { variable: 'MLC_DATA_DIR', message: `${path} is damaged (${keys}); restore it from a backup` },
  ]);
}
