import { ConnectorError, type TokenPair } from '@mlc/core';
import { changeBusiness } from '@mlc/platform/set-up/change-business';
import {
  ConsentError,
  type Consents,
  forgetConsent,
  keepConsent,
  takeConsent,
} from '@mlc/platform/set-up/oauth-consent';
import { connectionsOf } from '@mlc/platform/connections/connections';
import type { Caller } from '../door/caller.ts';
import { Problem } from '../http/problem.ts';
import type { ApiParts } from '../api/parts.ts';

/** The address a browser ended at, in parts. */
export interface ConsentAnswer {
  readonly state: string | null;
  readonly code: string | null;
  /** What FreshBooks says instead of a code. */
  readonly error: string | null;
}

const WORDS_MAX = 300;

/** The answer in an address. */
export function answerIn(search: URLSearchParams): ConsentAnswer {
  const error = search.get('error_description') ?? search.get('error');
  return { state: search.get('state'), code: search.get('code'), error: error?.slice(0, WORDS_MAX) ?? null };
}

export function consentsOf({ database, desk, clock }: ApiParts): Consents {
  return { database, vault: desk.vault, clock: desk.clock, auditClock: clock };
}

/**
 * Takes what a person brought back from FreshBooks: the code is exchanged once and its tokens are committed before anything
 * else. A connection that is there goes on with them when they reach its account. Returns the business. @throws Problem
 */
export async function completeConsent(
  parts: ApiParts,
  caller: Caller,
  answer: ConsentAnswer,
): Promise<string> {
  const consents = consentsOf(parts);
  const sessionId = caller.session?.id ?? null;
  const begun = await takeConsent(consents, { state: answer.state ?? '', sessionId }).catch(
    (error: unknown) => {
      throw error instanceof ConsentError ? new Problem('refused', error.message) : error;
    },
  );
  if (answer.error !== null) throw new Problem('refused', `FreshBooks says: ${answer.error}`);
  if (answer.code === null) throw new Problem('refused', 'FreshBooks sent no code: press Connect again.');
  const tokens = await exchanged(parts, answer.code, begun.verifier);
  await keepConsent(consents, begun, tokens);
  await reconnect(parts, begun, tokens);
  return begun.businessId;
}

async function exchanged(parts: ApiParts, code: string, verifier: string): Promise<TokenPair> {
  try {
    return await parts.connections().consent.exchange(code, verifier);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const isUnclear = error.kind === 'outcome-unknown' || error.kind === 'transient';
    throw isUnclear
      ? new Problem('unavailable', 'Whether FreshBooks took the code is unclear: press Connect again.')
      : new Problem(
          'refused',
          'FreshBooks does not take the code: check the app’s id, secret and address, then press Connect again.',
        );
  }
}

/** The account may not change by reconnecting: what is booked is in that account. */
async function reconnect(
  parts: ApiParts,
  { businessId, actor }: { businessId: string; actor: string },
  tokens: TokenPair,
): Promise<void> {
  const all = await connectionsOf(parts.database.prisma, businessId);
  const present = all.find(({ provider }) => provider === 'freshbooks');
  if (present?.provider !== 'freshbooks') return;
  const { memberships } = await whoIs(parts, tokens);
  const { accountId } = present.settings;
  if (!memberships.some((each) => each.accountId === accountId && MAY_WRITE.has(each.role))) {
    await forgetConsent(consentsOf(parts), businessId);
    throw new Problem(
      'refused',
      `This login does not reach account ${accountId}, which the business is booked in: nothing was changed.`,
    );
  }
  await connectAccount(parts, { businessId, actor, accountId }, tokens);
}

/** Roles that may write in an account (freshbooks.md 1.8). */
const MAY_WRITE: ReadonlySet<string> = new Set(['owner', 'admin', 'business_manager']);

/** An account of the login, and why it cannot be chosen. */
export interface ConsentAccount {
  readonly accountId: string | null;
  readonly businessId: string;
  readonly businessUuid: string | null;
  readonly name: string;
  readonly role: string;
  readonly obstacle: string | null;
}

async function whoIs(parts: ApiParts, tokens: TokenPair) {
  return parts
    .connections()
    .consent.whoIs(tokens)
    .catch((error: unknown) => {
      if (error instanceof ConnectorError)
        throw new Problem('unavailable', 'FreshBooks cannot be asked whose the login is.');
      throw error;
    });
}

/** Accounts the tokens may be for, as FreshBooks lists them. @throws Problem */
export async function accountsOf(parts: ApiParts, tokens: TokenPair): Promise<readonly ConsentAccount[]> {
  const { memberships } = await whoIs(parts, tokens);
  return memberships.map(({ accountId, businessId, businessUuid, businessName: name, role }) => {
    const obstacle =
      accountId === null
        ? 'no accounting account'
        : MAY_WRITE.has(role)
          ? null
          : `you are only ${role} there`;
    return { accountId, businessId, businessUuid, name, role, obstacle };
  });
}

/** Puts the tokens to use for this account. @throws Problem; BusinessFileError when another business has it */
export async function connectAccount(
  parts: ApiParts,
  chosen: { readonly businessId: string; readonly actor: string; readonly accountId: string },
  tokens: TokenPair,
): Promise<void> {
  const { businessId, actor: by, accountId } = chosen;
  const account = (await accountsOf(parts, tokens)).find((each) => each.accountId === accountId);
  if (account?.obstacle !== null)
    throw new Problem(
      'refused',
      `Account ${accountId} cannot be chosen: ${account?.obstacle ?? 'the login does not reach it'}.`,
    );
  const { accessToken, refreshToken, expiresAt } = tokens;
  const freshbooks = {
    accountId,
    businessId: account.businessId,
    ...(account.businessUuid === null ? {} : { businessUuid: account.businessUuid }),
    ...{ accessToken, refreshToken, expiresAt: expiresAt.toISOString() },
  };
  const { database, clock, desk } = parts;
  await changeBusiness(
    { database, vault: desk.vault, clock },
    { businessId, by, connections: { freshbooks } },
  );
  await forgetConsent(consentsOf(parts), businessId);
}
