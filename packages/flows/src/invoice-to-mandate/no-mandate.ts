import {
  addDays,
  type AskedMandate,
  type BookClient,
  dateIn,
  debitSchemeFor,
  deriveKey,
  type FlowContext,
  type FlowResult,
  type Invoice,
  type Job,
  namingClient,
  opens,
  PARK_RECHECK_MS,
  type SentMandateRequest,
  step,
  waitingForMandate,
} from '@mlc/core';
import { mandateWrite, requireLive } from '../running/go-live.ts';
import { ask, isAnswered, type Question } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { mandateQuestion, withoutMandateOf } from './questions.ts';

/** Billing request flows expire after this many days (gocardless.md 2.6). */
const REQUEST_DAYS = 7;

/** Why nothing can be collected yet, and the customer if at least that is known. */
export interface Missing {
  readonly customerId: string | null;
  readonly why: string;
}

/** Row "no usable mandate": by policy ask, request one from the client, or wait. */
export async function withoutMandate(
  job: Job,
  { invoice, client, missing }: { invoice: Invoice; client: BookClient; missing: Missing },
): Promise<FlowResult> {
  switch (job.business.policy.noMandate) {
    case 'review':
      return ask(job, mandateQuestion(invoice, client, missing));
    case 'pause':
      return parked(job, client, `waiting for a mandate: ${missing.why}`);
    case 'request':
      return requestMandate(job, { invoice, client, missing });
  }
}

function parked(context: FlowContext, client: BookClient, reason: string): FlowResult {
  return {
    state: 'parked',
    reason,
    waitingFor: waitingForMandate(client.id),
    recheckAt: new Date(context.clock.now().getTime() + PARK_RECHECK_MS),
    effects: [],
  };
}

async function requestMandate(
  job: Job,
  { invoice, client, missing }: { invoice: Invoice; client: BookClient; missing: Missing },
): Promise<FlowResult> {
  const { clients } = job.store;
  const today = dateIn(job.business.timezone, job.clock.now());
  const { currency } = invoice.outstanding;
  const scheme = debitSchemeFor(currency);
  if (scheme === null) {
    const why = `${missing.why}, and GoCardless debits no accounts in ${currency}`;
    return ask(job, mandateQuestion(invoice, client, { ...missing, why }));
  }
  const asked = { currency, scheme };
  const open = await clients.mandateRequest(client.id, asked);
  const current =
    open !== null && today < addDays(dateIn(job.business.timezone, open.requestedAt), REQUEST_DAYS);
  const request = current ? open : await createRequest(job, { invoice, client, missing, asked, today });
  const question: Question = {
    kind: 'no_mandate',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Invoice ${invoice.number} of ${client.name} waits for a mandate: ${missing.why}.`,
      `Send the client this link to set one up (valid ${REQUEST_DAYS} days): ${request.authorisationUrl}`,
    ],
    covers: withoutMandateOf(missing.customerId),
  };
  const answered = await isAnswered(job, question);
  return {
    ...parked(job, client, `waiting for the client to set up a mandate: ${missing.why}`),
    details: { billingRequestId: request.billingRequestId },
    effects: [
      ...(current ? [] : [step('rows', (tx) => tx.clients.setMandateRequest(client.id, asked, request))]),
      ...(answered ? [] : [opens({ candidates: [], eventId: job.event.id, ...question })]),
    ],
  };
}

interface ToRequest {
  readonly invoice: Invoice;
  readonly client: BookClient;
  readonly missing: Missing;
  readonly asked: AskedMandate;
  /** YYYY-MM-DD. */
  readonly today: string;
}

async function createRequest(
  context: FlowContext,
  { invoice, client, missing, asked, today }: ToRequest,
): Promise<SentMandateRequest> {
  requireLive(context, mandateWrite(invoice, client.name));
  const of = [context.books.accountId, client.id, asked.currency, asked.scheme];
  const key = deriveKey(context.sha256, ['mandate-request', ...of, today]);
  const request = await context.debits.requestMandate(
    {
      customerId: missing.customerId,
      creditorId: context.debits.creditorId,
      currency: asked.currency,
      email: client.email,
      firstName: client.firstName,
      lastName: client.lastName,
      organization: client.organization,
      metadata: namingClient(client.id, context.books.accountId),
    },
    key,
  );
  return { ...request, requestedAt: context.clock.now() };
}
