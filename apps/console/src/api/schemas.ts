import { FLOW_NAMES, REVIEW_KINDS } from '@mlc/core';
import { EVERY_BUSINESS, ROLES } from '@mlc/platform/accounts/roles';
import { z } from './zod.ts';

const PAGE_MAX = 200;
const PAGE_USUAL = 50;

export const instant = z.iso.datetime().describe('RFC 3339 UTC');
export const id = z.string().regex(/^[\w-]{1,100}$/, 'is no id');
export const slug = z.string().min(1).max(100);
const words = z.array(z.string().min(1).max(200)).max(50);

/** For every list: a repeated parameter is an alternative. */
export const page = {
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_USUAL),
  after: z.string().max(1_000).optional().describe('`next` of a page: goes on towards older entries'),
  before: z.string().max(1_000).optional().describe('`previous` of a page: back towards newer entries'),
};

/** Which business; may be left out by who is in one only. */
export const ofBusiness = {
  business: slug.optional().describe('short name; may be left out when you see one only'),
};

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable(), previous: z.string().nullable() });
}

export const subject = z.object({ provider: z.string(), type: z.string(), id: z.string() });
export const role = z.enum(ROLES);
export const flow = z.enum(FLOW_NAMES);

/** Roles by business. */
export const membership = z.strictObject({
  business: slug.describe(`short name, or ${EVERY_BUSINESS} for every business, those to come included`),
  roles: z.array(role).max(ROLES.length),
});
export const memberships = z.array(membership).min(1).max(200);

export const candidate = z.object({
  invoiceId: z.string(),
  invoiceNumber: z.string(),
  score: z.number(),
  why: z.union([z.string(), z.array(z.string())]),
});

export const reviewAction = z.enum(['match', 'ignore', 'retry', 'done']);

export const answer = z.strictObject({
  action: reviewAction,
  note: z.string().trim().min(1).max(2_000),
  invoiceId: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('for match: the FreshBooks invoice, id or number'),
  customerId: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('for match of a client: the GoCardless customer'),
});

const pendingResolution = z.object({
  action: reviewAction,
  note: z.string(),
  by: z.string(),
  invoiceId: z.string().nullable(),
  customerId: z.string().nullable(),
  undoUntil: instant,
});

export const review = z.object({
  id: z.string(),
  business: z.string(),
  kind: z.enum(REVIEW_KINDS),
  state: z.enum(['open', 'resolved']),
  subject,
  amountMinor: z.number().int().nullable(),
  currency: z.string().nullable(),
  reasons: z.array(z.string()),
  candidates: z.array(candidate),
  openedAt: instant,
  revision: z.number().int().describe('the ETag is "r<revision>"'),
  pendingResolution: pendingResolution.nullable().describe('an answer that can still be withdrawn'),
  resolution: z
    .object({
      action: z.string(),
      note: z.string(),
      by: z.string(),
      at: instant,
      invoiceId: z.string().nullable(),
      customerId: z.string().nullable(),
    })
    .nullable(),
});

export const reviewsQuery = z.strictObject({
  ...ofBusiness,
  ...page,
  state: z.enum(['open', 'resolved']).optional(),
  kind: z.array(z.enum(REVIEW_KINDS)).optional(),
});

export const event = z.object({
  id: z.string(),
  provider: z.string(),
  type: z.string(),
  externalEventId: z.string(),
  resourceId: z.string(),
  receivedAt: instant,
  state: z.string(),
  reason: z.string().nullable(),
  correlationId: z.string(),
});

export const eventsQuery = z.strictObject({
  ...ofBusiness,
  ...page,
  state: z.array(z.enum(['stored', 'queued', 'done', 'skipped', 'parked', 'dead'])).optional(),
  provider: words.optional(),
});

export const deadLetter = z.object({
  id: z.string(),
  flow: z.string(),
  eventId: z.string(),
  failureKind: z.string(),
  error: z.string(),
  attempts: z.number().int(),
  diedAt: instant,
});

export const deadLetterDetails = deadLetter.extend({
  replayedAt: instant.nullable(),
  call: z
    .unknown()
    .describe('redacted request and answer of the call that failed; null below the role operator'),
  event: z
    .object({
      provider: z.string(),
      type: z.string(),
      externalEventId: z.string(),
      resourceId: z.string(),
      correlationId: z.string(),
      receivedAt: instant,
      state: z.string(),
    })
    .nullable(),
});

export const deadLettersQuery = z.strictObject({
  ...ofBusiness,
  ...page,
  flow: z.array(flow).optional(),
  failureKind: words.optional(),
});

export const auditEntry = z.object({
  seq: z.number().int(),
  at: instant,
  actor: z.string(),
  action: z.string(),
  subject,
  correlationId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  hash: z.string(),
});

export const auditFilters = {
  ...page,
  action: words.optional(),
  actor: words.optional(),
  subject: z.string().max(300).optional().describe('id of what an entry is about'),
  correlationId: z.string().max(200).optional(),
};
