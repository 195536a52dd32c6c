import type { Clock, KeptItem, Payout, PayoutItem, PayoutStore } from '@mlc/core';
import { chunksOf } from '../postgres/chunks.ts';
import { noSuch } from '../postgres/errors.ts';
import { requiring } from '../postgres/refusals.ts';
import type { BigintColumn, Sql } from '../postgres/sql.ts';
import { insertion, insertionOfMany, selected } from '../postgres/statements.ts';
import { isOurs } from './ours.ts';

/** What one statement carries. */
const ITEMS_AT_ONCE = 2_000;

/** Payouts of one business, in Postgres; `put` writes several rows: run it in a transaction. */
export function payoutStore(sql: Sql, businessId: string, clock: Clock): PayoutStore {
  return {
    put: async (payout, items) => {
      const { text, values } = insertion('payouts', {
        businessId,
        ...columnsOf(payout),
        updatedAt: clock.now(),
      });
      await sql.tell(`${text} ${OR_REFRESH}`, values);
      if (items !== null) await keepItems(sql, { businessId, payoutId: payout.id }, items);
    },
    replaceItems: async (payoutId, items) => {
      // Locks the row: two at once must not mix their items.
      const missing = () => noSuch(`payout ${payoutId}`);
      await sql.tell(REPLACES_ITEMS, [businessId, payoutId, clock.now()], missing);
      await sql.tell(DROP_ITEMS, [businessId, payoutId]);
      await insertItems(sql, { businessId, payoutId }, items);
    },
    oursAmong: async (paymentIds) => {
      const rows = await sql.rows<{ id: string }>(OURS_AMONG, [businessId, paymentIds]);
      return new Set(rows.map(({ id }) => id));
    },
    get: async (id) => {
      const [row] = await sql.rows<PayoutRow>(PAYOUT, [businessId, id]);
      if (row === undefined) return null;
      return { payout: payoutOf(row), items: row.hasItems ? await itemsOf(sql, businessId, id) : null };
    },
    itemsOfPayment: async (paymentId) => {
      const rows = await sql.rows<ItemRow & { readonly createdAt: string | null }>(ITEMS_OF_PAYMENT, [
        businessId,
        paymentId,
      ]);
      const age = ({ createdAt, payoutId }: (typeof rows)[number]): string =>
        `${createdAt ?? ''} ${payoutId}`;
      return rows
        .toSorted((left, right) => compare(age(left), age(right)) || left.position - right.position)
        .map((row) => ({ ...itemOf(row), payoutId: row.payoutId }));
    },
  };
}

interface PayoutRow extends Pick<
  Payout,
  'id' | 'status' | 'arrivalDate' | 'reference' | 'payoutType' | 'createdAt'
> {
  readonly currency: string;
  readonly netMinor: BigintColumn;
  readonly deductedFeesMinor: BigintColumn;
  readonly exchangeCurrency: string | null;
  readonly exchangeMinor: BigintColumn | null;
  readonly exchangeRate: string | null;
  readonly hasItems: boolean;
}

interface ItemRow extends Omit<KeptItem, 'amountTenths' | 'taxTenths'> {
  readonly position: number;
  readonly amountTenths: BigintColumn;
  readonly taxTenths: BigintColumn;
}

const PAYOUT_COLUMNS = [
  ...['id', 'currency', 'netMinor', 'deductedFeesMinor', 'status', 'arrivalDate', 'reference', 'payoutType'],
  ...['exchangeCurrency', 'exchangeMinor', 'exchangeRate', 'createdAt', 'hasItems'],
];
const ITEM_TYPES = {
  ...{ businessId: 'text', payoutId: 'text', position: 'int', type: 'text', amountTenths: 'bigint' },
  ...{ taxTenths: 'bigint', paymentId: 'text', refundId: 'text', mandateId: 'text' },
};
const PAYOUT = `SELECT ${selected(PAYOUT_COLUMNS)} FROM payouts WHERE business_id = $1 AND id = $2`;
const OR_REFRESH = `ON CONFLICT (business_id, id) DO UPDATE SET currency = EXCLUDED.currency, net_minor = EXCLUDED.net_minor,
  deducted_fees_minor = EXCLUDED.deducted_fees_minor, status = EXCLUDED.status, arrival_date = EXCLUDED.arrival_date,
  reference = EXCLUDED.reference, payout_type = EXCLUDED.payout_type, exchange_currency = EXCLUDED.exchange_currency,
  exchange_minor = EXCLUDED.exchange_minor, exchange_rate = EXCLUDED.exchange_rate, created_at = EXCLUDED.created_at,
  updated_at = EXCLUDED.updated_at`;
const REPLACES_ITEMS = requiring(
  `UPDATE payouts SET has_items = true, updated_at = $3 WHERE business_id = $1 AND id = $2`,
);
const KEEPS_ITEMS = `UPDATE payouts SET has_items = true WHERE business_id = $1 AND id = $2 AND NOT has_items`;
const DROP_ITEMS = `DELETE FROM payout_items WHERE business_id = $1 AND payout_id = $2`;
const ITEM = selected(Object.keys(ITEM_TYPES));
const ITEMS = `SELECT ${ITEM} FROM payout_items WHERE business_id = $1 AND payout_id = $2 ORDER BY position`;
const ITEMS_OF_PAYMENT = `SELECT ${ITEM}, (SELECT created_at FROM payouts
    WHERE business_id = $1 AND id = payout_items.payout_id) AS "createdAt"
  FROM payout_items WHERE business_id = $1 AND payment_id = $2`;
const OURS_AMONG = `SELECT asked.id FROM unnest($2::text[]) AS asked(id)
  WHERE ${isOurs({ businessId: '$1', paymentId: 'asked.id' })}`;

/** The first to keep them wins: the row of the payout is locked by the upsert before. */
async function keepItems(
  sql: Sql,
  { businessId, payoutId }: { businessId: string; payoutId: string },
  items: readonly PayoutItem[],
): Promise<void> {
  const count = await sql.count(KEEPS_ITEMS, [businessId, payoutId]);
  if (count > 0) await insertItems(sql, { businessId, payoutId }, items);
}

async function insertItems(
  sql: Sql,
  owner: { businessId: string; payoutId: string },
  items: readonly PayoutItem[],
): Promise<void> {
  const rows = items.map((item, position) => ({ ...item, ...owner, position }));
  for (const some of chunksOf(rows, ITEMS_AT_ONCE)) {
    const { text, values } = insertionOfMany('payout_items', { types: ITEM_TYPES }, some);
    await sql.count(text, values);
  }
}

async function itemsOf(sql: Sql, businessId: string, payoutId: string): Promise<PayoutItem[]> {
  return (await sql.rows<ItemRow>(ITEMS, [businessId, payoutId])).map(itemOf);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

function columnsOf(payout: Payout) {
  return {
    id: payout.id,
    currency: payout.net.currency,
    netMinor: payout.net.minor,
    deductedFeesMinor: payout.deductedFeesMinor,
    status: payout.status,
    arrivalDate: payout.arrivalDate,
    reference: payout.reference,
    payoutType: payout.payoutType,
    exchangeCurrency: payout.exchange?.currency ?? null,
    exchangeMinor: payout.exchange?.amountMinor ?? null,
    exchangeRate: payout.exchange?.rate ?? null,
    createdAt: payout.createdAt,
  };
}

function payoutOf(row: PayoutRow): Payout {
  const { exchangeCurrency: currency, exchangeMinor: amountMinor, exchangeRate: rate } = row;
  return {
    id: row.id,
    net: { minor: BigInt(row.netMinor), currency: row.currency },
    deductedFeesMinor: BigInt(row.deductedFeesMinor),
    status: row.status,
    arrivalDate: row.arrivalDate,
    reference: row.reference,
    payoutType: row.payoutType,
    exchange:
      currency === null
        ? null
        : { currency, amountMinor: amountMinor === null ? null : BigInt(amountMinor), rate },
    createdAt: row.createdAt,
  };
}

function itemOf(row: ItemRow): PayoutItem {
  return {
    type: row.type,
    amountTenths: BigInt(row.amountTenths),
    taxTenths: BigInt(row.taxTenths),
    paymentId: row.paymentId,
    refundId: row.refundId,
    mandateId: row.mandateId,
  };
}
