import { isUsable } from './schemes.ts';
import { lifeOf, stepMandate, tellMandate } from './mandate-machine.ts';
import type { MandateAction } from './mandate-machine.ts';
import { canStep, stepPayment } from './payment-machine.ts';
import type { EventDetails, Mandate, Metadata } from './wire.ts';
import type { World } from './world.ts';
import { tellSubscription } from './subscription-events.ts';

export interface EndReason {
  readonly origin: EventDetails['origin'];
  readonly cause: string;
  readonly metadata?: Metadata;
  readonly details?: Partial<EventDetails>;
}

/** Cancels a mandate, whoever asked. */
export function cancelMandate(world: World, mandate: Mandate, why: EndReason): void {
  endMandate(world, mandate, 'cancelled', why);
}

/**
 * Ends a mandate and everything that can still be stopped with it: payments not yet submitted and subscriptions.
 * Their events name the mandate's as `links.parent_event` (gocardless.md section 3).
 */
export function endMandate(
  world: World,
  mandate: Mandate,
  action: Extract<MandateAction, 'cancelled' | 'failed' | 'expired' | 'blocked' | 'consumed'>,
  why: EndReason,
): void {
  const event = stepMandate(world, mandate, action, why);
  const { origin, details } = why;
  const cause = action === 'failed' ? why.cause : `mandate_${action}`;
  const links = { parent_event: event.id };
  for (const payment of world.payments.where((entry) => entry.links.mandate === mandate.id)) {
    if (payment.status === 'pending_submission' || payment.status === 'pending_customer_approval') {
      stepPayment(world, payment, 'cancelled', {
        origin,
        cause,
        links,
        ...(details === undefined ? {} : { details }),
      });
    }
  }
  for (const subscription of world.subscriptions.where((entry) => entry.links.mandate === mandate.id)) {
    if (subscription.status !== 'active' && subscription.status !== 'paused') continue;
    subscription.status = 'cancelled';
    subscription.upcoming_payments = [];
    tellSubscription(world, subscription, 'cancelled', { origin, cause, links });
  }
}

/**
 * The scheme identifier changed: a new mandate takes over, the old one shows `cancelled` and points to it. Debits and
 * subscriptions that were not submitted yet move over (how the real one treats them is not documented).
 */
export function replaceMandate(world: World, mandate: Mandate): Mandate {
  if (!isUsable(mandate.status)) throw new Error(`${mandate.id} is ${mandate.status} and cannot be replaced`);
  const successor: Mandate = {
    ...structuredClone(mandate),
    id: world.ids.next('MD'),
    created_at: world.timestamp(),
  };
  world.mandates.add(successor);
  world.mandateLives.set(successor.id, { ...lifeOf(world, mandate) });
  const cause = 'scheme_identifier_changed';
  mandate.links.new_mandate = successor.id;
  stepMandate(world, mandate, 'replaced', {
    origin: 'gocardless',
    cause,
    links: { new_mandate: successor.id },
  });
  const waiting = world.payments.where(
    (entry) => entry.links.mandate === mandate.id && canStep(entry, 'cancelled'),
  );
  for (const payment of waiting) payment.links.mandate = successor.id;
  for (const subscription of world.subscriptions.where((entry) => entry.links.mandate === mandate.id)) {
    subscription.links.mandate = successor.id;
  }
  return successor;
}

/** The payer moved to another bank: same mandate, new bank account (2.12 `transferred`). */
export function transferMandate(world: World, mandate: Mandate): void {
  const previous = world.bankAccounts.must(mandate.links.customer_bank_account);
  const next = { ...structuredClone(previous), id: world.ids.next('BA'), created_at: world.timestamp() };
  next.bank_name = 'BANK OF SCOTLAND PLC';
  world.bankAccounts.add(next);
  previous.enabled = false;
  mandate.links.customer_bank_account = next.id;
  tellMandate(world, mandate, 'transferred', {
    origin: 'bank',
    cause: 'bank_account_transferred',
    details: { scheme: mandate.scheme, ...(mandate.scheme === 'bacs' ? { reason_code: 'ADDACS-3' } : {}) },
    links: { previous_customer_bank_account: previous.id, new_customer_bank_account: next.id },
  });
}

/** Back from `cancelled` or `expired`: resubmitted now, `reinstated` two working days later. */
export function reinstateMandate(world: World, mandate: Mandate, metadata: Metadata): void {
  const life = lifeOf(world, mandate);
  life.isReinstating = true;
  life.reinstatements += 1;
  stepMandate(world, mandate, 'resubmission_requested', {
    origin: 'api',
    cause: 'resubmission_requested',
    metadata,
  });
}
