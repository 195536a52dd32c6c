import { FLOW_NAMES, REVIEW_KINDS } from '@mlc/core';
import { EVERY_BUSINESS, ROLES } from '@mlc/platform/accounts/roles';
import { span, spanOrMonth, text } from './filters.ts';
import { z } from './zod.ts';

const PAGE_MAX = 200;
const PAGE_USUAL = 50;

export const instant = z.iso.datetime().describe('RFC 3339 UTC');
export const id = z.string().regex(/^[\w-]{1,100}$/, 'is no id');
export const slug = z.string().min(1).max(100);
export const words = z.array(z.string().min(1).max(200)).max(50);

/** For every list: a repeated parameter is an alternative. */
export const page = {
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_USUAL),
  after: z.string().max(1_000).optional().describe('`next` of a page: goes on towards older entries'),
  before: z.string().max(1_000).optional().describe('`previous` of a page: back towards newer entries'),
  count: z.literal('capped').optional().describe('adds how many there are, up to 1000'),
};

/** Which business; may be left out by who is in one only. */
export const ofBusiness = {
  business: slug.optional().describe('short name; may be left out when you see one only'),
};

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable(),
    previous: z.string().nullable(),
    count: z.number().int().optional().describe('when asked for: of all pages, 1000 at most'),
    isMore: z.boolean().optional().describe('there are more than `count`'),
  });
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
  invoice: z
    .object({ id: z.string(), number: z.string(), clientId: z.string(), clientName: z.string().nullable() })
    .nullable()
    .describe('what it is about, where that is an invoice or its debit'),
  answers: z
    .array(
      z.object({
        action: reviewAction,
        does: z.string().describe('what this answer leads to, one sentence or two'),
        needs: z.enum(['invoice', 'customer']).nullable().describe('what has to be named with it'),
      }),
    )
    .describe('answers it takes; none once it is resolved'),
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
  invoice: words.optional().describe('FreshBooks ids'),
  client: words.optional().describe('FreshBooks ids'),
  ...span,
  text,
});

const bulkActions = z.enum(['done', 'ignore', 'retry']);

export const bulkAnswer = z.strictObject({
  action: bulkActions,
  note: z.string().trim().min(1).max(2_000),
  items: z
    .array(z.strictObject({ id, revision: z.number().int().min(1) }))
    .min(1)
    .max(200)
    .describe('reviews of one kind, each as it was seen'),
});

export const bulkAnswered = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      code: z.enum(['held', 'not-found', 'stale', 'conflict', 'refused']),
      detail: z.string().nullable().describe('why not'),
      undoUntil: instant.nullable(),
      review: review.nullable().describe('as it is now; null when there is none'),
    }),
  ),
});

export const event = z.object({
  id: z.string(),
  provider: z.string(),
  type: z.string(),
  externalEventId: z.string(),
  resourceId: z.string(),
  receivedAt: instant,
  flow: z.string().nullable(),
  state: z.string(),
  reason: z.string().nullable(),
  correlationId: z.string(),
});

export const eventsQuery = z.strictObject({
  ...ofBusiness,
  ...page,
  state: z.array(z.enum(['stored', 'queued', 'done', 'skipped', 'parked', 'dead'])).optional(),
  provider: words.optional(),
  flow: z.array(flow).optional(),
  type: words.optional(),
  resource: words.optional().describe('ids of what they are about'),
  externalEventId: words.optional(),
  ...span,
});

export const deadLetter = z.object({
  id: z.string(),
  flow: z.string(),
  eventId: z.string(),
  failureKind: z.string(),
  group: z.string().describe('of those of one cause'),
  error: z.string(),
  attempts: z.number().int(),
  diedAt: instant,
});

export const deadLetterGroup = z.object({
  group: z.string(),
  flow: z.string(),
  failureKind: z.string(),
  error: z.string().describe('first line of the newest one’s'),
  count: z.number().int(),
  firstDiedAt: instant,
  lastDiedAt: instant,
});

export const deadLetterDetails = deadLetter.omit({ group: true }).extend({
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
  group: words.optional(),
  ...span,
  text,
});

export const auditEntry = z.object({
  seq: z.number().int(),
  at: instant,
  actor: z.string(),
  action: z.string(),
  subject,
  correlationId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  sentence: z.string().describe('what happened, for people'),
  why: z.array(z.string()),
  hash: z.string(),
});

export const eventDetails = event.extend({
  attempts: z.number().int(),
  run: z.number().int(),
  ending: z.string().nullable().describe('why it ended without effect'),
  waitingFor: z.string().nullable(),
  parkedSince: instant.nullable(),
  finishedAt: instant.nullable(),
  retryAt: instant.nullable(),
  payload: z.string().nullable().describe('as it was received; null below the role operator'),
});

export const auditFilters = {
  ...page,
  action: words.optional(),
  actor: words.optional(),
  subject: z.string().max(300).optional().describe('id of what an entry is about'),
  subjectType: z.string().max(100).optional().describe('invoice, payment, payout …'),
  correlationId: z.string().max(200).optional(),
  ...spanOrMonth,
};
