import type { Business } from '@mlc/core';
import type { Config } from '@mlc/platform/config/config';
import { readConfig } from '@mlc/platform/config/read-config';
import { findBusiness, listBusinesses } from '@mlc/platform/set-up/businesses';
import type { Database } from '@mlc/platform/postgres/database';
import { openStores, type StoresOptions } from '@mlc/platform/lifecycle/open-stores';
import { type Call, RefusedError, UsageError } from './shell.ts';

/** What verbs that work on the stores have in their hands. */
export interface OpenedStores {
  readonly config: Config;
  readonly database: Database;
}

/** A command needs few connections: the running processes need the others. */
const CONNECTIONS = 4;

/** The configuration of this call. @throws ConfigError */
export function configOf({ shell }: Call): Config {
  return readConfig(shell.env, shell.cwd);
}

/** Opens Postgres for the length of the work; see `openStores`. */
export async function withStores<T>(
  call: Call,
  work: (stores: OpenedStores) => Promise<T>,
  options: StoresOptions = {},
): Promise<T> {
  const config = configOf(call);
  const stores = await openStores(config, { maxConnections: CONNECTIONS, ...options });
  try {
    return await work({ config, database: stores.database });
  } finally {
    await stores.close();
  }
}

async function named(database: Database, slug: string): Promise<Business> {
  const business = await findBusiness(database.prisma, slug);
  if (business !== null) return business;
  const known = (await listBusinesses(database.prisma)).map((each) => each.slug);
  const hint =
    known.length === 0 ? 'there is none yet: mlc apply -f FILE makes one' : `known: ${known.join(', ')}`;
  throw new RefusedError(`there is no business ${slug}; ${hint}`);
}

/** For verbs that read: --business narrows, without it all businesses are covered. */
export async function businessFilter(
  { options }: Call,
  database: Database,
): Promise<{ readonly businessId?: string }> {
  return options.business === undefined ? {} : { businessId: (await named(database, options.business)).id };
}

/** For verbs that act: --business, or the only business there is. */
export async function oneBusiness({ options }: Call, database: Database): Promise<Business> {
  if (options.business !== undefined) return named(database, options.business);
  const all = await listBusinesses(database.prisma);
  const [only] = all;
  if (only === undefined) throw new RefusedError('there is no business yet: mlc apply -f FILE makes one');
  if (all.length === 1) return only;
  throw new UsageError(`name one with --business: ${all.map(({ slug }) => slug).join(', ')}`);
}
