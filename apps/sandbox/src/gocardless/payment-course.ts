import { addWorkingDays } from './calendar.ts';
import { lifeOf, stepMandate } from './mandate-machine.ts';
import { endMandate } from './mandate-endings.ts';
import type { Life, Outcome } from './outcomes.ts';
import { paymentLife, schedule } from './payment-life.ts';
import { canStep, stepPayment } from './payment-machine.ts';
import { chargebackReason, failureReason, mandateReason } from './reasons.ts';
import { SCHEMES } from './schemes.ts';
import type { Mandate, Payment } from './wire.ts';
import type { World } from './world.ts';

const AGAINST_MANDATE: readonly string[] = [
  'invalid_bank_details',
  'bank_account_closed',
  'mandate_cancelled',
  'authorisation_disputed',
];

type Refused = Extract<Outcome, { kind: 'failed' | 'late_failure' }>;

const LATE_FAILURE_AFTER = 2;
const CHARGEBACK_AFTER = 3;

/** What GoCardless and the banks do with a debit, each step callable by the clock, a simulator or a scenario. */

/** Hands the debit to the banks; for most schemes the mandate goes with its first one. */
export function submitPayment(world: World, payment: Payment): void {
  const mandate = mandateOf(world, payment);
  lifeOf(world, mandate).lastUsedOn = payment.charge_date;
  if (mandate.status === 'pending_submission') {
    stepMandate(world, mandate, 'submitted', { origin: 'gocardless', cause: 'mandate_submitted' });
  }
  stepPayment(world, payment, 'submitted', { origin: 'gocardless', cause: 'payment_submitted' });
}

/** No refusal came in time: confirmed. A mandate that went with it is active now. */
export function confirmPayment(world: World, payment: Payment): void {
  const mandate = mandateOf(world, payment);
  if (mandate.status === 'submitted' && SCHEMES[mandate.scheme].activatesWithFirstPayment)
    activateMandate(world, mandate);
  stepPayment(world, payment, 'confirmed', { origin: 'gocardless', cause: 'payment_confirmed' });
}

export function activateMandate(world: World, mandate: Mandate): void {
  const life = lifeOf(world, mandate);
  if (life.isReinstating)
    stepMandate(world, mandate, 'reinstated', { origin: 'gocardless', cause: 'mandate_reinstated' });
  else stepMandate(world, mandate, 'active', { origin: 'gocardless', cause: 'mandate_activated' });
  life.isReinstating = false;
}

/**
 * The bank refuses the debit, before or after it was confirmed or paid out (a late failure). What was paid out is
 * debited from the next payout. GoCardless tries again by itself when that is possible and it was asked to.
 */
export function failPayment(world: World, payment: Payment, outcome: Refused): void {
  const mandate = mandateOf(world, payment);
  const life = paymentLife(world, payment);
  const isLate = payment.status === 'paid_out' || payment.status === 'confirmed';
  const { details, ...reason } = failureReason(mandate.scheme, outcome.cause);
  const willRetry = !isLate && willAutoRetry(world, payment, outcome);
  const notRetried = payment.retry_if_possible && !willRetry ? { not_retried_reason: 'other' } : {};
  stepPayment(world, payment, 'failed', {
    ...reason,
    details: { ...details, will_attempt_retry: willRetry, ...notRetried },
  });
  if (life.isPaidOut) life.debit = 'payment_failed';
  chargeSurcharge(world, life);
  life.trouble = null;
  if (willRetry) planAutoRetry(world, payment, outcome);
  concludeFirstUse(world, mandate, reason.cause);
}

function willAutoRetry(world: World, payment: Payment, outcome: Refused): boolean {
  if (outcome.kind === 'late_failure') return false;
  const { autoRetries } = paymentLife(world, payment);
  return (
    outcome.willAttemptRetry ?? (payment.retry_if_possible && autoRetries < world.settings.autoRetriesMax)
  );
}

function planAutoRetry(world: World, payment: Payment, outcome: Refused): void {
  const { calendar } = SCHEMES[mandateOf(world, payment).scheme];
  const asked = outcome.kind === 'failed' ? outcome.retryAfterWorkingDays : undefined;
  const wait = asked ?? world.settings.autoRetryAfterWorkingDays;
  paymentLife(world, payment).autoRetryOn = addWorkingDays(world.today(), wait, calendar);
}

/** A mandate that went out with the debit: an empty account does not speak against it, wrong details do. */
function concludeFirstUse(world: World, mandate: Mandate, cause: string): void {
  if (mandate.status !== 'submitted' || !SCHEMES[mandate.scheme].activatesWithFirstPayment) return;
  if (AGAINST_MANDATE.includes(cause))
    endMandate(world, mandate, 'failed', mandateReason(mandate.scheme, cause));
  else activateMandate(world, mandate);
}

/** GoCardless' own retry: same id, new charge date. Given up when the mandate is no longer active. */
export function autoRetryPayment(world: World, payment: Payment): void {
  const life = paymentLife(world, payment);
  const mandate = mandateOf(world, payment);
  life.autoRetryOn = null;
  if (mandate.status !== 'active' || !canStep(payment, 'resubmission_requested')) return;
  life.autoRetries += 1;
  schedule(world, mandate, payment, null);
  stepPayment(world, payment, 'resubmission_requested', {
    origin: 'gocardless',
    cause: 'payment_autoretried',
  });
}

/** The payer takes the money back; the next payout is debited. */
export function chargeBackPayment(world: World, payment: Payment, cancelsMandate = false): void {
  const mandate = mandateOf(world, payment);
  const life = paymentLife(world, payment);
  stepPayment(world, payment, 'charged_back', chargebackReason(mandate.scheme));
  if (life.isPaidOut) life.debit = 'payment_charged_back';
  chargeSurcharge(world, life);
  life.trouble = null;
  if (cancelsMandate && mandate.status === 'active') {
    endMandate(world, mandate, 'cancelled', mandateReason(mandate.scheme, 'authorisation_disputed'));
  }
}

/** Decided in our favour: paid out again. A debit already settled is given back with the next payout. */
export function cancelChargeback(world: World, payment: Payment): void {
  const life = paymentLife(world, payment);
  stepPayment(world, payment, 'chargeback_cancelled', { origin: 'bank', cause: 'payment_confirmed' });
  if (life.debit === null) life.credit = true;
  life.debit = null;
  if (life.surcharge !== null) life.surcharge = life.surcharge === 'borne' ? 'due-back' : null;
}

function chargeSurcharge(world: World, life: Life): void {
  if (world.settings.surchargeMinor > 0) life.surcharge = 'due';
}

/** The banks' answer to a submitted debit, by plan: confirmed (with later trouble noted) or failed. */
export function concludePayment(world: World, payment: Payment): void {
  const life = paymentLife(world, payment);
  const outcome = life.outcomes.shift() ?? { kind: 'paid' };
  if (outcome.kind === 'failed') {
    failPayment(world, payment, outcome);
    return;
  }
  confirmPayment(world, payment);
  if (outcome.kind === 'paid') return;
  const { calendar } = SCHEMES[mandateOf(world, payment).scheme];
  const usual = outcome.kind === 'late_failure' ? LATE_FAILURE_AFTER : CHARGEBACK_AFTER;
  life.trouble = { on: addWorkingDays(life.payoutOn, outcome.afterWorkingDays ?? usual, calendar), outcome };
}

/** Trouble whose day has come; waits while the debit has not been paid out. */
export function meetTrouble(world: World, payment: Payment): void {
  const outcome = paymentLife(world, payment).trouble?.outcome;
  if (outcome === undefined || payment.status !== 'paid_out') return;
  if (outcome.kind === 'charged_back') chargeBackPayment(world, payment, outcome.cancelsMandate);
  else if (outcome.kind === 'late_failure') failPayment(world, payment, outcome);
}

export function mandateOf(world: World, payment: Payment): Mandate {
  return world.mandates.must(payment.links.mandate);
}
