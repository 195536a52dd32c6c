import type { HttpResponse } from '@mlc/core';
import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const bag = z.record(z.string(), z.unknown()).catch({});
const entrySchema = z.object({
  reason: text,
  message: text,
  field: text,
  request_pointer: text,
  links: bag,
  metadata: bag,
});
const NO_ENTRY = { reason: undefined, message: undefined, field: undefined, request_pointer: undefined };
const envelopeSchema = z.object({
  error: z.union([
    z.string(),
    z.object({
      message: text,
      type: text,
      errors: z.array(entrySchema.catch({ ...NO_ENTRY, links: {}, metadata: {} })).catch([]),
    }),
  ]),
});

/** One of `errors`. */
export type Entry = z.infer<typeof entrySchema>;

/** What GoCardless complained about; `errors` may be missing and `error` a bare string (gocardless.md 1.8). */
export interface Complaint {
  readonly message: string;
  readonly type: string | undefined;
  readonly entries: readonly Entry[];
}

/** Reads GoCardless's error envelope; null for anything else (a page of the edge, an empty body). */
export function readComplaint(body: string): Complaint | null {
  const envelope = envelopeSchema.safeParse(parsed(body));
  if (!envelope.success) return null;
  const { error } = envelope.data;
  if (typeof error === 'string') {
    return {
      message: error,
      type: undefined,
      entries: [{ ...NO_ENTRY, reason: error, links: {}, metadata: {} }],
    };
  }
  return { message: error.message ?? 'no message', type: error.type, entries: error.errors };
}

/**
 * "No such object": 404, 410 or a removed customer, said by GoCardless itself. A path it does not know is our mistake,
 * and a 404 that is not GoCardless's says nothing about the object.
 */
export function saysMissing(answer: HttpResponse): boolean {
  if (answer.status < 400 || answer.status > 499) return false;
  const complaint = readComplaint(answer.body);
  if (complaint === null) return false;
  if (complaint.entries.some(({ reason }) => reason === 'path_not_found')) return false;
  return (
    answer.status === 404 ||
    answer.status === 410 ||
    complaint.entries.some(({ reason }) => reason === 'customer_data_removed')
  );
}

/** `field`, else the last step of `request_pointer`: `/payments/charge_date`. */
export function fieldOf(entry: Entry): string | undefined {
  return entry.field ?? entry.request_pointer?.split('/').at(-1);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
