import { Fields } from './fields.ts';
import { apiUsage, invalidState } from './refusal.ts';
import { tellRefund } from './refund-course.ts';
import { linked } from './resource.ts';
import type { Call, Resource } from './resource.ts';
import { SCHEMES } from './schemes.ts';
import { NO_FX } from './wire.ts';
import type { Mandate, Metadata, Payment, Refund } from './wire.ts';
import type { World } from './world.ts';

const REFUNDS_PER_PAYMENT_MAX = 5;

/** refunds: 403 until switched on (`settings.refundsEnabled`, gocardless.md 2.9). */
export const refunds: Resource<Refund> = {
  plural: 'refunds',
  find: (world, id) => world.refunds.get(id),
  listing: (world, query) => ({
    rows: () => world.refunds.where((refund) => isOfType(refund, query['refund_type'])),
    ranges: ['created_at'],
    filters: {
      payment: (refund, id) => refund.links.payment === id,
      mandate: (refund, id) => refund.links.mandate === id,
      refund_type: () => true,
    },
  }),
  create: createRefund,
  update: ({ body }, refund) => {
    const fields = new Fields(body, '/refunds');
    const metadata = fields.metadata();
    fields.check();
    refund.metadata = metadata;
  },
};

function isOfType(refund: Refund, type = 'payment'): boolean {
  return (refund.links.payment === undefined) === (type === 'mandate');
}

function createRefund({ world, body }: Call): Refund {
  if (!world.settings.refundsEnabled)
    throw apiUsage(403, 'forbidden', 'Refunds are not enabled for this account');
  const fields = new Fields(body, '/refunds');
  const amount = fields.requiredInteger('amount');
  const reference = fields.text('reference', 30);
  const metadata = fields.metadata();
  const confirmation = fields.integer('total_amount_confirmation');
  const paymentId = fields.optionalLink('payment');
  if (amount <= 0) fields.fail('amount', 'must be greater than 0');
  const mandateId = paymentId === null ? fields.link('mandate') : null;
  if (paymentId !== null && confirmation === null) fields.requiredInteger('total_amount_confirmation');
  fields.check();
  const payment = paymentId === null ? null : linked(world.payments.get(paymentId), 'payment', 'refunds');
  if (payment !== null) checkRefund(world, payment, amount, confirmation);
  const mandate = linked(world.mandates.get(mandateId ?? payment?.links.mandate ?? ''), 'mandate', 'refunds');
  return addRefund(world, mandate, { amount, reference, metadata, payment });
}

/** Adds a refund nobody needs to check again: of a payment, or of nothing in particular (`payment` null). */
export function addRefund(
  world: World,
  mandate: Mandate,
  wanted: { amount: number; reference?: string | null; metadata?: Metadata; payment: Payment | null },
): Refund {
  const { amount, reference = null, metadata = {}, payment } = wanted;
  const refund: Refund = {
    id: world.ids.next('RF'),
    created_at: world.timestamp(),
    amount,
    reference,
    metadata,
    currency: SCHEMES[mandate.scheme].currency,
    status: 'created',
    fx: { ...NO_FX },
    links: { mandate: mandate.id, ...(payment === null ? {} : { payment: payment.id }) },
  };
  if (payment !== null) payment.amount_refunded += amount;
  world.refunds.add(refund);
  tellRefund(world, refund, 'created', 'refund_created');
  return refund;
}

function checkRefund(world: World, payment: Payment, amount: number, confirmation: number | null): void {
  if (payment.status !== 'confirmed' && payment.status !== 'paid_out') {
    throw invalidState('refund_payment_invalid_state', 'Payment is not in a state that can be refunded');
  }
  const earlier = world.refunds.where(({ links }) => links.payment === payment.id);
  if (earlier.length >= REFUNDS_PER_PAYMENT_MAX) {
    throw invalidState(
      'number_of_refunds_exceeded',
      `A payment can be refunded ${REFUNDS_PER_PAYMENT_MAX} times`,
    );
  }
  const total = payment.amount_refunded + amount;
  if (confirmation !== total) {
    throw invalidState(
      'total_amount_confirmation_invalid',
      'Total amount confirmation does not match the refunds',
    );
  }
  if (total > payment.amount) {
    throw invalidState(
      'available_refund_amount_insufficient',
      'The amount available for refunds is insufficient',
    );
  }
}
