import type {
  Clock,
  KeptItem,
  Payout,
  PayoutItem,
  PayoutItemType,
  PayoutStatus,
  PayoutStore,
} from '@mlc/core';
import { chunksOf } from '../postgres/chunks.ts';
import type { Executor } from '../postgres/database.ts';
import { requireOne } from '../postgres/errors.ts';
import type { PayoutItem as ItemRow, Payout as PayoutRow } from '../postgres/generated/client.ts';
import { isOurs } from './ours.ts';

/** Columns of an item times this stay below what one statement carries. */
const ITEMS_AT_ONCE = 2_000;

/** Payouts of one business, in Postgres; `put` writes several rows: run it in a transaction. */
export function payoutStore(executor: Executor, businessId: string, clock: Clock): PayoutStore {
  return {
    put: async (payout, items) => {
      const { id, ...columns } = { ...columnsOf(payout), updatedAt: clock.now() };
      await executor.payout.upsert({
        where: { businessId_id: { businessId, id } },
        create: { businessId, id, ...columns },
        update: columns,
      });
      if (items !== null) await keepItems(executor, { businessId, payoutId: id }, items);
    },
    replaceItems: async (payoutId, items) => {
      // Locks the row: two at once must not mix their items.
      const where = { businessId, id: payoutId };
      const { count } = await executor.payout.updateMany({
        where,
        data: { hasItems: true, updatedAt: clock.now() },
      });
      requireOne(count, `payout ${payoutId}`);
      await executor.payoutItem.deleteMany({ where: { businessId, payoutId } });
      await insertItems(executor, { businessId, payoutId }, items);
    },
    oursAmong: async (paymentIds) => {
      const rows = await executor.$queryRawUnsafe<{ id: string }[]>(
        `SELECT asked.id FROM unnest($2::text[]) AS asked(id)
         WHERE ${isOurs({ businessId: '$1', paymentId: 'asked.id' })}`,
        businessId,
        paymentIds,
      );
      return new Set(rows.map(({ id }) => id));
    },
    get: async (id) => {
      const row = await executor.payout.findUnique({ where: { businessId_id: { businessId, id } } });
      if (row === null) return null;
      return {
        payout: payoutOf(row),
        items: row.hasItems ? await itemsOf(executor, businessId, id) : null,
      };
    },
    itemsOfPayment: async (paymentId) => {
      const rows = await executor.payoutItem.findMany({ where: { businessId, paymentId } });
      return inPayoutOrder(executor, businessId, rows);
    },
  };
}

/** The first to keep them wins: the row of the payout is locked by the upsert before. */
async function keepItems(
  executor: Executor,
  { businessId, payoutId }: { businessId: string; payoutId: string },
  items: readonly PayoutItem[],
): Promise<void> {
  const { count } = await executor.payout.updateMany({
    where: { businessId, id: payoutId, hasItems: false },
    data: { hasItems: true },
  });
  if (count > 0) await insertItems(executor, { businessId, payoutId }, items);
}

async function insertItems(
  executor: Executor,
  owner: { businessId: string; payoutId: string },
  items: readonly PayoutItem[],
): Promise<void> {
  const data = items.map((item, position) => ({ ...item, ...owner, position }));
  for (const some of chunksOf(data, ITEMS_AT_ONCE)) await executor.payoutItem.createMany({ data: some });
}

async function itemsOf(executor: Executor, businessId: string, payoutId: string): Promise<PayoutItem[]> {
  const where = { businessId, payoutId };
  return (await executor.payoutItem.findMany({ where, orderBy: { position: 'asc' } })).map(itemOf);
}

async function inPayoutOrder(executor: Executor, businessId: string, rows: ItemRow[]): Promise<KeptItem[]> {
  const payouts = await executor.payout.findMany({
    where: { businessId, id: { in: rows.map(({ payoutId }) => payoutId) } },
    select: { id: true, createdAt: true },
  });
  const createdAt = new Map(payouts.map((payout) => [payout.id, payout.createdAt]));
  const age = ({ payoutId }: ItemRow): string => `${createdAt.get(payoutId) ?? ''} ${payoutId}`;
  return rows
    .toSorted((left, right) => compare(age(left), age(right)) || left.position - right.position)
    .map((row) => ({ ...itemOf(row), payoutId: row.payoutId }));
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
    net: { minor: row.netMinor, currency: row.currency },
    deductedFeesMinor: row.deductedFeesMinor,
    status: row.status as PayoutStatus,
    arrivalDate: row.arrivalDate,
    reference: row.reference,
    payoutType: row.payoutType,
    exchange: currency === null ? null : { currency, amountMinor, rate },
    createdAt: row.createdAt,
  };
}

function itemOf(row: ItemRow): PayoutItem {
  return {
    type: row.type as PayoutItemType,
    amountTenths: row.amountTenths,
    taxTenths: row.taxTenths,
    paymentId: row.paymentId,
    refundId: row.refundId,
    mandateId: row.mandateId,
  };
}
