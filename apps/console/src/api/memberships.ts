import { covers, EVERY_BUSINESS, type Membership } from '@mlc/platform/accounts/roles';
import { listBusinesses } from '@mlc/platform/set-up/businesses';
import { type Caller, mayIn } from '../door/caller.ts';
import { Problem } from '../http/problem.ts';
import type { ApiParts } from './parts.ts';

/** Roles by business as the API says them. */
export interface NamedMembership {
  readonly business: string;
  readonly roles: Membership['roles'];
}

/** Ids instead of short names. Only where the caller is admin, and never more than they have. @throws Problem */
export async function readMemberships(
  { database }: ApiParts,
  caller: Caller,
  named: readonly NamedMembership[],
): Promise<Membership[]> {
  const ids = new Map((await listBusinesses(database.prisma)).map(({ slug, id }) => [slug, id]));
  ids.set(EVERY_BUSINESS, EVERY_BUSINESS);
  const given = named.map(({ business, roles }, index) => {
    const businessId = ids.get(business);
    if (businessId === undefined || !mayIn(caller, businessId, 'admin')) {
      const errors = [
        { pointer: `/memberships/${String(index)}/business`, message: 'you administrate no such business' },
      ];
      throw new Problem('invalid', 'There is no such business among yours.', { errors });
    }
    return { businessId, roles: [...new Set(roles)] };
  });
  if (!covers(caller.memberships, given))
    throw new Problem('forbidden', 'Nobody gives roles they do not have.');
  return given;
}

/** Short names instead of ids; a business that is gone is left out. */
export async function nameMemberships({
  database,
}: ApiParts): Promise<
  (memberships: readonly Membership[]) => { business: string; roles: Membership['roles'][number][] }[]
> {
  const slugs = new Map((await listBusinesses(database.prisma)).map(({ slug, id }) => [id, slug]));
  slugs.set(EVERY_BUSINESS, EVERY_BUSINESS);
  return (memberships) =>
    memberships.flatMap(({ businessId, roles }) => {
      const business = slugs.get(businessId);
      return business === undefined ? [] : [{ business, roles: [...roles] }];
    });
}

/** Whether the caller administrates one of these businesses, so that who is in them is their business. */
export function administratesOne(caller: Caller, memberships: readonly Membership[]): boolean {
  return memberships.some(({ businessId }) => mayIn(caller, businessId, 'admin'));
}

/** Whether the caller administrates all of them. */
export function administratesAll(caller: Caller, memberships: readonly Membership[]): boolean {
  return memberships.every(({ businessId }) => mayIn(caller, businessId, 'admin'));
}
