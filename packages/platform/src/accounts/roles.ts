/** What a person may do in a business; a set, not a ladder. */
export const ROLES = ['viewer', 'finance', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Stands for every business, those to come included. */
export const EVERY_BUSINESS = '*';

/** Somebody's roles in one business, or in EVERY_BUSINESS. */
export interface Membership {
  readonly businessId: string;
  readonly roles: readonly Role[];
}

/** Roles of a caller in one business. */
export function rolesIn(memberships: readonly Membership[], businessId: string): ReadonlySet<Role> {
  const counts = (each: Membership): boolean =>
    each.businessId === businessId || each.businessId === EVERY_BUSINESS;
  return new Set(memberships.filter(counts).flatMap(({ roles }) => roles));
}

/** Whether these roles allow what needs `needed`: everybody in a business may read, an admin may do everything. */
export function allows(roles: ReadonlySet<Role>, needed: Role): boolean {
  if (needed === 'viewer') return roles.size > 0;
  return roles.has(needed) || roles.has('admin');
}

/** Whether somebody may hand these on: nobody gives what they do not have. */
export function covers(own: readonly Membership[], given: readonly Membership[]): boolean {
  return given.every(({ businessId, roles }) => {
    const has = rolesIn(own, businessId);
    return roles.every((role) => allows(has, role));
  });
}

/** What was stored, with everything that is no role of this version left out. */
export function membershipsOf(stored: unknown): Membership[] {
  if (!Array.isArray(stored)) return [];
  return (stored as { businessId?: unknown; roles?: unknown }[]).flatMap(({ businessId, roles }) =>
    typeof businessId === 'string' && Array.isArray(roles)
      ? [{ businessId, roles: ROLES.filter((role) => roles.includes(role)) }]
      : [],
  );
}
