import {
  chargeBackPayment,
  confirmPayment,
  failPayment,
  mandateOf,
  submitPayment,
} from './payment-course.ts';
import { buildPayouts } from './payout-builder.ts';
import { WITH_PENDING_MANDATE, found, need } from './simulator-base.ts';
import type { Simulate } from './simulator-base.ts';
import type { Payment } from './wire.ts';
import type { World } from './world.ts';

/** The official simulators of payments with their preconditions (gocardless.md 2.15). */
export const PAYMENT_SIMULATORS: Readonly<Record<string, Simulate>> = {
  payment_submitted: onPayment((world, payment) => {
    need(payment.status === 'pending_submission', 'the payment must be pending_submission');
    submitPayment(world, payment);
  }),
  payment_confirmed: onPayment(confirm),
  payment_failed: onPayment((world, payment) => {
    submit(world, payment);
    failPayment(world, payment, { kind: 'failed', cause: 'test_failure' });
  }),
  payment_paid_out: onPayment(payOut),
  payment_late_failure: onPayment(failLate),
  payment_late_failure_settled: onPayment((world, payment) => {
    failLate(world, payment);
    buildPayouts(world);
  }),
  payment_charged_back: onPayment(chargeBack),
  payment_chargeback_settled: onPayment((world, payment) => {
    chargeBack(world, payment);
    buildPayouts(world);
  }),
};

function onPayment(work: (world: World, payment: Payment) => void): Simulate {
  return (world, id) => work(world, found(world.payments.get(id)));
}

function submit(world: World, payment: Payment): void {
  need(payment.status === 'pending_submission', 'the payment must be pending_submission');
  const { status, scheme } = mandateOf(world, payment);
  const mayBePending = WITH_PENDING_MANDATE.includes(scheme) && status === 'pending_submission';
  need(status === 'active' || mayBePending, 'the mandate must be active');
  submitPayment(world, payment);
}

function confirm(world: World, payment: Payment): void {
  submit(world, payment);
  confirmPayment(world, payment);
}

function payOut(world: World, payment: Payment): void {
  confirm(world, payment);
  buildPayouts(world, [payment]);
}

function failLate(world: World, payment: Payment): void {
  need(mandateOf(world, payment).scheme !== 'autogiro', 'not for Autogiro');
  if (payment.status !== 'paid_out') confirm(world, payment);
  failPayment(world, payment, { kind: 'late_failure', cause: 'test_failure' });
}

function chargeBack(world: World, payment: Payment): void {
  if (payment.status !== 'paid_out') payOut(world, payment);
  need(payment.status === 'paid_out', 'the payout of this payment is held back');
  chargeBackPayment(world, payment);
}
