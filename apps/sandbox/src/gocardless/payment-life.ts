import type { Life, Outcome } from './outcomes.ts';
import { latestDate } from './payment-rules.ts';
import { stepDates } from './schemes.ts';
import type { Mandate, Payment } from './wire.ts';
import type { World } from './world.ts';

/** Magic given names decide how a payer's debits end (gocardless.md 2.15). */
const MAGIC: Readonly<Record<string, Outcome>> = {
  Penniless: { kind: 'failed' },
  Fickle: { kind: 'charged_back' },
  Late: { kind: 'late_failure' },
};

export function newLife(world: World, mandate: Mandate, payment: Payment, planned?: Outcome[]): Life {
  const name = world.customers.get(mandate.links.customer)?.given_name ?? '';
  const magic = MAGIC[name];
  return {
    ...stepDates(mandate.scheme, payment.charge_date),
    outcomes: planned ?? (magic === undefined ? [] : [magic]),
    retries: 0,
    autoRetries: 0,
    autoRetryOn: null,
    autoRetryChargeDate: null,
    trouble: null,
    isPaidOut: false,
    debit: null,
    credit: false,
    surcharge: null,
  };
}

export function paymentLife(world: World, payment: Payment): Life {
  const life = world.paymentLives.get(payment.id);
  if (life === undefined) throw new Error(`the sandbox has no timetable for ${payment.id}`);
  return life;
}

/** Gives a payment that goes again its new charge date and timetable. */
export function schedule(world: World, mandate: Mandate, payment: Payment, chargeDate: string | null): void {
  const life = paymentLife(world, payment);
  payment.charge_date = latestDate(world, mandate, chargeDate);
  life.autoRetryOn = null;
  Object.assign(life, stepDates(mandate.scheme, payment.charge_date));
}
