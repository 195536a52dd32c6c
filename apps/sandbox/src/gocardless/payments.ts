import { Fields } from './fields.ts';
import { paymentFx } from './fx.ts';
import { checkPayment, latestDate, mandateForPayment } from './payment-rules.ts';
import { lifeOf } from './mandate-machine.ts';
import { newLife, paymentLife, schedule } from './payment-life.ts';
import { canStep, stepPayment, tellPayment } from './payment-machine.ts';
import { invalidState } from './refusal.ts';
import { metadataOf } from './resource.ts';
import type { Call, Resource } from './resource.ts';
import { SCHEMES } from './schemes.ts';
import type { Mandate, Metadata, Payment } from './wire.ts';
import type { World } from './world.ts';

const RETRIES_MAX = 3;

/** payments (gocardless.md 2.4). */
export const payments: Resource<Payment> = {
  plural: 'payments',
  find: (world, id) => world.payments.get(id),
  listing: (world) => ({
    rows: () => world.payments.all(),
    ranges: ['created_at', 'charge_date'],
    sortFields: ['charge_date', 'amount'],
    exclusive: [['creditor', 'customer']],
    filters: {
      creditor: (payment, id) => payment.links.creditor === id,
      currency: (payment, currency) => payment.currency === currency,
      customer: (payment, id) => world.mandates.must(payment.links.mandate).links.customer === id,
      mandate: (payment, id) => payment.links.mandate === id,
      scheme: (payment, scheme) => world.mandates.must(payment.links.mandate).scheme === scheme,
      status: (payment, status) => payment.status === status,
      subscription: (payment, id) => payment.links.subscription === id,
    },
  }),
  create: createPayment,
  update: ({ body }, payment) => {
    const fields = new Fields(body, '/payments');
    const metadata = fields.has('metadata') ? fields.metadata() : payment.metadata;
    const retry = fields.has('retry_if_possible')
      ? fields.flag('retry_if_possible')
      : payment.retry_if_possible;
    fields.check();
    payment.metadata = metadata;
    payment.retry_if_possible = retry;
  },
  actions: {
    cancel: ({ world, body }, payment) => {
      if (payment.status !== 'pending_submission')
        throw invalidState('cancellation_failed', 'Payment cannot be cancelled');
      stepPayment(world, payment, 'cancelled', {
        origin: 'api',
        cause: 'payment_cancelled',
        metadata: metadataOf(body),
      });
    },
    retry: retryPayment,
  },
};

function createPayment({ world, body }: Call): Payment {
  const fields = new Fields(body, '/payments');
  const wanted = {
    amount: fields.requiredInteger('amount'),
    currency: fields.requiredText('currency'),
    chargeDate: fields.date('charge_date'),
    description: fields.text('description'),
    reference: fields.text('reference'),
    retryIfPossible: fields.flag('retry_if_possible'),
    appFee: fields.integer('app_fee'),
    metadata: fields.metadata(),
  };
  const mandateId = fields.link('mandate');
  fields.check();
  const mandate = mandateForPayment(world, mandateId, 'payments');
  checkPayment(world, fields, mandate, wanted);
  return addPayment(world, mandate, { ...wanted, origin: 'api', cause: 'payment_created' });
}

export interface NewPayment {
  readonly amount: number;
  readonly currency: string;
  /** Left out: as soon as the mandate allows. A day banks do not work on rolls forward. */
  readonly chargeDate?: string | null;
  readonly description?: string | null;
  readonly reference?: string | null;
  readonly metadata?: Metadata;
  readonly retryIfPossible?: boolean;
  /** Minor units. */
  readonly appFee?: number | null;
  readonly origin: 'api' | 'gocardless';
  readonly cause: 'payment_created' | 'instalment_schedule_created';
  readonly links?: { readonly subscription?: string; readonly instalment_schedule?: string };
}

/** Adds a payment nobody needs to check again, with its timetable, and writes `payments.created`. */
export function addPayment(world: World, mandate: Mandate, wanted: NewPayment): Payment {
  const payment: Payment = {
    id: world.ids.next('PM'),
    created_at: world.timestamp(),
    charge_date: latestDate(world, mandate, wanted.chargeDate ?? null),
    amount: wanted.amount,
    description: wanted.description ?? null,
    currency: wanted.currency,
    status: mandate.payments_require_approval ? 'pending_customer_approval' : 'pending_submission',
    amount_refunded: 0,
    reference: wanted.reference ?? null,
    metadata: wanted.metadata ?? {},
    fx: paymentFx(world, SCHEMES[mandate.scheme].currency),
    links: { mandate: mandate.id, creditor: mandate.links.creditor, ...wanted.links },
    retry_if_possible: wanted.retryIfPossible ?? false,
    ...(wanted.appFee == null ? {} : { app_fee: wanted.appFee }),
  };
  world.payments.add(payment);
  const planned = lifeOf(world, mandate).plannedOutcomes.shift();
  world.paymentLives.set(payment.id, newLife(world, mandate, payment, planned));
  tellPayment(world, payment, 'created', {
    origin: wanted.origin,
    cause: wanted.cause,
    ...(wanted.links === undefined ? {} : { links: { ...wanted.links } }),
  });
  return payment;
}

/** The same payment once more: same id, new charge date, at most three times, while the mandate is active. */
function retryPayment({ world, body }: Call, payment: Payment): void {
  const mandate = world.mandates.must(payment.links.mandate);
  const life = paymentLife(world, payment);
  const isPossible = canStep(payment, 'resubmission_requested') && mandate.status === 'active';
  if (!isPossible || life.retries >= RETRIES_MAX)
    throw invalidState('retry_failed', 'Payment cannot be retried');
  const fields = new Fields(body, '/payments');
  const chargeDate = fields.date('charge_date');
  fields.check();
  checkPayment(world, fields, mandate, { amount: payment.amount, currency: payment.currency, chargeDate });
  life.retries += 1;
  schedule(world, mandate, payment, chargeDate);
  const metadata = metadataOf(body);
  stepPayment(world, payment, 'resubmission_requested', {
    origin: 'api',
    cause: 'payment_retried',
    metadata,
  });
}
