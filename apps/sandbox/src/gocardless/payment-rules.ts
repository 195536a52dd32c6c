import { rollForward } from './calendar.ts';
import type { Fields } from './fields.ts';
import { invalidState } from './refusal.ts';
import { linked } from './resource.ts';
import { PAYMENT_LIMITS, SCHEMES, isUsable, nextPossibleChargeDate } from './schemes.ts';
import type { Mandate } from './wire.ts';
import type { World } from './world.ts';

const TOO_EARLY = "must be on or after mandate's next_possible_charge_date";

interface Wanted {
  readonly amount: number;
  readonly currency: string;
  readonly chargeDate: string | null;
  readonly reference?: string | null;
  readonly retryIfPossible?: boolean;
}

/** The mandate a debit is asked for; refusals for unknown, replaced and unusable ones. */
export function mandateForPayment(world: World, id: string, plural: string): Mandate {
  const mandate = linked(world.mandates.get(id), 'mandate', plural);
  const { new_mandate } = mandate.links;
  if (new_mandate !== undefined)
    throw invalidState('mandate_replaced', 'Mandate has been replaced', { new_mandate });
  if (!isUsable(mandate.status))
    throw invalidState('mandate_is_inactive', 'Mandate is failed, cancelled or expired');
  return mandate;
}

/** The rules of the table in gocardless.md 2.4; throws one refusal with everything that is wrong. */
export function checkPayment(world: World, fields: Fields, mandate: Mandate, wanted: Wanted): void {
  const { currency, chargeDate, retryIfPossible = false } = wanted;
  if (currency !== SCHEMES[mandate.scheme].currency) {
    fields.fail('currency', `is not supported by the mandate's scheme (${mandate.scheme})`);
  }
  checkAmount(fields, mandate, wanted);
  checkReference(world, fields, mandate, wanted.reference ?? null);
  const earliest = nextPossibleChargeDate(mandate.scheme, mandate.status, world.clock.now());
  if (chargeDate !== null && earliest !== null && chargeDate < earliest)
    fields.fail('charge_date', TOO_EARLY);
  if (retryIfPossible && !world.settings.successPlus)
    fields.fail('retry_if_possible', 'is not enabled for this account');
  fields.check();
}

function checkAmount(fields: Fields, mandate: Mandate, { amount, currency }: Wanted): void {
  const limits = PAYMENT_LIMITS[currency];
  const consented = mandate.consent_parameters?.max_amount_per_payment ?? null;
  if (amount < (limits?.min ?? 1)) {
    fields.fail('amount', 'is less than the permitted scheme minimum', { minimum_amount: limits?.min ?? 1 });
  } else if (limits !== undefined && amount > limits.max) {
    fields.fail('amount', 'is greater than the permitted scheme maximum', { maximum_amount: limits.max });
  } else if (consented !== null && amount > consented) {
    fields.fail('amount', "is greater than the mandate's max_amount_per_payment", {
      maximum_amount: consented,
    });
  }
}

function checkReference(world: World, fields: Fields, mandate: Mandate, reference: string | null): void {
  if (reference === null) return;
  const { referenceMax } = SCHEMES[mandate.scheme];
  if (referenceMax === 0) fields.fail('reference', 'cannot be specified for this scheme');
  else if (reference.length > referenceMax)
    fields.fail('reference', `is too long (maximum is ${referenceMax} characters)`);
  else if (mandate.scheme === 'bacs' && !world.settings.customReferences) {
    fields.fail('reference', 'custom payment references are not enabled for this account');
  } else if (mandate.scheme === 'becs' && isTaken(world, reference))
    fields.fail('reference', 'must be unique');
}

function isTaken(world: World, reference: string): boolean {
  return world.payments.all().some((payment) => payment.reference === reference);
}

/** The charge date a debit gets: the wanted one or the earliest, rolled forward to a working day. */
export function latestDate(world: World, mandate: Mandate, chargeDate: string | null): string {
  const now = world.clock.now();
  const earliest = nextPossibleChargeDate(mandate.scheme, mandate.status, now) ?? world.today();
  return rollForward(chargeDate ?? earliest, SCHEMES[mandate.scheme].calendar);
}
