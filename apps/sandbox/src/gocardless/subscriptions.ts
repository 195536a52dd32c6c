import { addMonths } from './calendar.ts';
import { Fields } from './fields.ts';
import type { Body } from './fields.ts';
import { checkPayment, mandateForPayment } from './payment-rules.ts';
import { invalidState } from './refusal.ts';
import { metadataOf } from './resource.ts';
import type { Call, Resource } from './resource.ts';
import { nextPossibleChargeDate } from './schemes.ts';
import {
  advanceSubscription,
  refreshUpcoming,
  skipPastCycles,
  subscriptionLife,
} from './subscription-course.ts';
import { tellSubscription } from './subscription-events.ts';
import type { Mandate, Subscription } from './wire.ts';
import type { World } from './world.ts';

const AMENDMENTS_MAX = 10;
const UNITS = ['weekly', 'monthly', 'yearly'] as const;

/** subscriptions (gocardless.md 2.7). */
export const subscriptions: Resource<Subscription> = {
  plural: 'subscriptions',
  find: (world, id) => world.subscriptions.get(id),
  listing: (world) => ({
    rows: () => world.subscriptions.all(),
    ranges: ['created_at'],
    filters: {
      mandate: (subscription, id) => subscription.links.mandate === id,
      customer: (subscription, id) => world.mandates.must(subscription.links.mandate).links.customer === id,
      status: (subscription, statuses) => statuses.split(',').includes(subscription.status),
    },
  }),
  create: ({ world, body }) => addSubscription(world, body),
  update: amend,
  actions: { pause, resume, cancel },
};

/** Checks and starts a subscription asked for with API parameters. */
export function addSubscription(world: World, body: Body): Subscription {
  const fields = new Fields(body, '/subscriptions');
  const amount = fields.requiredInteger('amount');
  const currency = fields.requiredText('currency');
  const rhythm = readRhythm(fields);
  const extras = {
    name: fields.text('name', 255),
    end_date: fields.date('end_date'),
    count: fields.integer('count'),
    payment_reference: fields.text('payment_reference'),
    metadata: fields.metadata(),
    retry_if_possible: fields.flag('retry_if_possible'),
  };
  const startDate = fields.date('start_date');
  const mandateId = fields.link('mandate');
  if (extras.count !== null && extras.end_date !== null)
    fields.fail('end_date', "can't be given together with count");
  fields.check();
  const mandate = mandateForPayment(world, mandateId, 'subscriptions');
  checkStart(world, fields, mandate, { amount, currency, startDate });
  const start_date = startDate ?? firstDate(world, mandate, rhythm.day_of_month);
  const subscription: Subscription = {
    id: world.ids.next('SB'),
    created_at: world.timestamp(),
    amount,
    currency,
    status: 'active',
    ...rhythm,
    ...extras,
    start_date,
    upcoming_payments: [],
    app_fee: null,
    earliest_charge_date_after_resume: null,
    links: { mandate: mandate.id },
  };
  startSubscription(world, subscription);
  return subscription;
}

function startSubscription(world: World, subscription: Subscription): void {
  world.subscriptions.add(subscription);
  world.subscriptionLives.set(subscription.id, {
    next: 0,
    created: 0,
    amendments: 0,
    pausedCyclesLeft: null,
  });
  refreshUpcoming(world, subscription);
  tellSubscription(world, subscription, 'created', { origin: 'api', cause: 'subscription_created' });
  advanceSubscription(world, subscription);
}

function readRhythm(
  fields: Fields,
): Pick<Subscription, 'interval' | 'interval_unit' | 'day_of_month' | 'month'> {
  if (!fields.has('interval_unit')) fields.requiredText('interval_unit');
  const day = fields.integer('day_of_month');
  if (day !== null && day !== -1 && (day < 1 || day > 28))
    fields.fail('day_of_month', 'must be between 1 and 28, or -1');
  const interval = fields.integer('interval') ?? 1;
  if (interval < 1) fields.fail('interval', 'must be greater than 0');
  return {
    interval,
    interval_unit: fields.oneOf('interval_unit', UNITS) ?? 'monthly',
    day_of_month: day,
    month: fields.text('month'),
  };
}

function checkStart(
  world: World,
  fields: Fields,
  mandate: Mandate,
  wanted: { amount: number; currency: string; startDate: string | null },
): void {
  const earliest = nextPossibleChargeDate(mandate.scheme, mandate.status, world.clock.now());
  if (wanted.startDate !== null && earliest !== null && wanted.startDate < earliest) {
    fields.fail('start_date', "must be on or after mandate's next_possible_charge_date");
  }
  checkPayment(world, fields, mandate, { ...wanted, chargeDate: null });
}

/** The earliest date the mandate allows, or the first such day of the month after it. */
function firstDate(world: World, mandate: Mandate, day: number | null): string {
  const earliest = nextPossibleChargeDate(mandate.scheme, mandate.status, world.clock.now()) ?? world.today();
  if (day === null) return earliest;
  const thisMonth = addMonths(earliest, 0, day);
  return thisMonth >= earliest ? thisMonth : addMonths(earliest, 1, day);
}

function amend({ world, body }: Call, subscription: Subscription): void {
  const fields = new Fields(body, '/subscriptions');
  const amount = fields.integer('amount');
  const name = fields.text('name', 255);
  const reference = fields.text('payment_reference');
  const metadata = fields.has('metadata') ? fields.metadata() : subscription.metadata;
  fields.check();
  const life = subscriptionLife(world, subscription);
  if (amount !== null && amount !== subscription.amount) {
    if (subscription.status !== 'active')
      throw invalidState('subscription_not_active', 'Subscription is not active');
    if (life.amendments >= AMENDMENTS_MAX) {
      throw invalidState('number_of_subscription_amendments_exceeded', 'Subscription was amended too often');
    }
    life.amendments += 1;
    subscription.amount = amount;
    refreshUpcoming(world, subscription);
    tellSubscription(world, subscription, 'amended', { origin: 'api', cause: 'subscription_amended' });
  }
  Object.assign(subscription, { metadata, name: name ?? subscription.name });
  subscription.payment_reference = reference ?? subscription.payment_reference;
}

function pause({ world, body }: Call, subscription: Subscription): void {
  if (subscription.status !== 'active')
    throw invalidState('subscription_cannot_be_paused', 'Subscription cannot be paused');
  const fields = new Fields(body, '/subscriptions');
  const cycles = fields.integer('pause_cycles');
  fields.check();
  if (cycles !== null && cycles < 1) {
    throw invalidState('pause_cycles_must_be_greater_than_or_equal_to', 'pause_cycles must be at least 1');
  }
  subscriptionLife(world, subscription).pausedCyclesLeft = cycles;
  subscription.status = 'paused';
  refreshUpcoming(world, subscription);
  tellSubscription(world, subscription, 'paused', {
    origin: 'api',
    cause: 'subscription_paused',
    metadata: metadataOf(body),
  });
}

function resume({ world, body }: Call, subscription: Subscription): void {
  if (subscription.status !== 'paused')
    throw invalidState('subscription_not_paused', 'Subscription is not paused');
  subscription.status = 'active';
  subscriptionLife(world, subscription).pausedCyclesLeft = null;
  skipPastCycles(world, subscription);
  tellSubscription(world, subscription, 'resumed', {
    origin: 'api',
    cause: 'subscription_resumed',
    metadata: metadataOf(body),
  });
}

function cancel({ world, body }: Call, subscription: Subscription): void {
  if (subscription.status !== 'active' && subscription.status !== 'paused') {
    throw invalidState('cancellation_failed', 'Subscription cannot be cancelled');
  }
  subscription.status = 'cancelled';
  subscription.upcoming_payments = [];
  const metadata = metadataOf(body);
  tellSubscription(world, subscription, 'cancelled', {
    origin: 'api',
    cause: 'subscription_cancelled',
    metadata,
  });
}
