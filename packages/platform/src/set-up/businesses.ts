import { type Business, storedPolicy } from '@mlc/core';
import type { Executor } from '../postgres/database.ts';
import type { Business as Row } from '../postgres/generated/client.ts';

function businessOf(row: Row): Business {
  return {
    id: row.id,
    slug: row.slug,
    displayName: row.displayName,
    timezone: row.timezone,
    notifyEmails: row.notifyEmails,
    policy: storedPolicy(row.policy),
  };
}

/** The business of that name, or null. */
export async function findBusiness(executor: Executor, slug: string): Promise<Business | null> {
  const row = await executor.business.findUnique({ where: { slug } });
  return row === null ? null : businessOf(row);
}

/** All businesses by name. */
export async function listBusinesses(executor: Executor): Promise<readonly Business[]> {
  return (await executor.business.findMany({ orderBy: { slug: 'asc' } })).map(businessOf);
}

/** @throws when there is none of that id. */
export async function loadBusiness(executor: Executor, id: string): Promise<Business> {
  return businessOf(await executor.business.findUniqueOrThrow({ where: { id } }));
}
