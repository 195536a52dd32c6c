import { ConnectorError, type PingResult } from '@mlc/core';
import { z } from 'zod';
import { freshbooksClient, machineClock, type FreshBooksOptions } from './client.ts';
import { wireId } from './schema.ts';

/** One business the login belongs to. */
export interface Membership {
  /** Null for a business without an accounting account. */
  readonly accountId: string | null;
  readonly businessId: string;
  readonly businessUuid: string | null;
  readonly businessName: string;
  /** owner, admin, business_manager, …, client (freshbooks.md 1.8). */
  readonly role: string;
}

/** Who the tokens belong to. */
export interface Identity {
  readonly identityId: string;
  readonly memberships: readonly Membership[];
  /** Roles inside accounts, also in other people's, where the login may be a mere `client`. */
  readonly roles: readonly { readonly accountId: string; readonly role: string }[];
}

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** `business_memberships[].id` is not the business id; `business.id` is. */
const membership = z
  .object({
    role: text,
    business: z.object({
      id: wireId,
      account_id: z.string().nullish(),
      business_uuid: z.string().nullish(),
      name: text,
    }),
  })
  .transform(({ role, business }): Membership => ({
    accountId: business.account_id ?? null,
    businessId: business.id,
    businessUuid: business.business_uuid ?? null,
    businessName: business.name,
    role,
  }));

const role = z
  .object({ role: text, accountid: text })
  .transform((found) => ({ accountId: found.accountid, role: found.role }));

/** The envelope has no `result` (freshbooks.md 1.8). */
const answer = z
  .object({
    response: z.object({
      id: wireId,
      business_memberships: z.array(membership).nullish(),
      roles: z.array(role).nullish(),
    }),
  })
  .transform(({ response }): Identity => ({
    identityId: response.id,
    memberships: response.business_memberships ?? [],
    roles: response.roles ?? [],
  }));

/** `GET /auth/api/v1/users/me`. Rejects with ConnectorError. `accountId` of the options is not used. */
export function whoAmI(options: FreshBooksOptions): Promise<Identity> {
  const client = freshbooksClient(options);
  return client.send({ operation: 'whoAmI', method: 'GET', path: '/auth/api/v1/users/me', answer });
}

/** What stands in the way of working in the account, or null. */
function obstacle(identity: Identity, accountId: string): string | null {
  const own = identity.memberships.find((found) => found.accountId === accountId);
  const roles = identity.roles.filter((found) => found.accountId === accountId);
  if (own === undefined && roles.length === 0) {
    return `the login ${identity.identityId} has no access to account ${accountId}`;
  }
  // Reads would work and every write would answer 403, whatever the token's scopes (freshbooks.md 1.7).
  if (own === undefined && roles.every((found) => found.role === 'client')) {
    return `the login ${identity.identityId} is only a client in account ${accountId} and may not write there`;
  }
  return null;
}

function describe(identity: Identity, accountId: string): string {
  const own = identity.memberships.find((found) => found.accountId === accountId);
  const as = own === undefined ? '' : `, ${own.role} of ${own.businessName}`;
  return `account ${accountId}, login ${identity.identityId}${as}`;
}

/** Whether the tokens work and reach the account. Never rejects for what FreshBooks says. */
export async function freshbooksPing(options: FreshBooksOptions): Promise<PingResult> {
  const clock = options.clock ?? machineClock;
  const startedMs = clock.now().getTime();
  const since = (): number => clock.now().getTime() - startedMs;
  try {
    const identity = await whoAmI(options);
    const why = obstacle(identity, options.accountId);
    return { ok: why === null, latencyMs: since(), detail: why ?? describe(identity, options.accountId) };
  } catch (failure) {
    if (!(failure instanceof ConnectorError)) throw failure;
    return { ok: false, latencyMs: since(), detail: `${failure.kind}: ${failure.message}` };
  }
}
