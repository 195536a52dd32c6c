import type { GcEvent, Payout } from './wire.ts';
import type { World } from './world.ts';

/** An event about a payout; there is none for its creation and none for a bounce (gocardless.md 2.12). */
export function tellPayout(world: World, payout: Payout, action: string, cause: string): GcEvent {
  const { id, metadata } = payout;
  return world.events.record({
    resource: 'payouts',
    action,
    origin: 'gocardless',
    cause,
    links: { payout: id },
    resourceMetadata: metadata,
  });
}

/** The transfer came back: the payout shows `bounced`, the event is the creditor's. */
export function bouncePayout(world: World, payout: Payout): void {
  payout.status = 'bounced';
  world.events.record({
    resource: 'creditors',
    action: 'bounced_payout',
    origin: 'bank',
    cause: 'bounced_payout',
    links: { creditor: payout.links.creditor, payout: payout.id },
  });
}
