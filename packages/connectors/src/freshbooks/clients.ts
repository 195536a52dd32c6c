import type { BookClient, Books } from '@mlc/core';
import { findOne, type Resource } from './account.ts';
import { allRows } from './paging.ts';
import { resultOf, wireClient } from './schema.ts';
import { toClient } from './translate.ts';

type ClientReads = Pick<Books, 'getClient' | 'findClientsByEmail'>;

const row = wireClient.transform(toClient);
const one = resultOf('client', row);

/**
 * Several clients may share an address. Whether the exact filter heeds case is not documented, so "contains" is asked as
 * well and every row is compared here.
 */
async function findByEmail({ client, path }: Resource, email: string): Promise<readonly BookClient[]> {
  const asked = email.trim();
  const wanted = asked.toLowerCase();
  const found = new Map<string, BookClient>();
  for (const search of asked === '' ? [] : [{ email: asked }, { email_like: wanted }]) {
    const rows = await allRows(client, {
      operation: 'findClientsByEmail',
      path,
      name: 'clients',
      search,
      row,
      idOf: ({ id }) => id,
      keep: (candidate) => candidate.visibility !== 'deleted' && candidate.email?.toLowerCase() === wanted,
    });
    for (const match of rows) found.set(match.id, match);
  }
  return [...found.values()];
}

/** The clients of an account (freshbooks.md 3.1). */
export function clientReads(clients: Resource): ClientReads {
  return {
    getClient: (clientId) => findOne(clients, 'getClient', clientId, one),
    findClientsByEmail: (email) => findByEmail(clients, email),
  };
}
