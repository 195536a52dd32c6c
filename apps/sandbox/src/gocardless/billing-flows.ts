import express from 'express';
import type { Request, Router } from 'express';
import { addDays } from './calendar.ts';
import { completeAction, isCompleted, refreshRequest } from './billing-actions.ts';
import { fulfilRequest, tellRequest } from './billing-course.ts';
import { collectBankAccount, collectCustomerDetails, confirmPayerDetails } from './billing-requests.ts';
import type { BillingRequest, BillingRequestFlow } from './billing-wire.ts';
import { Fields, isObject } from './fields.ts';
import type { Body } from './fields.ts';
import { invalidState } from './refusal.ts';
import { linked } from './resource.ts';
import type { Call, Resource } from './resource.ts';
import type { Customer } from './wire.ts';
import type { World } from './world.ts';

const FLOW_LIFE_DAYS = 7;
const PAGE_PATH = '/billing/static/flow';

/** billing_request_flows: a payer's page. Creating never dedupes (gocardless.md 1.9, 2.6). */
export const billingRequestFlows: Resource<BillingRequestFlow> = {
  plural: 'billing_request_flows',
  find: (world, id) => world.billingRequestFlows.get(id),
  create: createFlow,
  dedupes: false,
  actions: {
    initialise: ({ world }, flow) => {
      flow.session_token ??= world.ids.next('SESS');
    },
  },
};

function createFlow({ world, body, baseUrl }: Call): BillingRequestFlow {
  const fields = new Fields(body, '/billing_request_flows');
  const requestId = fields.link('billing_request');
  const isAuto = !fields.has('auto_fulfil') || fields.flag('auto_fulfil');
  const uris = { redirect_uri: fields.text('redirect_uri'), exit_uri: fields.text('exit_uri') };
  const locks = {
    lock_customer_details: fields.flag('lock_customer_details'),
    lock_bank_account: fields.flag('lock_bank_account'),
    lock_currency: fields.flag('lock_currency'),
    lock_existing_customer: fields.flag('lock_existing_customer'),
  };
  fields.check();
  const request = linked(world.billingRequests.get(requestId), 'billing_request', 'billing_request_flows');
  if (request.status === 'cancelled' || request.status === 'fulfilled') {
    throw invalidState('billing_request_invalid_state', `Billing request is ${request.status}`);
  }
  const id = world.ids.next('BRF');
  const createdAt = world.timestamp();
  const flow: BillingRequestFlow = {
    id,
    created_at: createdAt,
    auto_fulfil: isAuto,
    ...uris,
    authorisation_url: `${baseUrl}${PAGE_PATH}?id=${id}`,
    ...locks,
    customer_details_captured: false,
    show_redirect_buttons: fields.flag('show_redirect_buttons'),
    show_success_redirect_button: fields.flag('show_success_redirect_button'),
    session_token: null,
    expires_at: addDays(createdAt.slice(0, 10), FLOW_LIFE_DAYS) + createdAt.slice(10),
    links: { billing_request: request.id },
    config: isObject(body['prefilled_customer']) ? { prefilled_customer: body['prefilled_customer'] } : {},
  };
  world.billingRequestFlows.add(flow);
  tellRequest(world, request, 'flow_created', { billing_request_flow: id });
  return flow;
}

/** What a payer types; left out: details that the sandbox accepts. */
export interface PayerInput {
  readonly customer?: Body;
  readonly bankAccount?: Body;
}

const ACCOUNTS: Readonly<Record<string, Body>> = {
  GBP: { country_code: 'GB', branch_code: '200000', account_number: '55779911', currency: 'GBP' },
  EUR: { iban: 'FR1420041010050500013M02606', currency: 'EUR' },
  USD: { country_code: 'US', bank_code: '026073150', account_number: '2715500356', currency: 'USD' },
};

const PAYER = {
  email: 'payer@example.test',
  given_name: 'Pat',
  family_name: 'Payer',
  address_line1: '1 Example Street',
  city: 'London',
  postal_code: 'E8 3GX',
  country_code: 'GB',
};

/** What the page would show filled in. */
function known(customer: Customer): Body {
  return Object.fromEntries(
    Object.entries(customer).filter(([name, value]) => name in PAYER && value !== null),
  );
}

/** The payer goes through the page to the end; with `auto_fulfil` the mandate exists afterwards. */
export function completeByPayer(
  world: World,
  request: BillingRequest,
  input: PayerInput = {},
  fulfils = true,
): void {
  const customer = world.customers.must(request.links['customer'] ?? '');
  const typed = { ...PAYER, ...known(customer), ...input.customer };
  collectCustomerDetails(world, request, { customer: typed });
  if (!isCompleted(request, 'collect_bank_account') || input.bankAccount !== undefined) {
    const currency = request.mandate_request?.currency ?? request.payment_request?.currency ?? 'GBP';
    const holder = `${typed.given_name} ${typed.family_name}`;
    collectBankAccount(world, request, {
      account_holder_name: holder,
      ...(input.bankAccount ?? ACCOUNTS[currency]),
    });
  }
  confirmPayerDetails(world, request);
  completeAction(request, 'bank_authorisation');
  refreshRequest(world, request);
  if (fulfils) fulfilRequest(world, request);
}

/** The page behind `authorisation_url`, for people who try things out: one button. No token is asked for. */
export function mountPayerPage(router: Router, worlds: () => readonly World[]): void {
  router.get(PAGE_PATH, (req, res) => {
    const found = findFlow(worlds(), req);
    if (found === undefined) res.status(404).type('html').send(page('<p>This page has expired.</p>'));
    else res.type('html').send(page(form(found.request)));
  });
  router.post(PAGE_PATH, express.urlencoded({ extended: false }), (req, res) => {
    const found = findFlow(worlds(), req);
    if (found === undefined) {
      res.status(404).type('html').send(page('<p>This page has expired.</p>'));
      return;
    }
    const { world, request, flow } = found;
    const typed = Object.entries(isObject(req.body) ? req.body : {}).filter(([, value]) => value !== '');
    completeByPayer(world, request, { customer: Object.fromEntries(typed) }, flow.auto_fulfil);
    if (flow.redirect_uri === null)
      res.type('html').send(page('<p>Thank you, your direct debit is set up.</p>'));
    else res.redirect(303, redirectOf(flow, flow.redirect_uri));
  });
}

function redirectOf(flow: BillingRequestFlow, uri: string): string {
  const target = new URL(uri);
  target.searchParams.set('billing_request_id', flow.links.billing_request);
  target.searchParams.set('billing_request_flow_id', flow.id);
  return target.href;
}

/** Open flows only: they end after 7 days and with their billing request. */
function findFlow(
  worlds: readonly World[],
  req: Request,
): { world: World; flow: BillingRequestFlow; request: BillingRequest } | undefined {
  const id = typeof req.query['id'] === 'string' ? req.query['id'] : '';
  for (const world of worlds) {
    const flow = world.billingRequestFlows.get(id);
    if (flow === undefined || flow.expires_at < world.timestamp()) continue;
    const request = world.billingRequests.must(flow.links.billing_request);
    if (request.status === 'pending' || request.status === 'ready_to_fulfil') return { world, flow, request };
  }
  return undefined;
}

function form(request: BillingRequest): string {
  const { scheme = 'payment', currency = '' } = request.mandate_request ?? {};
  return `<h1>Set up a direct debit with ${escape(request.creditor_name)}</h1><p>${escape(scheme)} ${escape(currency)}</p>
<form method="post"><label>E-mail <input name="email" type="email"></label>
<label>First name <input name="given_name"></label> <label>Last name <input name="family_name"></label>
<button>Confirm with test bank details</button></form>`;
}

function page(inner: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sandbox payer page</title><body>${inner}</body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
