import { INVOICE_STATES } from '@mlc/platform/views/invoices';
import { COLLECTION_STATES, POSTING_STATES } from '@mlc/core';
import { span, spanOrMonth, text } from './filters.ts';
import { instant, ofBusiness, page, review, subject, words } from './schemas.ts';
import { z } from './zod.ts';

const minor = z.number().int();
const day = z.string().describe('YYYY-MM-DD');

export const invoice = z.object({
  id: z.string(),
  number: z.string(),
  clientId: z.string(),
  clientName: z.string().nullable(),
  amountMinor: minor.nullable().describe('null until FreshBooks showed it'),
  outstandingMinor: minor.nullable(),
  currency: z.string().nullable(),
  issued: day.nullable(),
  due: day.nullable(),
  state: z.enum(INVOICE_STATES),
  because: z
    .string()
    .nullable()
    .describe('what the state does not say: question, expected day, why not, by whom'),
  touchedAt: instant,
});

export const invoicesQuery = z.strictObject({
  ...ofBusiness,
  ...page,
  state: z.array(z.enum(INVOICE_STATES)).optional(),
  client: words.optional().describe('FreshBooks ids'),
  currency: words.optional(),
  invoice: words.optional().describe('numbers'),
  dueFrom: z.iso.date().optional(),
  dueTo: z.iso.date().optional().describe('before this day'),
  month: spanOrMonth.month.describe('of issue'),
  ...span,
  text,
});

export const collection = z.object({
  id: z.string(),
  invoiceId: z.string(),
  invoiceNumber: z.string(),
  clientId: z.string(),
  paymentId: z.string().nullable(),
  mandateId: z.string(),
  origin: z.string(),
  attempt: z.number().int(),
  amountMinor: minor,
  currency: z.string(),
  chargeDate: day.nullable(),
  expectedDate: day.nullable().describe('first expected at the bank'),
  state: z.enum(COLLECTION_STATES).or(z.string()),
  willAttemptRetry: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
});

export const collectionsQuery = z.strictObject({
  ...ofBusiness,
  ...page,
  state: z.array(z.enum(COLLECTION_STATES)).optional(),
  client: words.optional(),
  invoice: words.optional().describe('FreshBooks ids'),
  currency: words.optional(),
  ...spanOrMonth,
  text,
});

export const posting = z.object({
  key: z.string(),
  kind: z.string(),
  invoiceId: z.string().nullable(),
  invoiceNumber: z.string().nullable(),
  source: z.object({ provider: z.string(), id: z.string() }),
  cycle: z.number().int(),
  amountMinor: minor,
  currency: z.string(),
  date: day,
  note: z.string(),
  state: z.string(),
  externalId: z.string().nullable(),
  reversesKey: z.string().nullable(),
  eventId: z.string(),
  createdAt: instant,
  updatedAt: instant,
});

const days = {
  from: z.iso.date().optional(),
  to: z.iso.date().optional().describe('before this day'),
  month: spanOrMonth.month,
};

export const postingsQuery = z.strictObject({
  ...ofBusiness,
  ...page,
  kind: z.array(z.enum(['payment', 'reversal', 'fee', 'journal'])).optional(),
  state: z.array(z.enum(POSTING_STATES)).optional(),
  provider: words.optional(),
  invoice: words.optional().describe('FreshBooks ids'),
  ...days,
  text,
});

export const payout = z.object({
  payoutId: z.string(),
  currency: z.string(),
  grossMinor: minor,
  feesMinor: minor,
  netMinor: minor,
  arrivalDate: day.nullable(),
  state: z.string(),
  items: z.number().int(),
  unexplainedMinor: minor,
});

export const payoutsQuery = z.strictObject({
  ...ofBusiness,
  ...page,
  state: words.optional(),
  currency: words.optional(),
  id: words.optional(),
  ...days,
});

export const payoutItem = z.object({
  position: z.number().int(),
  type: z.string(),
  amountTenths: z.number().int().describe('signed, in tenths of a minor unit'),
  paymentId: z.string().nullable(),
  refundId: z.string().nullable(),
  invoiceId: z.string().nullable(),
  invoiceNumber: z.string().nullable(),
});

export const timelineEntry = z.object({
  at: instant,
  kind: z.enum(['audit', 'event', 'payout']),
  sentence: z.string(),
  actor: z.string(),
  why: z.array(z.string()),
  subject,
  correlationId: z.string().nullable(),
  seq: z.number().int().nullable(),
  eventId: z.string().nullable(),
  payoutId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});

export const invoiceDetails = invoice.extend({
  collections: z.array(collection).describe('newest first'),
  postings: z.array(posting).describe('newest first'),
  reviews: z.array(review).describe('newest first'),
});

export const wish = z.strictObject({
  note: z.string().trim().min(1).max(2_000).describe('why; kept in the audit log'),
});
