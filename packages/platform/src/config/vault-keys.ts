/** A master key of the vault: wraps data keys, never encrypts a secret itself. */
export interface VaultKey {
  /** Stored beside every secret it wraps; letters, digits, `.`, `_`, `-`. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

const KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9._-]{1,40}$/;
const BASE64_32_BYTES = /^[A-Za-z0-9+/_-]{43}=?$/;

/**
 * Reads `id:base64key[,id:base64key…]` (MLC_VAULT_KEYS): the first encrypts, all decrypt.
 * Answers what is wrong instead of keys; the text never repeats key material.
 */
export function parseVaultKeys(text: string): readonly VaultKey[] | string {
  const keys: VaultKey[] = [];
  for (const [index, part] of text.split(',').entries()) {
    const separator = part.indexOf(':');
    const id = part.slice(0, Math.max(separator, 0)).trim();
    const encoded = part.slice(separator + 1).trim();
    const place = `key ${index + 1}`;
    if (separator < 0 || !KEY_ID.test(id)) {
      return `${place} must be written id:base64key, the id made of letters, digits, ".", "_" or "-"`;
    }
    const key = Buffer.from(encoded, 'base64');
    if (!BASE64_32_BYTES.test(encoded) || key.length !== KEY_BYTES) {
      return `${place} (${id}) must be 32 bytes in base64; make one with: openssl rand -base64 32`;
    }
    if (keys.some((known) => known.id === id)) return `the key id ${id} stands there twice`;
    keys.push({ id, key });
  }
  return keys;
}
