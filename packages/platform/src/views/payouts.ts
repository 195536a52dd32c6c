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
import { anyOf, type Page, type PagedList, type PageQuestion, readPage, type Span, within } from './page.ts';
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
  const rows = readRows<Row>(database, {
    text: `SELECT ${COLUMNS} FROM ${payoutsFrom(place)} ${where.text}
      ORDER BY payout.created_at COLLATE "C", payout.business_id COLLATE "C", payout.id COLLATE "C"`,
    values: [...where.values, ...ITEM_TYPES],
  });
  for await (const row of rows) yield viewOf(row);
}

const COLUMNS = `payout.id AS "payoutId", currency, net_minor AS "netMinor", deducted_fees_minor AS "deductedFeesMinor",
  arrival_date AS "arrivalDate", status AS state, has_items AS "hasItems", items.count AS items,
  items.all_tenths AS "allTenths", items.fee_tenths AS "feeTenths", items.unexplained_tenths AS "unexplainedTenths"`;
const ITEM_TYPES = [[...FEE_ITEM_TYPES], [...EXPLAINED_ITEM_TYPES], [...PAYMENTLESS_ITEM_TYPES]];

/** Payouts beside the sums of their items; ITEM_TYPES stand behind `place` values. */
function payoutsFrom(place: number): string {
  const notOurs = `CASE WHEN item.payment_id IS NULL THEN item.type <> ALL ($${String(place + 3)}::text[])
    ELSE item.type <> ALL ($${String(place + 2)}::text[])
      AND NOT ${isOurs({ businessId: 'item.business_id', paymentId: 'item.payment_id' })} END`;
  return `payouts payout CROSS JOIN LATERAL (
    SELECT count(*)::int AS count, coalesce(sum(amount_tenths), 0) AS all_tenths,
      coalesce(sum(amount_tenths) FILTER (WHERE item.type = ANY ($${String(place + 1)}::text[])), 0) AS fee_tenths,
      coalesce(sum(amount_tenths) FILTER (WHERE ${notOurs}), 0) AS unexplained_tenths
    FROM payout_items item WHERE item.business_id = payout.business_id AND item.payout_id = payout.id
  ) items`;
}

/** Which payouts of a business; from and to are days of arrival. */
export interface PayoutQuestion extends PageQuestion, Span<string> {
  readonly businessId: string;
  readonly states?: readonly string[] | undefined;
  readonly currencies?: readonly string[] | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** Payouts of a business, newest first. */
export async function pageOfPayouts(
  database: Pick<Database, 'pool'>,
  question: PayoutQuestion,
): Promise<Page<PayoutView>> {
  const { businessId, states, currencies, ids } = question;
  const conditions = anyOf([businessId, ...ITEM_TYPES], {
    'payout.status': states,
    'payout.currency': currencies,
    'payout.id': ids,
  });
  within(conditions, 'payout.arrival_date', question);
  const list: PagedList = {
    name: 'payouts',
    select: COLUMNS,
    from: payoutsFrom(1),
    where: ['payout.business_id = $1', ...conditions.where],
    values: conditions.values,
    order: [
      { column: 'payout.created_at', type: 'text' },
      { column: 'payout.id', type: 'text' },
    ],
  };
  const page = await readPage<Row>(database, list, question);
  return { ...page, items: page.items.map(viewOf) };
}

/** One part of a payout. */
export interface PayoutItemView {
  readonly position: number;
  readonly type: string;
  /** Signed, in tenths of a minor unit. */
  readonly amountTenths: number;
  readonly paymentId: string | null;
  readonly refundId: string | null;
  /** Of a payment of ours. */
  readonly invoiceId: string | null;
  readonly invoiceNumber: string | null;
}

interface ItemRow extends Omit<PayoutItemView, 'amountTenths'> {
  readonly amountTenths: string;
}

/** The items of a payout, in its order (the last page last: positions ascend). */
export async function payoutItems(
  { pool }: Pick<Database, 'pool'>,
  question: {
    readonly businessId: string;
    readonly payoutId: string;
    readonly from: number;
    readonly limit: number;
  },
): Promise<readonly PayoutItemView[]> {
  const { rows } = await pool.query<ItemRow>(
    `SELECT position, item.type, amount_tenths AS "amountTenths", item.payment_id AS "paymentId", refund_id AS "refundId",
       invoice_id AS "invoiceId", invoice_number AS "invoiceNumber"
     FROM payout_items item LEFT JOIN collections c ON c.business_id = item.business_id AND c.payment_id = item.payment_id
     WHERE item.business_id = $1 AND item.payout_id = $2 AND position >= $3 ORDER BY position LIMIT $4`,
    [question.businessId, question.payoutId, question.from, question.limit],
  );
  return rows.map(({ amountTenths, ...row }) => ({ ...row, amountTenths: Number(amountTenths) }));
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
