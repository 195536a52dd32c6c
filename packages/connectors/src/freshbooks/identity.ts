import { type AccountComparison, ConnectorError, type PingResult } from '@mlc/core';
import { z } from 'zod';
import { resource } from './account.ts';
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
    return `the login ${identity.identityId} has no access to account ${accountId}${itsAccounts(identity)}`;
  }
  // Reads would work and every write would answer 403, whatever the token's scopes (freshbooks.md 1.7).
  if (own === undefined && roles.every((found) => found.role === 'client')) {
    return `the login ${identity.identityId} is only a client in account ${accountId} and may not write there`;
  }
  return null;
}

const accountsOf = ({ memberships }: Identity): readonly string[] =>
  memberships.flatMap(({ accountId }) => accountId ?? []);

function itsAccounts(identity: Identity): string {
  const accounts = accountsOf(identity);
  return accounts.length === 0 ? '' : `, but to ${accounts.join(', ')}`;
}

function describe(identity: Identity, accountId: string): string {
  const own = identity.memberships.find((found) => found.accountId === accountId);
  const as = own === undefined ? '' : `, ${own.role} of ${own.businessName}`;
  return `account ${accountId}, login ${identity.identityId}${as}`;
}

/** A login that names no account at all proves nothing: what it may reach was left out. */
function compare(identity: Identity, accountId: string): AccountComparison {
  if (accountsOf(identity).length === 0 && identity.roles.length === 0) {
    return { verdict: 'unknown', said: `FreshBooks names no account of login ${identity.identityId}` };
  }
  const why = obstacle(identity, accountId);
  return why === null
    ? { verdict: 'same', said: describe(identity, accountId) }
    : { verdict: 'other', said: why };
}

/** As `freshbooksAccount`, but a failure that says nothing about who the login is rejects: there is no answer at all. */
async function compareAccount(options: FreshBooksOptions): Promise<AccountComparison> {
  try {
    return compare(await whoAmI(options), options.accountId);
  } catch (failure) {
    if (!(failure instanceof ConnectorError) || failure.kind !== 'rejected') throw failure;
    return { verdict: 'unknown', said: failure.message };
  }
}

/**
 * Whether the tokens belong to the account of the options, by what users/me says (freshbooks.md 1.8). Never rejects for a
 * failure of the call, which is `unknown`.
 */
export async function freshbooksAccount(options: FreshBooksOptions): Promise<AccountComparison> {
  try {
    return await compareAccount(options);
  } catch (failure) {
    if (!(failure instanceof ConnectorError)) throw failure;
    return { verdict: 'unknown', said: failure.message };
  }
}

/** One harmless read of the account itself, where users/me does not tell. */
async function readAccount(options: FreshBooksOptions): Promise<void> {
  const { client, path } = resource(freshbooksClient(options), options.accountId, 'clients');
  const query = [['per_page', '1']] as const;
  await client.send({ operation: 'readAccount', method: 'GET', path, query, answer: z.unknown() });
}

async function pinged(options: FreshBooksOptions): Promise<Omit<PingResult, 'latencyMs'>> {
  const { verdict, said } = await compareAccount(options);
  if (verdict !== 'unknown') return { ok: verdict === 'same', detail: said };
  await readAccount(options);
  const detail = `account ${options.accountId} answers; whose the tokens are could not be compared (${said})`;
  return { ok: true, detail };
}

/** Whether the tokens work and reach the account. Never rejects for what FreshBooks says. */
export async function freshbooksPing(options: FreshBooksOptions): Promise<PingResult> {
  const clock = options.clock ?? machineClock;
  const startedMs = clock.now().getTime();
  const since = (): number => clock.now().getTime() - startedMs;
  try {
    const answer = await pinged(options);
    return { ...answer, latencyMs: since() };
  } catch (failure) {
    if (!(failure instanceof ConnectorError)) throw failure;
    return { ok: false, latencyMs: since(), detail: `${failure.kind}: ${failure.message}` };
  }
}
