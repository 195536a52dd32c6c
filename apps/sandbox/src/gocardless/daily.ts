import { addMonths, isWorkingDay } from './calendar.ts';
import { inTenths } from './fees.ts';
import { confirmExchangeRate } from './fx.ts';
import { advanceSchedule } from './instalment-schedules.ts';
import { endMandate, transferMandate } from './mandate-endings.ts';
import { lifeOf, stepMandate } from './mandate-machine.ts';
import {
  activateMandate,
  autoRetryPayment,
  concludePayment,
  mandateOf,
  meetTrouble,
  submitPayment,
} from './payment-course.ts';
import { paymentLife } from './payment-life.ts';
import { buildPayouts } from './payout-builder.ts';
import { tellPayout } from './payout-events.ts';
import { mandateReason } from './reasons.ts';
import { advanceRefund } from './refund-course.ts';
import { SCHEMES } from './schemes.ts';
import { advanceSubscription } from './subscription-course.ts';
import type { Mandate, Payment, Payout } from './wire.ts';
import type { World } from './world.ts';

/** Pounds per unit, for the tax of payouts in other currencies; any number will do here. */
const TAX_RATES: Readonly<Record<string, number>> = { EUR: 0.86, USD: 0.79 };

/** Everything GoCardless does by itself up to today, in the order of a banking day. Running it twice changes nothing. */
export function runDay(world: World): void {
  for (const mandate of world.mandates.all()) advanceMandate(world, mandate);
  for (const payment of world.payments.all()) advancePayment(world, payment);
  if (isWorkingDay(world.today(), 'england')) {
    buildPayouts(world);
    for (const payout of world.payouts.all()) confirmRates(world, payout);
  }
  // After the payouts: what goes wrong today is settled by a later one.
  for (const payment of world.payments.all()) runIntoTrouble(world, payment);
  for (const refund of world.refunds.all()) advanceRefund(world, refund);
  for (const subscription of world.subscriptions.all()) advanceSubscription(world, subscription);
  for (const schedule of world.instalmentSchedules.all()) advanceSchedule(world, schedule);
}

function advanceMandate(world: World, mandate: Mandate): void {
  const { submitOn, activateOn } = lifeOf(world, mandate);
  const today = world.today();
  if (mandate.status === 'pending_submission' && submitOn !== null && submitOn <= today) {
    stepMandate(world, mandate, 'submitted', { origin: 'gocardless', cause: 'mandate_submitted' });
  }
  if (mandate.status === 'submitted' && activateOn !== null && activateOn <= today) meetFate(world, mandate);
  expireUnused(world, mandate);
}

/** What the payer's bank answers; other than `active` only by magic name. */
function meetFate(world: World, mandate: Mandate): void {
  const { fate } = lifeOf(world, mandate);
  if (fate === 'failed')
    endMandate(world, mandate, 'failed', mandateReason(mandate.scheme, 'invalid_bank_details'));
  else if (fate === 'expired')
    endMandate(world, mandate, 'expired', { origin: 'gocardless', cause: 'mandate_expired' });
  else activateMandate(world, mandate);
  if (fate === 'transferred') transferMandate(world, mandate);
}

/** Mandates die of disuse (gocardless.md 2.3). */
function expireUnused(world: World, mandate: Mandate): void {
  const { dormantMonths } = SCHEMES[mandate.scheme];
  if (mandate.status !== 'active' || dormantMonths === null) return;
  if (addMonths(lifeOf(world, mandate).lastUsedOn, dormantMonths) > world.today()) return;
  endMandate(world, mandate, 'expired', { origin: 'gocardless', cause: 'mandate_expired' });
}

function advancePayment(world: World, payment: Payment): void {
  const life = paymentLife(world, payment);
  const today = world.today();
  if (life.autoRetryOn !== null && life.autoRetryOn <= today) autoRetryPayment(world, payment);
  if (payment.status === 'pending_submission' && life.submitOn <= today && isMandateReady(world, payment)) {
    submitPayment(world, payment);
  }
  if (payment.status === 'submitted' && life.confirmOn <= today) concludePayment(world, payment);
}

function isMandateReady(world: World, payment: Payment): boolean {
  const { status, scheme } = mandateOf(world, payment);
  if (status === 'active' || status === 'submitted') return true;
  return status === 'pending_submission' && SCHEMES[scheme].activatesWithFirstPayment;
}

function runIntoTrouble(world: World, payment: Payment): void {
  const { trouble } = paymentLife(world, payment);
  if (trouble !== null && trouble.on <= world.today()) meetTrouble(world, payment);
}

/** What was open on the day of a payout is known the working day after: its exchange rate and that of its tax. */
function confirmRates(world: World, payout: Payout): void {
  if (payout.created_at.slice(0, 10) >= world.today()) return;
  confirmExchangeRate(world, payout);
  confirmTaxRates(world, payout);
}

/** For a payout in a currency other than the tax's. */
function confirmTaxRates(world: World, payout: Payout): void {
  if (payout.currency === payout.tax_currency) return;
  const open = (world.payoutItems.get(payout.id) ?? [])
    .flatMap(({ taxes }) => taxes)
    .filter((tax) => tax.exchange_rate === null);
  if (open.length === 0) return;
  const rate = TAX_RATES[payout.currency] ?? 1;
  for (const tax of open) {
    tax.exchange_rate = String(rate);
    tax.destination_amount = inTenths(Math.round(Number(tax.amount) * 10 * rate));
  }
  tellPayout(world, payout, 'tax_exchange_rates_confirmed', 'payout_tax_exchange_rates_confirmed');
}
