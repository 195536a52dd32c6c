import { findBusiness, listBusinesses } from '@mlc/platform/set-up/businesses';
import type { Business } from '@mlc/core';
import type { Role } from '@mlc/platform/accounts/roles';
import { type Caller, mayAnywhere, mayEverywhere, mayIn, seesBusiness } from '../door/caller.ts';
import { Problem } from '../http/problem.ts';
import type { ApiParts } from './parts.ts';
import type { Owned, Route } from './route.ts';

/** What a route was granted; which of the two is set depends on where its role is needed. */
export interface Granted {
  readonly business: Business;
  readonly found: Owned;
}

const NOTHING = {} as Granted;

/**
 * Whether the caller may, and where. What belongs to a business the caller is not in does not exist for them: 404, never 403.
 * @throws Problem
 */
export async function grant(
  parts: ApiParts,
  route: Route,
  asked: { caller: Caller; params: Record<string, unknown>; query: Record<string, unknown> },
): Promise<Granted> {
  const { caller } = asked;
  const { role } = route;
  if (role === 'any') return NOTHING;
  switch (route.within) {
    case 'deployment':
      if (!mayAnywhere(caller, role)) throw forbidden(role);
      return NOTHING;
    case 'everywhere':
      if (!mayEverywhere(caller, role)) throw forbidden(role);
      return NOTHING;
    case 'business':
      return { ...NOTHING, business: await businessOf(parts, role, asked) };
    case 'thing':
      return { ...NOTHING, found: await thingOf(parts, route, { ...asked, role }) };
  }
}

function forbidden(role: Role): Problem {
  return new Problem('forbidden', `This needs the role ${role}.`);
}

async function businessOf(
  { database }: ApiParts,
  role: Role,
  { caller, query }: { caller: Caller; query: Record<string, unknown> },
): Promise<Business> {
  const slug = query['business'];
  const business =
    typeof slug === 'string' ? await findBusiness(database.prisma, slug) : await onlyOne(database, caller);
  if (business === null || !seesBusiness(caller, business.id))
    throw new Problem('not-found', 'There is no such business.');
  if (!mayIn(caller, business.id, role)) throw forbidden(role);
  return business;
}

/** The business of a caller who has one only. @throws Problem when it has to be named */
async function onlyOne(database: ApiParts['database'], caller: Caller): Promise<Business | null> {
  const seen = (await listBusinesses(database.prisma)).filter(({ id }) => seesBusiness(caller, id));
  const [only = null] = seen;
  if (seen.length <= 1) return only;
  const errors = [{ pointer: '?business', message: `one of ${seen.map(({ slug }) => slug).join(', ')}` }];
  throw new Problem('invalid', 'Say which business.', { errors });
}

async function thingOf(
  parts: ApiParts,
  { find }: Route,
  { caller, params, role }: { caller: Caller; params: Record<string, unknown>; role: Role },
): Promise<Owned> {
  const found = (await find?.(parts, params)) ?? null;
  if (found === null || !seesBusiness(caller, found.businessId))
    throw new Problem('not-found', 'There is no such thing.');
  if (!mayIn(caller, found.businessId, role)) throw forbidden(role);
  return found;
}
