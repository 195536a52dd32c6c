import { creditorNamed } from './creditors.ts';
import { completeAction, isCompleted, newActions, refreshRequest } from './billing-actions.ts';
import { fulfilRequest, tellRequest } from './billing-course.ts';
import { readMandateRequest, readPaymentRequest } from './billing-reading.ts';
import type { BillingRequest } from './billing-wire.ts';
import { addBankAccount } from './bank-accounts.ts';
import { addCustomer, changeCustomer } from './customers.ts';
import { Fields, isObject } from './fields.ts';
import type { Body } from './fields.ts';
import { Refusal, invalidState } from './refusal.ts';
import { linked } from './resource.ts';
import type { Call, Resource } from './resource.ts';
import { SCHEMES, schemeFor } from './schemes.ts';
import type { Creditor, Customer } from './wire.ts';
import type { World } from './world.ts';

/** billing_requests (gocardless.md 2.5). A customer is made at once, nameless if need be. */
export const billingRequests: Resource<BillingRequest> = {
  plural: 'billing_requests',
  find: (world, id) => world.billingRequests.get(id),
  listing: (world) => ({
    rows: () => world.billingRequests.all(),
    filters: {
      customer: (request, id) => request.links['customer'] === id,
      status: (request, status) => request.status === status,
    },
  }),
  create: createRequest,
  actions: {
    collect_customer_details: ({ world, body }, request) => {
      checkOpen(request);
      collectCustomerDetails(world, request, body);
    },
    collect_bank_account: ({ world, body }, request) => {
      checkOpen(request);
      collectBankAccount(world, request, body);
    },
    confirm_payer_details: ({ world }, request) => {
      checkOpen(request);
      confirmPayerDetails(world, request);
    },
    choose_currency: ({ world, body }, request) => chooseCurrency(world, body, request),
    fulfil: ({ world }, request) => {
      if (request.status !== 'ready_to_fulfil') throw notNow('Billing request is not ready to be fulfilled');
      fulfilRequest(world, request);
    },
    cancel: ({ world }, request) => {
      checkOpen(request);
      request.status = 'cancelled';
      tellRequest(world, request, 'cancelled');
    },
    notify: (_call, request) => checkOpen(request),
    fallback: (_call, request) => {
      checkOpen(request);
      if (!request.fallback_enabled) throw notNow('Fallback is not enabled for this billing request');
      request.fallback_occurred = true;
    },
  },
};

function createRequest({ world, body }: Call): BillingRequest {
  const fields = new Fields(body, '/billing_requests');
  const mandateRequest = isObject(body['mandate_request']) ? readMandateRequest(fields) : null;
  const paymentRequest = isObject(body['payment_request']) ? readPaymentRequest(fields) : null;
  if (mandateRequest === null && paymentRequest === null) fields.fail('mandate_request', "can't be blank");
  const metadata = fields.has('metadata') ? fields.metadata() : null;
  const customerId = fields.optionalLink('customer');
  const accountId = fields.optionalLink('customer_bank_account');
  const fallback = fields.flag('fallback_enabled');
  fields.check();
  const creditor = creditorNamed(world, fields, 'billing_requests');
  const customer = customerOf(world, customerId);
  if (accountId !== null)
    linked(world.bankAccounts.get(accountId), 'customer_bank_account', 'billing_requests');
  const currency = mandateRequest?.currency ?? paymentRequest?.currency ?? 'GBP';
  const request: BillingRequest = {
    id: world.ids.next('BRQ'),
    created_at: world.timestamp(),
    status: 'pending',
    mandate_request: mandateRequest,
    payment_request: paymentRequest,
    metadata,
    links: {
      ...linksOf(world, customer, creditor),
      ...(accountId === null ? {} : { customer_bank_account: accountId }),
      ...(mandateRequest === null ? {} : { mandate_request: world.ids.next('MRQ') }),
      ...(paymentRequest === null ? {} : { payment_request: world.ids.next('PRQ') }),
    },
    creditor_name: creditor.name,
    fallback_enabled: fallback,
    fallback_occurred: false,
    sign_flow_url: null,
    actions: newActions(currency, countryFor(currency), paymentRequest !== null),
    resources: {
      customer,
      customer_billing_detail: { id: world.ids.next('CBD'), created_at: world.timestamp() },
    },
  };
  world.billingRequests.add(request);
  refreshRequest(world, request);
  tellRequest(world, request, 'created');
  return request;
}

function countryFor(currency: string): string {
  return SCHEMES[schemeFor(currency) ?? 'bacs'].country;
}

function customerOf(world: World, id: string | null): Customer {
  return id === null
    ? addCustomer(world, {}, false)
    : linked(world.customers.get(id), 'customer', 'billing_requests');
}

function linksOf(world: World, customer: Customer, creditor: Creditor): Record<string, string> {
  return {
    customer: customer.id,
    customer_billing_detail: world.ids.next('CBD'),
    creditor: creditor.id,
    organisation: world.organisationId,
  };
}

export function collectCustomerDetails(world: World, request: BillingRequest, body: Body): void {
  const customer = world.customers.must(request.links['customer'] ?? '');
  const own = isObject(body['customer']) ? body['customer'] : {};
  const address = isObject(body['customer_billing_detail']) ? body['customer_billing_detail'] : {};
  changeCustomer(customer, { ...own, ...address });
  refreshRequest(world, request);
  tellRequest(world, request, 'collect_customer_details');
}

export function collectBankAccount(world: World, request: BillingRequest, body: Body): void {
  const customer = request.links['customer'] ?? '';
  const account = existingAccount(world, { ...body, links: { customer } });
  request.links['customer_bank_account'] = account;
  refreshRequest(world, request);
  tellRequest(world, request, 'collect_bank_account');
}

/** A payer may give an account that is known already. */
function existingAccount(world: World, body: Body): string {
  try {
    return addBankAccount(world, body).id;
  } catch (error) {
    const existing =
      error instanceof Refusal ? error.refused.errors[0]?.links?.['customer_bank_account'] : undefined;
    if (existing === undefined) throw error;
    return existing;
  }
}

export function confirmPayerDetails(world: World, request: BillingRequest): void {
  if (!isCompleted(request, 'collect_customer_details') || !isCompleted(request, 'collect_bank_account')) {
    throw notNow('Customer details and bank account must be collected first');
  }
  completeAction(request, 'confirm_payer_details');
  refreshRequest(world, request);
  tellRequest(world, request, 'payer_details_confirmed');
}

function chooseCurrency(world: World, body: Body, request: BillingRequest): void {
  checkOpen(request);
  const fields = new Fields(body, '/billing_requests');
  const currency = fields.requiredText('currency');
  const scheme = schemeFor(currency);
  if (scheme === undefined) fields.fail('currency', 'is not supported');
  fields.check();
  if (request.mandate_request !== null && scheme !== undefined)
    Object.assign(request.mandate_request, { currency, scheme });
  refreshRequest(world, request);
  tellRequest(world, request, 'choose_currency');
}

function checkOpen({ status }: BillingRequest): void {
  if (status !== 'pending' && status !== 'ready_to_fulfil') throw notNow(`Billing request is ${status}`);
}

function notNow(message: string): Refusal {
  return invalidState('billing_request_invalid_state', message);
}
