import type { DomainEvent, PaypalTransaction } from '@mlc/core';
import { z } from 'zod';
import { isObject, parseJson } from './json.ts';

/** What the types of these events begin with; the T-code follows: `BALANCE.T0400`. PayPal itself sends none of them. */
export const BALANCE_EVENT = 'BALANCE.';

/** A row of Transaction Search as an event's payload: its amounts in minor units as text, because JSON knows no bigint. */
export function balancePayload(id: string, row: PaypalTransaction): string {
  const resource = JSON.parse(
    JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  ) as unknown;
  return JSON.stringify({ id, event_type: `${BALANCE_EVENT}${row.eventCode}`, resource });
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
});

/** The row such an event carries. */
export function balanceMoved(payload: string): DomainEvent {
  const event = parseJson(payload);
  const read = row.safeParse(isObject(event) ? event['resource'] : undefined);
  if (read.success) return { kind: 'balance-moved', transaction: read.data };
  const field = read.error.issues[0]?.path.join('.') ?? '';
  return { kind: 'unreadable', why: `a balance movement whose field ${field} cannot be read` };
}
