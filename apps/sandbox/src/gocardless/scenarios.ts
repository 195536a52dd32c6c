import { ControlError } from '../control.ts';
import { addBankAccount } from './bank-accounts.ts';
import { completeByPayer } from './billing-flows.ts';
import type { PayerInput } from './billing-flows.ts';
import type { BillingRequest } from './billing-wire.ts';
import { addCustomer } from './customers.ts';
import { endMandate, replaceMandate, transferMandate } from './mandate-endings.ts';
import { lifeOf, stepMandate } from './mandate-machine.ts';
import { addMandate } from './mandates.ts';
import type { Outcome } from './outcomes.ts';
import {
  activateMandate,
  cancelChargeback,
  chargeBackPayment,
  confirmPayment,
  failPayment,
  submitPayment,
} from './payment-course.ts';
import { paymentLife } from './payment-life.ts';
import { canStep } from './payment-machine.ts';
import { addPayment } from './payments.ts';
import { buildPayouts } from './payout-builder.ts';
import { mandateReason } from './reasons.ts';
import { SCHEMES } from './schemes.ts';
import type { Table } from './table.ts';
import type {
  BankAccount,
  Customer,
  Mandate,
  MandateStatus,
  Metadata,
  Payment,
  Row,
  Scheme,
} from './wire.ts';
import type { World } from './world.ts';

export interface SeedPayer {
  readonly email?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly companyName?: string;
  readonly metadata?: Metadata;
  /** Default `bacs`. */
  readonly scheme?: Scheme;
  /** Default `active`. */
  readonly mandateStatus?: Extract<
    MandateStatus,
    'pending_customer_approval' | 'pending_submission' | 'submitted' | 'active'
  >;
}

export interface Payer {
  readonly customer: Customer;
  readonly bankAccount: BankAccount;
  readonly mandate: Mandate;
}

/**
 * What happens at GoCardless without the API: payers, banks and people in the dashboard. Ids of things that do not exist
 * and steps that cannot happen throw a ControlError that says so.
 */
export class Scenarios {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A customer in the dashboard, without a mandate. */
  addCustomer({ email, givenName, familyName, companyName, metadata }: SeedPayer): Customer {
    const names = {
      email,
      given_name: givenName,
      family_name: familyName,
      company_name: companyName,
      metadata,
    };
    return addCustomer(this.#world, names, false);
  }

  /** A customer with a bank account and a mandate in the wanted status. */
  addPayer(wanted: SeedPayer = {}): Payer {
    return this.addMandate({ ...wanted, customer: this.addCustomer(wanted).id });
  }

  /** One more mandate for a customer, on a bank account of its own. */
  addMandate({
    customer: id,
    scheme = 'bacs',
    mandateStatus = 'active',
  }: SeedPayer & { customer: string }): Payer {
    const world = this.#world;
    const customer = this.#row(world.customers, id);
    const { currency, country } = SCHEMES[scheme];
    const number = String(10_000_000 + world.bankAccounts.all().length);
    const bankAccount = addBankAccount(world, {
      account_holder_name:
        customer.company_name ?? `${customer.given_name ?? ''} ${customer.family_name ?? ''}`,
      currency,
      ...(currency === 'EUR' ? { iban: `FR14200410100505${number}M` } : accountIn(country, number)),
      links: { customer: id },
    });
    const needsApproval = mandateStatus === 'pending_customer_approval';
    const mandate = addMandate(world, {
      accountId: bankAccount.id,
      scheme,
      origin: 'gocardless',
      needsApproval,
    });
    if (mandateStatus === 'submitted' || mandateStatus === 'active') this.#submit(mandate);
    if (mandateStatus === 'active') activateMandate(world, mandate);
    return { customer, bankAccount, mandate };
  }

  /** A debit made in the dashboard or by another tool: no metadata of ours unless given. */
  addForeignPayment(wanted: {
    mandate: string;
    amount: number;
    chargeDate?: string;
    description?: string;
    metadata?: Metadata;
  }): Payment {
    const mandate = this.#row(this.#world.mandates, wanted.mandate);
    const { currency } = SCHEMES[mandate.scheme];
    return addPayment(this.#world, mandate, {
      ...wanted,
      currency,
      origin: 'gocardless',
      cause: 'payment_created',
    });
  }

  /** How the coming collections of this payment end; the clock makes it happen. */
  planPayment({ payment, outcomes }: { payment: string; outcomes: readonly Outcome[] }): void {
    paymentLife(this.#world, this.#row(this.#world.payments, payment)).outcomes = [...outcomes];
  }

  /** The same for the next payment that is created on this mandate; several calls plan several payments. */
  planNextPayment({ mandate, outcomes }: { mandate: string; outcomes: readonly Outcome[] }): void {
    lifeOf(this.#world, this.#row(this.#world.mandates, mandate)).plannedOutcomes.push([...outcomes]);
  }

  /** Now: submitted if it was not, then confirmed. */
  confirmPayment({ payment: id }: { payment: string }): Payment {
    const payment = this.#row(this.#world.payments, id);
    return this.#attempt(payment, () => {
      if (payment.status === 'pending_submission') submitPayment(this.#world, payment);
      confirmPayment(this.#world, payment);
    });
  }

  /** Now: confirmed if it was not, then paid out in a payout with whatever else is due. */
  payOutPayment({ payment: id }: { payment: string }): Payment {
    const payment = this.#row(this.#world.payments, id);
    if (payment.status !== 'confirmed') this.confirmPayment({ payment: id });
    buildPayouts(this.#world, [payment]);
    return payment;
  }

  /** Now: refused by the bank; late when it was confirmed or paid out already. */
  failPayment({
    payment: id,
    ...how
  }: {
    payment: string;
    cause?: string;
    willAttemptRetry?: boolean;
  }): Payment {
    const payment = this.#row(this.#world.payments, id);
    return this.#attempt(payment, () => {
      if (payment.status === 'pending_submission') submitPayment(this.#world, payment);
      failPayment(this.#world, payment, { kind: 'failed', ...how });
    });
  }

  /** Now: the payer takes it back; paid out first when it was not. */
  chargeBackPayment({
    payment: id,
    cancelsMandate = false,
  }: {
    payment: string;
    cancelsMandate?: boolean;
  }): Payment {
    const payment = this.#row(this.#world.payments, id);
    if (canStep(payment, 'submitted') || payment.status === 'confirmed') this.payOutPayment({ payment: id });
    return this.#attempt(payment, () => chargeBackPayment(this.#world, payment, cancelsMandate));
  }

  cancelChargeback({ payment: id }: { payment: string }): Payment {
    const payment = this.#row(this.#world.payments, id);
    return this.#attempt(payment, () => cancelChargeback(this.#world, payment));
  }

  /** The payer cancels at the bank, or the mandate ends another way. */
  endMandate(wanted: {
    mandate: string;
    how?: 'cancelled' | 'failed' | 'expired' | 'blocked';
    cause?: string;
  }): Mandate {
    const { how = 'cancelled', cause = 'mandate_cancelled' } = wanted;
    const mandate = this.#row(this.#world.mandates, wanted.mandate);
    const reason =
      how === 'expired' || how === 'blocked'
        ? { origin: 'gocardless' as const, cause: `mandate_${how}` }
        : undefined;
    return this.#attempt(mandate, () =>
      endMandate(this.#world, mandate, how, reason ?? mandateReason(mandate.scheme, cause)),
    );
  }

  /** Answers the successor; the old one shows `cancelled` and `links.new_mandate`. */
  replaceMandate({ mandate: id }: { mandate: string }): Mandate {
    const mandate = this.#row(this.#world.mandates, id);
    return this.#attempt(mandate, () => replaceMandate(this.#world, mandate));
  }

  transferMandate({ mandate: id }: { mandate: string }): Mandate {
    const mandate = this.#row(this.#world.mandates, id);
    transferMandate(this.#world, mandate);
    return mandate;
  }

  /** The payer goes through the page of a billing request (its id, or a flow's) to the end. */
  completeBillingRequest(wanted: PayerInput & { billingRequest?: string; flow?: string }): BillingRequest {
    const { billingRequest, flow, ...input } = wanted;
    const world = this.#world;
    const id =
      flow === undefined ? billingRequest : this.#row(world.billingRequestFlows, flow).links.billing_request;
    const request = this.#row(world.billingRequests, id ?? '');
    const fulfils = flow === undefined || world.billingRequestFlows.must(flow).auto_fulfil;
    return this.#attempt(request, () => completeByPayer(world, request, input, fulfils));
  }

  /** Delivers events again, newest `last` of them: at least once means more than once. */
  repeatEvents({ last = 10 }: { last?: number } = {}): number {
    const events = this.#world.events.all().slice(-last);
    this.#world.desk.sendEvents(events);
    return events.length;
  }

  #submit(mandate: Mandate): void {
    stepMandate(this.#world, mandate, 'submitted', { origin: 'gocardless', cause: 'mandate_submitted' });
  }

  #row<T extends Row>(table: Table<T>, id: string): T {
    const row = table.get(id);
    if (row === undefined) throw new ControlError(`the sandbox has no ${id === '' ? 'such thing' : id}`);
    return row;
  }

  /** Turns "that step cannot happen" into an answer; gives the row unless the work made another one. */
  #attempt<T extends Row>(row: T, work: () => T | void): T {
    try {
      return work() ?? row;
    } catch (error) {
      throw error instanceof Error ? new ControlError(error.message, { cause: error }) : error;
    }
  }
}

function accountIn(country: string, number: string): object {
  return {
    country_code: country,
    branch_code: country === 'GB' || country === 'AU' ? '200000' : '',
    account_number: number,
  };
}
