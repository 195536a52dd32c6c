import type {
  Consent,
  Debit,
  DebitCustomer,
  DebitStatus,
  DebitSubscription,
  Mandate,
  NewDebit,
} from '@mlc/core';
import type { WireCustomer, WireMandate, WirePayment, WireSubscription } from './schema.ts';
import { currencyOfScheme } from './schemes.ts';

/** `mandateId` is '' for a payment taken without one. */
export function toDebit(payment: WirePayment): Debit {
  return {
    id: payment.id,
    amount: { minor: payment.amount, currency: payment.currency },
    // An unknown new status stays readable: flows do nothing on it (core ports/debits.ts).
    status: payment.status as DebitStatus,
    chargeDate: payment.charge_date,
    mandateId: payment.links.mandate ?? '',
    description: payment.description,
    reference: payment.reference,
    metadata: payment.metadata,
    subscriptionId: payment.links.subscription,
    instalmentScheduleId: payment.links.instalment_schedule,
    payoutId: payment.links.payout,
    ...creditorIn(payment.links),
    createdAt: payment.created_at,
  };
}

export function toMandate(mandate: WireMandate): Mandate {
  return {
    id: mandate.id,
    status: mandate.status,
    scheme: mandate.scheme,
    currency: currencyOfScheme(mandate.scheme),
    customerId: mandate.links.customer,
    nextPossibleChargeDate: mandate.next_possible_charge_date,
    createdAt: mandate.created_at,
    metadata: mandate.metadata,
    ...creditorIn(mandate.links),
    newMandateId: mandate.links.new_mandate,
    maxAmountMinor: mandate.consent_parameters?.max_amount_per_payment ?? null,
    consent: consentOf(mandate.consent_parameters ?? null),
    consentType: mandate.consent_type,
    ...(mandate.authorisation_source === null ? {} : { authorisationSource: mandate.authorisation_source }),
  };
}

function consentOf(parameters: NonNullable<WireMandate['consent_parameters']> | null): Consent | null {
  if (parameters === null) return null;
  return {
    startDate: parameters.start_date,
    endDate: parameters.end_date,
    maxPeriodMinor: parameters.max_amount_per_period ?? null,
    maxPeriodPayments: parameters.max_payments_per_period ?? null,
    period: parameters.period,
    isByCalendar: parameters.period_alignment !== 'consent',
  };
}

/** Whose it is, as far as GoCardless says. */
export function creditorIn(links: { readonly creditor: string | null } | null | undefined): {
  readonly creditorId?: string;
} {
  return links?.creditor == null ? {} : { creditorId: links.creditor };
}

export function toCustomer(customer: WireCustomer): DebitCustomer {
  const person = [customer.given_name, customer.family_name].filter((part) => part !== null).join(' ');
  const company = customer.company_name ?? '';
  return {
    id: customer.id,
    email: customer.email,
    name: company === '' ? person : company,
    metadata: customer.metadata,
    createdAt: customer.created_at,
  };
}

export function toSubscription(subscription: WireSubscription): DebitSubscription {
  return {
    id: subscription.id,
    status: subscription.status,
    mandateId: subscription.links.mandate,
    currency: subscription.currency,
    upcoming: subscription.upcoming_payments.map(({ charge_date, amount }) => ({
      chargeDate: charge_date,
      amountMinor: amount,
    })),
    metadata: subscription.metadata,
  };
}

/** The body of `POST /payments`; without a charge date GoCardless takes the mandate's next possible one. */
export function fromNewDebit(debit: NewDebit): Readonly<Record<string, unknown>> {
  return {
    amount: Number(debit.amount.minor),
    currency: debit.amount.currency,
    ...(debit.chargeDate === null ? {} : { charge_date: debit.chargeDate }),
    description: debit.description,
    metadata: debit.metadata,
    links: { mandate: debit.mandateId },
  };
}
