import type { Business, ProviderProof } from '@mlc/core';
import type { Call } from './shell.ts';

/** What the providers' own records say about the end of the month; a provider left out was not asked. */
export function proofsOf(
  _call: Call,
  _business: Business,
  _month: string,
): Promise<readonly ProviderProof[]> {
  return Promise.resolve([]);
}
