import { z } from './zod.ts';
import { instant, membership, memberships, role } from './schemas.ts';

export const session = z.object({
  kind: z.enum(['person', 'api-token', 'admin-token']),
  actor: z.string().describe('as the audit log names you'),
  person: z.object({ id: z.string(), name: z.string(), email: z.string(), hasTotp: z.boolean() }).nullable(),
  businesses: z.array(
    z.object({
      business: z.string(),
      displayName: z.string(),
      timezone: z.string(),
      mode: z.enum(['observe', 'live']),
      roles: z.array(role),
    }),
  ),
  everywhere: z.array(role).describe('roles in every business, those to come included'),
  csrfToken: z.string().nullable().describe('for X-CSRF-Token; null for tokens'),
  authenticatedAt: instant.nullable(),
  expiresAt: instant.nullable(),
  serverTime: instant,
});

export const ownSession = z.object({
  id: z.string(),
  isThis: z.boolean(),
  createdAt: instant,
  lastSeenAt: instant,
  expiresAt: instant,
  address: z.string(),
  userAgent: z.string(),
});

export const person = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  hasPassword: z.boolean(),
  hasTotp: z.boolean(),
  createdAt: instant,
  lastSeenAt: instant.nullable(),
  memberships: z.array(membership),
});

export const rolesChange = z.strictObject({
  memberships: memberships.describe(
    'sets the roles in the businesses named; an empty list takes somebody out',
  ),
});

export const invitation = z.object({
  id: z.string(),
  email: z.string(),
  memberships: z.array(membership),
  invitedBy: z.string(),
  createdAt: instant,
  expiresAt: instant,
});

export const newInvitation = z.strictObject({ email: z.email().max(200), memberships });

export const madeInvitation = invitation.extend({
  url: z.string().describe('shown once: send it to the person'),
});

export const token = z.object({
  id: z.string(),
  name: z.string(),
  memberships: z.array(membership),
  createdBy: z.string(),
  createdAt: instant,
  expiresAt: instant,
  lastUsedAt: instant.nullable(),
});

const DAYS_USUAL = 90;
const DAYS_MAX = 366;

export const newToken = z.strictObject({
  name: z.string().trim().min(1).max(100),
  memberships: memberships.describe('never more than you have'),
  days: z.number().int().min(1).max(DAYS_MAX).default(DAYS_USUAL),
});

export const madeToken = token.extend({ token: z.string().describe('shown once') });

/** Items without pages: there are few. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item) });
}
