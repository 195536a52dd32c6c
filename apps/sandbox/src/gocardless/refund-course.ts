import type { EventDetails, GcEvent, Refund } from './wire.ts';
import type { World } from './world.ts';

const ORIGINS: Readonly<Record<string, EventDetails['origin']>> = { created: 'api', failed: 'bank' };

/** An event about a refund. */
export function tellRefund(world: World, refund: Refund, action: string, cause: string): GcEvent {
  const origin = ORIGINS[action] ?? 'gocardless';
  return world.events.record({
    resource: 'refunds',
    action,
    origin,
    cause,
    links: { refund: refund.id },
    resourceMetadata: refund.metadata,
  });
}

/** Those a payout has to bear yet; a bounced one comes back only if it was borne. */
export function unsettledRefunds(world: World, currency: string): Refund[] {
  const isOpen = ({ id, status }: Refund): boolean => {
    const isSettled = world.settledRefunds.has(id);
    return status === 'bounced'
      ? isSettled
      : !isSettled && status !== 'cancelled' && status !== 'funds_returned';
  };
  return world.refunds.where((refund) => refund.currency === currency && isOpen(refund));
}

/** Deducted by a payout, or given back by one. */
export function settleRefund(world: World, refund: Refund): void {
  if (refund.status === 'bounced') {
    world.settledRefunds.delete(refund.id);
    refund.status = 'funds_returned';
    tellRefund(world, refund, 'funds_returned', 'refund_funds_returned');
    return;
  }
  world.settledRefunds.add(refund.id);
  tellRefund(world, refund, 'refund_settled', 'refund_settled');
}

/** One step a day: created → submitted → paid. */
export function advanceRefund(world: World, refund: Refund): void {
  const ageDays = (Date.parse(world.timestamp()) - Date.parse(refund.created_at)) / 86_400_000;
  if (ageDays < 1) return;
  if (refund.status === 'created' || refund.status === 'pending_submission') refund.status = 'submitted';
  else if (refund.status === 'submitted') payRefund(world, refund);
}

export function payRefund(world: World, refund: Refund): void {
  refund.status = 'paid';
  tellRefund(world, refund, 'paid', 'refund_paid');
}

/** The payer's bank sent it back: the event says `failed`, the status `bounced` (section 3). */
export function bounceRefund(world: World, refund: Refund): void {
  refund.status = 'bounced';
  tellRefund(world, refund, 'failed', 'refund_failed');
  const payment = refund.links.payment === undefined ? undefined : world.payments.get(refund.links.payment);
  if (payment !== undefined) payment.amount_refunded -= refund.amount;
}
