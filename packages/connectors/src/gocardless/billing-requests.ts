import {
  ConnectorError,
  debitSchemeFor,
  type Debits,
  type MandateRequest,
  type NewMandateRequest,
} from '@mlc/core';
import type { GocardlessClient } from './client.ts';
import { billingRequestFlowSchema, billingRequestSchema, type WireBillingRequest } from './schema.ts';

const billingRequests = { plural: 'billing_requests', schema: billingRequestSchema };
const billingRequestFlows = { plural: 'billing_request_flows', schema: billingRequestFlowSchema };

/** A billing request the payer can still go through. */
const OPEN_STATUSES: ReadonlySet<string> = new Set(['pending', 'ready_to_fulfil']);

/** The part of `Debits` that asks payers for mandates (gocardless.md 2.5, 2.6). */
export function billingRequestsOf(
  client: GocardlessClient,
): Pick<Debits, 'requestMandate' | 'getBillingRequest'> {
  return {
    requestMandate: (request, idempotencyKey) => requestMandate(client, request, idempotencyKey),
    getBillingRequest: async (billingRequestId) => {
      const found = await client.read('getBillingRequest', billingRequests, billingRequestId);
      return found === null ? null : outcomeOf(found);
    },
  };
}

/** Before it is fulfilled its customer is an empty one made in advance, and there is no mandate. */
function outcomeOf(found: WireBillingRequest): { customerId: string | null; mandateId: string | null } {
  if (found.status !== 'fulfilled') return { customerId: null, mandateId: null };
  return {
    customerId: found.links?.customer ?? null,
    mandateId: found.links?.mandate_request_mandate ?? found.mandate_request?.links?.mandate ?? null,
  };
}

/** A second call with the same key finds the same billing request and makes a fresh page for it, which is harmless. */
async function requestMandate(
  client: GocardlessClient,
  request: NewMandateRequest,
  idempotencyKey: string,
): Promise<MandateRequest> {
  const scheme = debitSchemeFor(request.currency);
  if (scheme === null) throw noScheme(request.currency);
  const billingRequestId = await createOrAdopt(client, { ...request, scheme }, idempotencyKey);
  const flow = await client.write(billingRequestFlows, {
    operation: 'requestMandate',
    path: '/billing_request_flows',
    body: { billing_request_flows: flowBody(request, billingRequestId) },
  });
  return { billingRequestId, authorisationUrl: flow.authorisation_url };
}

async function createOrAdopt(
  client: GocardlessClient,
  request: NewMandateRequest & { readonly scheme: string },
  idempotencyKey: string,
): Promise<string> {
  try {
    const created = await client.write(billingRequests, {
      operation: 'requestMandate',
      path: '/billing_requests',
      body: { billing_requests: requestBody(request) },
      idempotencyKey,
    });
    return created.id;
  } catch (error) {
    const existingId = conflictingIdOf(error);
    if (existingId === null) throw error;
    return adopt(await client.read('requestMandate', billingRequests, existingId), request, error);
  }
}

function conflictingIdOf(error: unknown): string | null {
  if (!(error instanceof ConnectorError) || error.reason !== 'idempotent_creation_conflict') return null;
  return error.conflictingId ?? null;
}

/** GoCardless compares no bodies when a key comes again, so that is done here (gocardless.md 1.9). */
function adopt(existing: WireBillingRequest | null, request: NewMandateRequest, conflict: unknown): string {
  if (existing === null) throw conflict;
  const currency = existing.mandate_request?.currency ?? request.currency;
  if (currency !== request.currency) {
    throw unusable(
      existing,
      'billing_request_differs',
      `asks for a mandate in ${currency}, not ${request.currency}`,
    );
  }
  if (!OPEN_STATUSES.has(existing.status)) {
    throw unusable(existing, `billing_request_${existing.status}`, `is already ${existing.status}`);
  }
  return existing.id;
}

function requestBody(
  request: NewMandateRequest & { readonly scheme: string },
): Readonly<Record<string, unknown>> {
  return {
    mandate_request: { scheme: request.scheme, currency: request.currency },
    metadata: request.metadata,
    ...linksOf(request),
  };
}

function linksOf({ customerId, creditorId = null }: NewMandateRequest): {
  readonly links?: Readonly<Record<string, string>>;
} {
  const links = {
    ...(customerId === null ? {} : { customer: customerId }),
    ...(creditorId === null ? {} : { creditor: creditorId }),
  };
  return Object.keys(links).length === 0 ? {} : { links };
}

/** An existing customer has details of its own; a new one is offered what the books know. */
function flowBody(request: NewMandateRequest, billingRequestId: string): Readonly<Record<string, unknown>> {
  const known = Object.entries({
    email: request.email,
    given_name: request.firstName,
    family_name: request.lastName,
    company_name: request.organization,
  }).filter(([, value]) => value !== null && value !== '');
  return {
    auto_fulfil: true,
    lock_currency: true,
    ...(request.customerId === null && known.length > 0
      ? { prefilled_customer: Object.fromEntries(known) }
      : {}),
    links: { billing_request: billingRequestId },
  };
}

function noScheme(currency: string): ConnectorError {
  return new ConnectorError({
    kind: 'rejected',
    provider: 'gocardless',
    operation: 'requestMandate',
    message: `there is no bank debit scheme for ${currency}; ask this client to pay in another way`,
    reason: 'no_scheme',
    field: 'currency',
  });
}

function unusable({ id }: WireBillingRequest, reason: string, why: string): ConnectorError {
  return new ConnectorError({
    kind: 'conflict',
    provider: 'gocardless',
    operation: 'requestMandate',
    message: `billing request ${id}, made with this key before, ${why}`,
    reason,
    conflictingId: id,
  });
}
