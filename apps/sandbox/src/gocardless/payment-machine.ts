import type { Happening } from './events.ts';
import type { GcEvent, Payment, PaymentStatus } from './wire.ts';
import type { World } from './world.ts';

/** The actions of payment events that move a payment (gocardless.md 2.12). */
export type PaymentAction =
  | 'customer_approval_granted'
  | 'customer_approval_denied'
  | 'submitted'
  | 'confirmed'
  | 'paid_out'
  | 'failed'
  | 'cancelled'
  | 'charged_back'
  | 'chargeback_cancelled'
  | 'resubmission_requested';

/** Where each action leads from each status (section 3). What is not here does not happen. */
export const PAYMENT_STEPS: Readonly<
  Record<PaymentStatus, Partial<Readonly<Record<PaymentAction, PaymentStatus>>>>
> = {
  pending_customer_approval: {
    customer_approval_granted: 'pending_submission',
    customer_approval_denied: 'customer_approval_denied',
    cancelled: 'cancelled',
  },
  pending_submission: { submitted: 'submitted', cancelled: 'cancelled', failed: 'failed' },
  submitted: { confirmed: 'confirmed', failed: 'failed' },
  confirmed: { paid_out: 'paid_out', failed: 'failed' },
  paid_out: { failed: 'failed', charged_back: 'charged_back' },
  failed: { resubmission_requested: 'pending_submission' },
  charged_back: { chargeback_cancelled: 'paid_out' },
  cancelled: {},
  customer_approval_denied: {},
};

export function canStep(payment: Payment, action: PaymentAction): boolean {
  return PAYMENT_STEPS[payment.status][action] !== undefined;
}

type Why = Pick<Happening, 'origin' | 'cause' | 'metadata' | 'details'> & {
  readonly links?: Readonly<Record<string, string>>;
};

/** Moves a payment and writes the event. Throws when the table has no such step. */
export function stepPayment(world: World, payment: Payment, action: PaymentAction, why: Why): GcEvent {
  const next = PAYMENT_STEPS[payment.status][action];
  if (next === undefined) throw new Error(`${payment.id} is ${payment.status}: ${action} cannot happen`);
  payment.status = next;
  return tellPayment(world, payment, action, why);
}

/** An event about a payment that leaves its status alone, such as a settlement. */
export function tellPayment(world: World, payment: Payment, action: string, why: Why): GcEvent {
  return world.events.record({
    resource: 'payments',
    action,
    ...why,
    links: { payment: payment.id, ...why.links },
    resourceMetadata: payment.metadata,
  });
}
