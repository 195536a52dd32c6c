import { addBankAccount } from './bank-accounts.ts';
import { completeByPayer } from './billing-flows.ts';
import type { PayerInput } from './billing-flows.ts';
import type { BillingRequest } from './billing-wire.ts';
import { addCreditor } from './creditors.ts';
import { addCustomer } from './customers.ts';
import { endMandate, replaceMandate, transferMandate } from './mandate-endings.ts';
import { stepMandate } from './mandate-machine.ts';
import { addMandate } from './mandates.ts';
import { activateMandate } from './payment-course.ts';
import { mandateReason } from './reasons.ts';
import { ScenarioBase } from './scenario-base.ts';
import { SCHEMES } from './schemes.ts';
import type { BankAccount, Creditor, Customer, Mandate, MandateStatus, Metadata, Scheme } from './wire.ts';

export interface SeedPayer {
  readonly email?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly companyName?: string;
  readonly metadata?: Metadata;
  /** Default `bacs`. */
  readonly scheme?: Scheme;
  /** Default `active`. */
  /** Whom the mandate is given to; default the first. */
  readonly creditor?: string;
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

/** Payers and their mandates. */
export class PayerScenarios extends ScenarioBase {
  /** A customer in the dashboard, without a mandate. */
  addCustomer({ email, givenName, familyName, companyName, metadata }: SeedPayer): Customer {
    const names = {
      email,
      given_name: givenName,
      family_name: familyName,
      company_name: companyName,
      metadata,
    };
    return addCustomer(this.world, names, false);
  }

  /** A customer with a bank account and a mandate in the wanted status. */
  addPayer(wanted: SeedPayer = {}): Payer {
    return this.addMandate({ ...wanted, customer: this.addCustomer(wanted).id });
  }

  /** One more creditor in the same account. */
  addCreditor({ name }: { name: string }): Creditor {
    return addCreditor(this.world, name);
  }

  /** One more mandate for a customer, on a bank account of its own. */
  addMandate({
    customer: id,
    scheme = 'bacs',
    mandateStatus = 'active',
    creditor: creditorId,
  }: SeedPayer & { customer: string }): Payer {
    const world = this.world;
    const customer = this.row(world.customers, id);
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
      creditorId,
      scheme,
      origin: 'gocardless',
      needsApproval,
    });
    if (mandateStatus === 'submitted' || mandateStatus === 'active') this.#submit(mandate);
    if (mandateStatus === 'active') activateMandate(world, mandate);
    return { customer, bankAccount, mandate };
  }

  /** The payer cancels at the bank, or the mandate ends another way. */
  endMandate(wanted: {
    mandate: string;
    how?: 'cancelled' | 'failed' | 'expired' | 'blocked';
    cause?: string;
  }): Mandate {
    const { how = 'cancelled', cause = 'mandate_cancelled' } = wanted;
    const mandate = this.row(this.world.mandates, wanted.mandate);
    const reason =
      how === 'expired' || how === 'blocked'
        ? { origin: 'gocardless' as const, cause: `mandate_${how}` }
        : undefined;
    return this.attempt(mandate, () =>
      endMandate(this.world, mandate, how, reason ?? mandateReason(mandate.scheme, cause)),
    );
  }

  /** Answers the successor; the old one shows `cancelled` and `links.new_mandate`. */
  replaceMandate({ mandate: id }: { mandate: string }): Mandate {
    const mandate = this.row(this.world.mandates, id);
    this.attempt(mandate, () => void replaceMandate(this.world, mandate));
    return this.row(this.world.mandates, mandate.links.new_mandate);
  }

  transferMandate({ mandate: id }: { mandate: string }): Mandate {
    const mandate = this.row(this.world.mandates, id);
    transferMandate(this.world, mandate);
    return mandate;
  }

  /** The payer goes through the page of a billing request (its id, or a flow's) to the end. */
  completeBillingRequest(wanted: PayerInput & { billingRequest?: string; flow?: string }): BillingRequest {
    const { billingRequest, flow, ...input } = wanted;
    const world = this.world;
    const id =
      flow === undefined ? billingRequest : this.row(world.billingRequestFlows, flow).links.billing_request;
    const request = this.row(world.billingRequests, id);
    const fulfils = flow === undefined || world.billingRequestFlows.must(flow).auto_fulfil;
    return this.attempt(request, () => completeByPayer(world, request, input, fulfils));
  }

  #submit(mandate: Mandate): void {
    stepMandate(this.world, mandate, 'submitted', { origin: 'gocardless', cause: 'mandate_submitted' });
  }
}

function accountIn(country: string, number: string): object {
  return {
    country_code: country,
    branch_code: country === 'GB' || country === 'AU' ? '200000' : '',
    account_number: number,
  };
}
