import type { DomainEvent, PaypalTransaction } from '@mlc/core';
import { z } from 'zod';
import { field, isObject, parseJson } from './json.ts';

/** What the types of these events begin with; the T-code follows: `BALANCE.T0400`. PayPal itself sends none of them. */
export const BALANCE_EVENT = 'BALANCE.';
/** The type of something in a list that could not be read. */
export const UNREADABLE_LISTED = 'LISTED.UNREADABLE';

/**
 * A row of Transaction Search as an event's payload, where a webhook has the object: its amounts in minor units as text,
 * because JSON knows no bigint. A refund says which capture it is of, as its webhook does.
 */
export function rowPayload(id: string, type: string, row: PaypalTransaction): string {
  const plain = JSON.parse(
    JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  ) as object;
  const of = row.referenceId === null ? {} : { capture_id: row.referenceId };
  return JSON.stringify({ id, event_type: type, resource: { ...plain, ...of } });
}

const money = z
  .object({ minor: z.string().regex(/^-?\d{1,18}$/), currency: z.string().regex(/^[A-Z]{3}$/) })
  .transform(({ minor, currency }) => ({ minor: BigInt(minor), currency }));

const row = z.object({
  id: z.string().min(1),
  referenceId: z.string().nullable(),
  eventCode: z.string().regex(/^T\d{4}$/),
  amount: money,
  fee: money.nullable(),
  status: z.string(),
  initiatedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  payerEmail: z.string().nullable(),
  references: z.array(z.string()),
  // Events from before rows were numbered have none.
  ordinal: z.int().min(0).default(0),
});

/**
 * What the ids of polled events begin with. A webhook whose event has such an id is refused (`splitDelivery`): PayPal's
 * signature binds a body by its CRC-32 only (paypal.md 3.6), so that a row in a webhook's body is nobody's word.
 */
export const POLLED_ID = 'poll:';

function readRow(payload: string) {
  const event = parseJson(payload);
  const isOurs = field(event, 'id').startsWith(POLLED_ID);
  return row.safeParse(isOurs && isObject(event) ? event['resource'] : undefined);
}

/** The row such an event carries. */
export function balanceMoved(payload: string): DomainEvent {
  const read = readRow(payload);
  if (read.success) return { kind: 'balance-moved', transaction: read.data };
  const place = read.error.issues[0]?.path.join('.') ?? '';
  return { kind: 'unreadable', why: `a balance movement whose field ${place} cannot be read` };
}

/** The row in an event that polling made, to be spread into its meaning; nothing in what a webhook brought. */
export function rowIn(payload: string): { readonly row?: PaypalTransaction } {
  const read = readRow(payload);
  return read.success ? { row: read.data } : {};
}

/** Something of a list that could not be read, as an event's payload. */
export function unreadablePayload(id: string, { why, type, json }: Unreadable): string {
  return JSON.stringify({ id, event_type: UNREADABLE_LISTED, why, type, resource: parseJson(json) });
}

/** What of a list could not be read. */
export interface Unreadable {
  /** Ends a sentence. */
  readonly why: string;
  /** What it is at PayPal: `transaction`, `dispute`. */
  readonly type: string;
  /** As PayPal wrote it. */
  readonly json: string;
}

/** What is to be asked about it; `resourceId` is its id, '' when it has none. */
export function unreadableListed(resourceId: string, payload: string): DomainEvent {
  const event = parseJson(payload);
  const [why, type] = [field(event, 'why'), field(event, 'type')];
  const id = resourceId === '' ? 'without an id' : resourceId;
  return { kind: 'unreadable', why, subject: { provider: 'paypal', type, id } };
}
