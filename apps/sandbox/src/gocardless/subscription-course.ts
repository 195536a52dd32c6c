import { addWorkingDays } from './calendar.ts';
import { addPayment } from './payments.ts';
import { SCHEMES, isUsable, nextPossibleChargeDate } from './schemes.ts';
import { nominalDate, upcomingPayments } from './subscription-dates.ts';
import { tellSubscription } from './subscription-events.ts';
import type { Subscription } from './wire.ts';
import type { SubscriptionLife, World } from './world.ts';

/** Creates the payments that are due to be made a few days ahead of their charge date, and ends what is over. */
export function advanceSubscription(world: World, subscription: Subscription): void {
  const life = subscriptionLife(world, subscription);
  while (isPaymentDue(world, subscription)) {
    const isSkipped = subscription.status === 'paused';
    if (isSkipped) skipCycle(world, subscription, life);
    else createNext(world, subscription, life);
    refreshUpcoming(world, subscription);
  }
  if (subscription.status === 'active' && subscription.upcoming_payments.length === 0) {
    subscription.status = 'finished';
    tellSubscription(world, subscription, 'finished', {
      origin: 'gocardless',
      cause: 'subscription_finished',
    });
  }
}

export function subscriptionLife(world: World, subscription: Subscription): SubscriptionLife {
  const life = world.subscriptionLives.get(subscription.id);
  if (life === undefined) throw new Error(`the sandbox has no timetable for ${subscription.id}`);
  return life;
}

/** A paused one shows no upcoming payments. */
export function refreshUpcoming(world: World, subscription: Subscription): void {
  const { next, created } = subscriptionLife(world, subscription);
  const { scheme } = world.mandates.must(subscription.links.mandate);
  subscription.upcoming_payments =
    subscription.status === 'active' ? upcomingPayments(subscription, scheme, next, created) : [];
}

/** After a resume: cycles that passed while paused are not made up for. */
export function skipPastCycles(world: World, subscription: Subscription): void {
  const life = subscriptionLife(world, subscription);
  const mandate = world.mandates.must(subscription.links.mandate);
  const earliest = nextPossibleChargeDate(mandate.scheme, mandate.status, world.clock.now()) ?? world.today();
  while (nominalDate(subscription, life.next) < earliest) life.next += 1;
  subscription.earliest_charge_date_after_resume = null;
  refreshUpcoming(world, subscription);
}

function isPaymentDue(world: World, subscription: Subscription): boolean {
  const life = subscriptionLife(world, subscription);
  const mandate = world.mandates.must(subscription.links.mandate);
  const isRunning = subscription.status === 'active' && subscription.upcoming_payments.length > 0;
  const isSkipping = subscription.status === 'paused' && life.pausedCyclesLeft !== null;
  if (!isUsable(mandate.status) || !(isRunning || isSkipping)) return false;
  const nominal = nominalDate(subscription, life.next);
  const lead = world.settings.subscriptionLeadWorkingDays;
  return addWorkingDays(nominal, -lead, SCHEMES[mandate.scheme].calendar) <= world.today();
}

function skipCycle(world: World, subscription: Subscription, life: SubscriptionLife): void {
  life.next += 1;
  life.pausedCyclesLeft = (life.pausedCyclesLeft ?? 1) - 1;
  if (life.pausedCyclesLeft > 0) return;
  life.pausedCyclesLeft = null;
  subscription.status = 'active';
  tellSubscription(world, subscription, 'resumed', { origin: 'gocardless', cause: 'subscription_resumed' });
}

function createNext(world: World, subscription: Subscription, life: SubscriptionLife): void {
  const payment = addPayment(world, world.mandates.must(subscription.links.mandate), {
    amount: subscription.amount,
    currency: subscription.currency,
    chargeDate: nominalDate(subscription, life.next),
    description: subscription.name,
    reference: subscription.payment_reference,
    retryIfPossible: subscription.retry_if_possible,
    origin: 'gocardless',
    cause: 'payment_created',
    links: { subscription: subscription.id },
  });
  life.next += 1;
  life.created += 1;
  const links = { payment: payment.id };
  tellSubscription(world, subscription, 'payment_created', {
    origin: 'gocardless',
    cause: 'payment_created',
    links,
  });
}
