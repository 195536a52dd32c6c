import type { ApiToken } from '@mlc/platform/accounts/api-tokens';
import type { Person } from '@mlc/platform/accounts/people';
import { allows, EVERY_BUSINESS, type Membership, type Role, rolesIn } from '@mlc/platform/accounts/roles';
import type { Session } from '@mlc/platform/accounts/sessions';

/** Who asks, and what they may. */
export interface Caller {
  readonly kind: 'person' | 'api-token' | 'admin-token';
  /** As the audit log names them. */
  readonly actor: string;
  readonly memberships: readonly Membership[];
  readonly person: Person | null;
  readonly session: Session | null;
  /** For forms and `X-CSRF-Token`; null for tokens, which no browser sends by itself. */
  readonly csrf: string | null;
  /** Whose idempotency keys these are. */
  readonly id: string;
}

export function personCaller(person: Person, session: Session, csrf: string): Caller {
  const { memberships, email: actor } = person;
  return { kind: 'person', actor, memberships, person, session, csrf, id: `person:${person.id}` };
}

export function tokenCaller({ id, name, memberships }: ApiToken): Caller {
  return {
    kind: 'api-token',
    actor: `token:${name}`,
    memberships,
    person: null,
    session: null,
    csrf: null,
    id: `token:${id}`,
  };
}

export const ADMIN_TOKEN_CALLER: Caller = {
  kind: 'admin-token',
  actor: 'admin-token',
  memberships: [{ businessId: EVERY_BUSINESS, roles: ['admin'] }],
  person: null,
  session: null,
  csrf: null,
  id: 'admin-token',
};

/** Whether the caller has the role in that business. */
export function mayIn(caller: Caller, businessId: string, role: Role): boolean {
  return allows(rolesIn(caller.memberships, businessId), role);
}

/** Whether the business exists for the caller at all. */
export function seesBusiness(caller: Caller, businessId: string): boolean {
  return rolesIn(caller.memberships, businessId).size > 0;
}

/** Whether the caller has the role in any business. */
export function mayAnywhere(caller: Caller, role: Role): boolean {
  return caller.memberships.some(({ roles }) => allows(new Set(roles), role));
}

/** Whether the caller has the role in every business there is and will be. */
export function mayEverywhere(caller: Caller, role: Role): boolean {
  return mayIn(caller, EVERY_BUSINESS, role);
}

const FRESH_MS = 15 * 60_000;

/** Whether somebody proved who they are a short while ago; a token proves it with each request. */
export function isFresh({ session }: Caller, now: Date): boolean {
  return session === null || now.getTime() - session.authenticatedAt.getTime() < FRESH_MS;
}
