import type { BillingAction, BillingActionType, BillingRequest } from './billing-wire.ts';
import type { Customer } from './wire.ts';
import type { World } from './world.ts';

/** What still has to be collected before a billing request can be fulfilled (gocardless.md 2.5). */

const PERSON = ['email', 'given_name', 'family_name'] as const;
const ADDRESS = ['address_line1', 'city', 'postal_code', 'country_code'] as const;

/** The actions of a new billing request; the graph is a reconstruction from recordings. */
export function newActions(currency: string, country: string, hasPayment: boolean): BillingAction[] {
  const details = ['collect_customer_details', 'collect_bank_account'];
  const actions: BillingAction[] = [
    action('choose_currency', [], [], { available_currencies: [currency] }),
    action('collect_customer_details', [], ['choose_currency'], {}),
    action('collect_bank_account', ['choose_currency'], ['collect_customer_details', 'choose_currency'], {
      available_country_codes: [country],
    }),
    action('confirm_payer_details', [], details, {}),
  ];
  if (hasPayment) {
    const bank_authorisation = { authorisation_type: 'payment', adapter: 'sandbox' };
    actions.push(action('bank_authorisation', [], details, { bank_authorisation }));
  }
  return actions;
}

function action(
  type: BillingActionType,
  completes: string[],
  requires: string[],
  extra: Readonly<Record<string, unknown>>,
): BillingAction {
  return {
    type,
    required: true,
    completes_actions: completes,
    requires_actions: requires,
    status: type === 'choose_currency' ? 'completed' : 'pending',
    ...extra,
  };
}

export function completeAction(request: BillingRequest, type: BillingActionType): void {
  for (const entry of request.actions) if (entry.type === type) entry.status = 'completed';
}

export function isCompleted(request: BillingRequest, type: BillingActionType): boolean {
  return request.actions.every((entry) => entry.type !== type || entry.status === 'completed');
}

/** Brings actions and status up to what is known of the customer and the bank account. */
export function refreshRequest(world: World, request: BillingRequest): void {
  if (request.status !== 'pending' && request.status !== 'ready_to_fulfil') return;
  const customer = world.customers.must(request.links['customer'] ?? '');
  request.resources.customer = customer;
  const missing = missingFields(customer);
  const isKnown = missing.customer.length + missing.customer_billing_detail.length === 0;
  for (const entry of request.actions) {
    if (entry.type === 'collect_customer_details') {
      entry.status = isKnown ? 'completed' : 'pending';
      entry['collect_customer_details'] = { incomplete_fields: missing, default_country_code: 'GB' };
    }
    if (entry.type === 'collect_bank_account' && request.links['customer_bank_account'] !== undefined) {
      entry.status = 'completed';
    }
  }
  const isReady = request.actions.every(({ required, status }) => !required || status === 'completed');
  request.status = isReady ? 'ready_to_fulfil' : 'pending';
}

function missingFields(customer: Customer): { customer: string[]; customer_billing_detail: string[] } {
  const isCompany = customer.company_name !== null;
  return {
    customer: PERSON.filter((name) => customer[name] === null && (name === 'email' || !isCompany)),
    customer_billing_detail: ADDRESS.filter((name) => customer[name] === null),
  };
}
