import { createHash } from 'node:crypto';
import type { Clock, Random } from '@mlc/core';

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** Good enough for jitter; secrets come from node:crypto. */
export const systemRandom: Random = () => Math.random();

/** SHA-256 of the UTF-8 text, lower-case hex. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
