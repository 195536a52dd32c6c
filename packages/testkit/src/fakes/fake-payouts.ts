import type { DebitRefund, Payout, PayoutBounce, PayoutItem, Payouts } from '@mlc/core';
import { Faults } from './scripted.ts';

/** GoCardless' payouts as flows see them, in memory. */
export class FakePayouts implements Payouts {
  readonly faults = new Faults();
  readonly payouts = new Map<string, Payout>();
  /** Null: too old, the provider keeps them no longer. */
  readonly items = new Map<string, readonly PayoutItem[] | null>();
  readonly refunds = new Map<string, DebitRefund>();
  readonly bounces: PayoutBounce[] = [];

  /** A payout of GBP that was paid on 2026-11-24, unless said otherwise. */
  addPayout(id: string, netMinor: bigint, items: readonly PayoutItem[], facts: Partial<Payout> = {}): void {
    this.payouts.set(id, {
      id,
      net: { minor: netMinor, currency: 'GBP' },
      deductedFeesMinor: 0n,
      status: 'paid',
      arrivalDate: '2026-11-24',
      reference: `ACME-${id}`,
      payoutType: 'merchant',
      exchange: null,
      createdAt: '2026-11-23T09:00:00.000Z',
      ...facts,
    });
    this.items.set(id, items);
  }

  getPayout(payoutId: string): Promise<Payout | null> {
    return this.faults.around('getPayout', () => this.payouts.get(payoutId) ?? null);
  }

  listItems(payoutId: string): Promise<readonly PayoutItem[] | null> {
    return this.faults.around('listItems', () => this.items.get(payoutId) ?? null);
  }

  async *listPayouts(createdFrom: string): AsyncIterable<Payout> {
    yield* await this.faults.around('listPayouts', () =>
      [...this.payouts.values()].filter(({ createdAt }) => createdAt >= createdFrom),
    );
  }

  async *listBounces(since: string): AsyncIterable<PayoutBounce> {
    yield* await this.faults.around('listBounces', () => this.bounces.filter(({ at }) => at >= since));
  }

  getRefund(refundId: string): Promise<DebitRefund | null> {
    return this.faults.around('getRefund', () => this.refunds.get(refundId) ?? null);
  }
}

/** An item as GoCardless lists it; `amountTenths` in tenths of a minor unit. */
export function payoutItem(
  type: PayoutItem['type'],
  amountTenths: bigint,
  facts: Partial<PayoutItem> = {},
): PayoutItem {
  return { type, amountTenths, taxTenths: 0n, paymentId: null, refundId: null, mandateId: null, ...facts };
}
