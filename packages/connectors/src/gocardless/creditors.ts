import type { Creditor, Debits } from '@mlc/core';
import type { GocardlessClient } from './client.ts';
import { creditorSchema } from './schema.ts';

const creditors = { plural: 'creditors', schema: creditorSchema };

/** The creditors of the account, read once for as long as the client lives; a list that failed is read again. */
export function creditorsOf(client: GocardlessClient): Debits['listCreditors'] {
  let known: Promise<readonly Creditor[]> | undefined;
  return () => {
    known ??= listCreditors(client).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

/** The same, asked anew (gocardless.md 2.14). */
export async function listCreditors(client: GocardlessClient): Promise<readonly Creditor[]> {
  const found: Creditor[] = [];
  for await (const { id, name } of client.list('listCreditors', creditors, {}))
    found.push({ id, name: name ?? '' });
  return found;
}
