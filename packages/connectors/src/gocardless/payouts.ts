import {
  type DebitRefund,
  type Payout,
  type PayoutItem,
  type PayoutItemType,
  type Payouts,
  type PayoutStatus,
} from '@mlc/core';
import { ConnectorError } from '@mlc/core';
import { type GocardlessAccess, GocardlessClient, GONE } from './client.ts';
import { listBounces } from './steps.ts';
import {
  payoutItemSchema,
  payoutSchema,
  refundSchema,
  type WirePayout,
  type WirePayoutItem,
  type WireRefund,
} from './payout-schema.ts';
import { creditorIn } from './translate.ts';

const payouts = { plural: 'payouts', schema: payoutSchema };
const payoutItems = { plural: 'payout_items', schema: payoutItemSchema, expires: true } as const;
const refunds = { plural: 'refunds', schema: refundSchema };

/** Payouts through GoCardless (gocardless.md 2.9 to 2.11). */
export function gocardlessPayouts(access: GocardlessAccess): Payouts {
  const client = new GocardlessClient(access);
  return {
    getPayout: async (payoutId) => {
      const found = await client.read('getPayout', payouts, payoutId);
      return found === null ? null : toPayout(found);
    },
    listItems: (payoutId) => listItems(client, payoutId),
    listPayouts: (createdFrom) => listPayouts(client, createdFrom),
    listBounces: (since) => listBounces(client, since),
    getRefund: async (refundId) => {
      const found = await client.read('getRefund', refunds, refundId);
      return found === null ? null : toRefund(found);
    },
  };
}

async function listItems(client: GocardlessClient, payoutId: string): Promise<PayoutItem[] | null> {
  const items: PayoutItem[] = [];
  try {
    for await (const row of client.list('listPayoutItems', payoutItems, { payout: payoutId }))
      items.push(toItem(row));
  } catch (error) {
    if (error instanceof ConnectorError && error.status === GONE) return null;
    throw error;
  }
  return items;
}

/** Filtered again here: a filter the provider ignored would mix in older ones. */
async function* listPayouts(client: GocardlessClient, createdFrom: string): AsyncGenerator<Payout> {
  for await (const row of client.list('listPayouts', payouts, { 'created_at[gte]': createdFrom }))
    if (Date.parse(row.created_at) >= Date.parse(createdFrom)) yield toPayout(row);
}

/** Statuses of a payout that has a date (gocardless.md 2.10); should it be missing, the day it was made must do. */
const ARRIVED: ReadonlySet<string> = new Set<PayoutStatus>(['paid', 'bounced']);

function toPayout(wire: WirePayout): Payout {
  const { fx } = wire;
  return {
    id: wire.id,
    net: { minor: wire.amount, currency: wire.currency },
    deductedFeesMinor: wire.deducted_fees,
    // An unknown new status stays readable: nothing is booked for it.
    status: wire.status as PayoutStatus,
    arrivalDate: wire.arrival_date ?? (ARRIVED.has(wire.status) ? wire.created_at.slice(0, 10) : null),
    reference: wire.reference,
    payoutType: wire.payout_type ?? 'merchant',
    // Its own currency there means that nothing is exchanged.
    exchange:
      fx?.fx_currency == null || fx.fx_currency === wire.currency
        ? null
        : { currency: fx.fx_currency, amountMinor: fx.fx_amount ?? null, rate: fx.exchange_rate },
    ...creditorIn(wire.links),
    createdAt: wire.created_at,
  };
}

function toItem(wire: WirePayoutItem): PayoutItem {
  return {
    type: wire.type as PayoutItemType,
    amountTenths: wire.amount,
    taxTenths: wire.taxes.reduce((sum, tax) => sum + tax.amount, 0n),
    paymentId: wire.links.payment,
    refundId: wire.links.refund,
    mandateId: wire.links.mandate,
  };
}

function toRefund(wire: WireRefund): DebitRefund {
  return {
    id: wire.id,
    amount: { minor: wire.amount, currency: wire.currency },
    status: wire.status,
    paymentId: wire.links.payment,
    mandateId: wire.links.mandate,
    metadata: wire.metadata,
    createdAt: wire.created_at,
  };
}
