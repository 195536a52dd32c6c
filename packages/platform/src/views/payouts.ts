import {
  EXPLAINED_ITEM_TYPES,
  FEE_ITEM_TYPES,
  feesMinorOf,
  minorFromTenths,
  PAYMENTLESS_ITEM_TYPES,
} from '@mlc/core';
import { readRows } from '../postgres/cursor.ts';
import type { Database } from '../postgres/database.ts';
import { isOurs } from '../store/ours.ts';
import { type ViewFilter, whereEquals } from './filter.ts';

/** One payout as `mlc payouts list` shows it (contract section 6). */
export interface PayoutView {
  readonly payoutId: string;
  readonly currency: string;
  /** Before fees: net + fees. */
  readonly grossMinor: number;
  /** All fee items as a positive cost. */
  readonly feesMinor: number;
  /** What is sent to the bank. */
  readonly netMinor: number;
  /** YYYY-MM-DD; null until paid. */
  readonly arrivalDate: string | null;
  /** GoCardless' status. */
  readonly state: string;
  readonly items: number;
  /** Signed sum of the items whose payment is not ours, or not named. */
  readonly unexplainedMinor: number;
}

type Row = Pick<PayoutView, 'payoutId' | 'currency' | 'arrivalDate' | 'state' | 'items'> & {
  readonly hasItems: boolean;
  readonly netMinor: string;
  readonly deductedFeesMinor: string;
  readonly allTenths: string;
  readonly feeTenths: string;
  readonly unexplainedTenths: string;
};

/** Payouts, oldest first. Until its items are known, a payout's fees are what GoCardless says was deducted. */
export async function* listPayouts(database: Database, filter: ViewFilter = {}): AsyncGenerator<PayoutView> {
  const where = whereEquals({ 'payout.business_id': filter.businessId });
  const place = where.values.length;
  const notOurs = `CASE WHEN item.payment_id IS NULL THEN item.type <> ALL ($${String(place + 3)}::text[])
    ELSE item.type <> ALL ($${String(place + 2)}::text[])
      AND NOT ${isOurs({ businessId: 'item.business_id', paymentId: 'item.payment_id' })} END`;
  const rows = readRows<Row>(database, {
    text: `SELECT payout.id AS "payoutId", currency, net_minor AS "netMinor", deducted_fees_minor AS "deductedFeesMinor",
        arrival_date AS "arrivalDate", status AS state, has_items AS "hasItems", items.count AS items,
        items.all_tenths AS "allTenths", items.fee_tenths AS "feeTenths", items.unexplained_tenths AS "unexplainedTenths"
      FROM payouts payout CROSS JOIN LATERAL (
        SELECT count(*)::int AS count, coalesce(sum(amount_tenths), 0) AS all_tenths,
          coalesce(sum(amount_tenths) FILTER (WHERE item.type = ANY ($${String(place + 1)}::text[])), 0) AS fee_tenths,
          coalesce(sum(amount_tenths) FILTER (WHERE ${notOurs}), 0) AS unexplained_tenths
        FROM payout_items item WHERE item.business_id = payout.business_id AND item.payout_id = payout.id
      ) items ${where.text}
      ORDER BY payout.created_at COLLATE "C", payout.business_id COLLATE "C", payout.id COLLATE "C"`,
    values: [...where.values, [...FEE_ITEM_TYPES], [...EXPLAINED_ITEM_TYPES], [...PAYMENTLESS_ITEM_TYPES]],
  });
  for await (const row of rows) yield viewOf(row);
}

function viewOf(row: Row): PayoutView {
  const net = BigInt(row.netMinor);
  const sums = { allTenths: BigInt(row.allTenths), feeTenths: BigInt(row.feeTenths) };
  const fees = row.hasItems ? feesMinorOf(net, sums) : BigInt(row.deductedFeesMinor);
  return {
    payoutId: row.payoutId,
    currency: row.currency,
    grossMinor: Number(net + fees),
    feesMinor: Number(fees),
    netMinor: Number(net),
    arrivalDate: row.arrivalDate,
    state: row.state,
    items: row.items,
    unexplainedMinor: Number(minorFromTenths(BigInt(row.unexplainedTenths))),
  };
}
