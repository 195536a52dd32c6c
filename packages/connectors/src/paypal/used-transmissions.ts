import { createHash } from 'node:crypto';

/** About 1 MB. */
const KEPT_MAX = 10_000;

/**
 * Remembers which body came under which transmission id. PayPal's signature covers a CRC-32 of the body only, so whoever
 * saw one delivery can send its headers with a body of his own (paypal.md 3.6). The same body again is PayPal's retry.
 * In memory and per process: a forged body that gets past it is still only a hint to look at PayPal's own data.
 */
export interface UsedTransmissions {
  /** False when another body came under this id before. */
  claim(transmissionId: string, rawBody: Uint8Array): boolean;
}

export function usedTransmissions(keptMax = KEPT_MAX): UsedTransmissions {
  const digests = new Map<string, string>();
  return {
    claim: (transmissionId, rawBody) => {
      const digest = createHash('sha256').update(rawBody).digest('base64');
      const known = digests.get(transmissionId);
      if (known !== undefined) return known === digest;
      digests.set(transmissionId, digest);
      for (const oldest of digests.keys()) {
        if (digests.size <= keptMax) break;
        digests.delete(oldest);
      }
      return true;
    },
  };
}
