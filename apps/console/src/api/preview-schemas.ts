import { REVIEW_KINDS } from '@mlc/core';
import { subject } from './schemas.ts';
import { z } from './zod.ts';

const minor = z.number().int();

const heldWrite = z.object({
  kind: z.string(),
  invoiceId: z.string().nullable(),
  invoiceNumber: z.string().nullable(),
  source: z.object({ provider: z.string(), id: z.string() }).nullable(),
  amountMinor: minor.nullable(),
  currency: z.string().nullable(),
  date: z.string().nullable(),
});

export const preview = z.object({
  collections: z.array(
    z.object({
      invoiceId: z.string(),
      invoiceNumber: z.string(),
      client: z.string(),
      amountMinor: minor,
      currency: z.string(),
      mandateId: z.string(),
      chargeDate: z.string().nullable(),
    }),
  ),
  obstacles: z.array(z.object({ kind: z.enum(REVIEW_KINDS), subject, why: z.string() })),
  left: z.array(z.object({ invoiceId: z.string(), invoiceNumber: z.string(), why: z.string() })),
  totals: z.array(
    z.object({
      currency: z.string(),
      collections: z.number().int(),
      collectionsMinor: minor,
      payments: z.number().int(),
      paymentsMinor: minor,
    }),
  ),
  postings: z.array(heldWrite).describe('what waits for go-live and would be booked, or taken out'),
  cancellations: z.array(heldWrite),
});

export const registeredWebhooks = z.object({
  items: z.array(
    z.object({
      provider: z.string(),
      event: z.string(),
      url: z.string(),
      state: z.enum(['created', 'existing', 'repaired', 'manual']),
      id: z.string().nullable(),
    }),
  ),
  problem: z.string().nullable().describe('why one could not be made, and what to do'),
});
