import { alikeKey, type PaypalTransaction, type UnreadableTransaction } from '@mlc/core';
import { z } from 'zod';
import { field, isObject } from './json.ts';
import { moment, money, neededText, optionalText } from './schema.ts';

/** D denied, P pending, S success, V reversed (paypal.md 4.4). */
const STATUSES: ReadonlySet<string> = new Set(['D', 'P', 'S', 'V']);
/** An unreadable row is asked about under a name made of what it says; no longer than this. */
const KEY_MAX = 160;

/** Every field is optional by PayPal's own specification; without one of the needed ones a row cannot be booked. */
const row = z.object({
  transaction_info: z.object({
    transaction_id: neededText,
    paypal_reference_id: optionalText,
    transaction_event_code: neededText.refine((code) => /^T\d{4}$/.test(code), 'is no code of PayPal'),
    transaction_initiation_date: moment,
    transaction_updated_date: moment.nullish().catch(null),
    transaction_amount: money,
    fee_amount: money.nullish(),
    transaction_status: neededText.refine((status) => STATUSES.has(status), 'is no status that we know'),
    invoice_id: optionalText,
    custom_field: optionalText,
  }),
  payer_info: z.object({ email_address: optionalText }).nullish().catch(null),
});

/** A row in our words, numbered by `numbered`; one that cannot be read is set aside. */
export type ReadRow =
  | { readonly kind: 'row'; readonly row: PaypalTransaction }
  | { readonly kind: 'unreadable'; readonly row: UnreadableTransaction };

/** Reads one element of `transaction_details`; never throws. */
export function readRow(wire: unknown): ReadRow {
  const read = row.safeParse(wire);
  if (!read.success) return { kind: 'unreadable', row: setAside(wire, read.error.issues[0]) };
  const { transaction_info: info, payer_info: payer } = read.data;
  const references = [info.invoice_id, info.custom_field].filter((text) => text !== null);
  return {
    kind: 'row',
    row: {
      id: info.transaction_id,
      referenceId: info.paypal_reference_id,
      eventCode: info.transaction_event_code,
      amount: info.transaction_amount,
      fee: info.fee_amount ?? null,
      status: info.transaction_status,
      initiatedAt: info.transaction_initiation_date,
      updatedAt: info.transaction_updated_date ?? info.transaction_initiation_date,
      payerEmail: payer?.email_address ?? null,
      references: [...new Set(references)],
      ordinal: 0,
    },
  };
}

const payer = z.object({
  transaction_info: z.object({ transaction_id: optionalText }),
  payer_info: z.object({ email_address: optionalText }),
});

/** Who made a transaction; asked of rows that need not be readable in all. Null when no row says. */
export function payerAmong(wire: readonly unknown[], id: string): string | null {
  for (const one of wire) {
    const read = payer.safeParse(one);
    const email =
      read.success && read.data.transaction_info.transaction_id === id
        ? read.data.payer_info.email_address
        : null;
    if (email !== null) return email;
  }
  return null;
}

/** Its key is made of what never changes in a row, as it stands there. */
function setAside(wire: unknown, issue: z.core.$ZodIssue | undefined): UnreadableTransaction {
  const info = isObject(wire) ? wire['transaction_info'] : undefined;
  const amount = isObject(info) ? info['transaction_amount'] : undefined;
  const id = field(info, 'transaction_id').trim();
  const names = [
    id,
    field(info, 'transaction_event_code'),
    `${field(amount, 'value')}${field(amount, 'currency_code')}`,
    field(info, 'transaction_initiation_date'),
  ];
  const place = (issue?.path ?? []).filter((part) => part !== 'transaction_info').join('.');
  const value =
    place === 'transaction_amount' ? ` ${field(amount, 'value')} ${field(amount, 'currency_code')}` : '';
  return {
    key: names.join(':').slice(0, KEY_MAX),
    id,
    why: `its ${place === '' ? 'transaction_info' : place}${value} ${issue?.message ?? 'cannot be read'}`,
    json: JSON.stringify(wire),
  };
}

/**
 * Tells apart rows that are alike in all that never changes: the n-th of a complete list is the n-th of any other. Settled
 * ones come first, so that what moved money keeps its place when a pending one like it ends.
 */
export function numbered(rows: readonly PaypalTransaction[]): PaypalTransaction[] {
  return groupsOf(rows).flatMap((alike) =>
    alike.toSorted(settledFirst).map((row, ordinal) => ({ ...row, ordinal })),
  );
}

/** One of each, where a list moved while it was read: a row that only seems to be there twice would count twice for good. */
export function oneOfEach(rows: readonly PaypalTransaction[]): PaypalTransaction[] {
  return groupsOf(rows).flatMap((alike) => alike.toSorted(settledFirst).slice(0, 1));
}

function groupsOf(rows: readonly PaypalTransaction[]): PaypalTransaction[][] {
  const groups = new Map<string, PaypalTransaction[]>();
  for (const row of rows) {
    const alike = groups.get(alikeKey(row));
    if (alike === undefined) groups.set(alikeKey(row), [row]);
    else alike.push(row);
  }
  return [...groups.values()];
}

const RANK: Readonly<Record<string, number>> = { S: 0, V: 0, P: 1, D: 2 };

function settledFirst(left: PaypalTransaction, right: PaypalTransaction): number {
  const rank = (RANK[left.status] ?? 0) - (RANK[right.status] ?? 0);
  if (rank !== 0) return rank;
  // The one that changed last is the newest reading of the row.
  return left.updatedAt === right.updatedAt ? 0 : left.updatedAt > right.updatedAt ? -1 : 1;
}
