import { addMandate } from './mandates.ts';
import { stepMandate } from './mandate-machine.ts';
import type { BillingRequest, MandateRequest, PaymentRequest } from './billing-wire.ts';
import { addPayment } from './payments.ts';
import { concludePayment, submitPayment } from './payment-course.ts';
import type { GcEvent } from './wire.ts';
import type { World } from './world.ts';

/** An event about a billing request; one that names what was made comes from GoCardless, the others from the API. */
export function tellRequest(
  world: World,
  request: BillingRequest,
  action: string,
  links: Readonly<Record<string, string>> = {},
): GcEvent {
  const origin = action === 'fulfilled' ? 'gocardless' : 'api';
  return world.events.record({
    resource: 'billing_requests',
    action,
    origin,
    cause: `billing_request_${action}`,
    links: { billing_request: request.id, ...links },
    resourceMetadata: request.metadata,
  });
}

/** Makes the mandate and the payment that were asked for. */
export function fulfilRequest(world: World, request: BillingRequest): void {
  const accountId = request.links['customer_bank_account'] ?? '';
  const { mandate_request, payment_request } = request;
  const made: Record<string, string> = {};
  if (mandate_request !== null)
    made['mandate_request_mandate'] = makeMandate(world, mandate_request, request.links);
  if (payment_request !== null)
    made['payment_request_payment'] = makePayment(world, payment_request, accountId);
  Object.assign(request.links, made);
  request.status = 'fulfilled';
  request.actions = [];
  const links = { customer: request.links['customer'] ?? '', customer_bank_account: accountId, ...made };
  tellRequest(world, request, 'fulfilled', links);
}

function makeMandate(world: World, wanted: MandateRequest, links: BillingRequest['links']): string {
  const { scheme, metadata } = wanted;
  const { customer_bank_account: accountId = '', creditor: creditorId } = links;
  const mandate = addMandate(world, { accountId, creditorId, scheme, metadata, origin: 'gocardless' });
  wanted.links.mandate = mandate.id;
  return mandate.id;
}

/** An instant payment hangs on a one-off mandate of its own and is confirmed within seconds. */
function makePayment(world: World, wanted: PaymentRequest, accountId: string): string {
  const mandate = addMandate(world, { accountId, scheme: 'faster_payments', origin: 'gocardless' });
  stepMandate(world, mandate, 'submitted', { origin: 'gocardless', cause: 'mandate_submitted' });
  stepMandate(world, mandate, 'active', { origin: 'gocardless', cause: 'mandate_activated' });
  const { amount, currency, description, metadata } = wanted;
  const payment = addPayment(world, mandate, {
    amount,
    currency,
    description,
    metadata,
    chargeDate: world.today(),
    origin: 'gocardless',
    cause: 'payment_created',
  });
  wanted.links.payment = payment.id;
  world.later(() => {
    if (payment.status !== 'pending_submission') return;
    submitPayment(world, payment);
    concludePayment(world, payment);
  });
  return payment.id;
}
