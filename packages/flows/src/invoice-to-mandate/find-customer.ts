import { type BookClient, type CustomerMatch, type FlowContext, matchCustomer } from '@mlc/core';
import { invoiceSubject } from '../shared/review.ts';
import { refreshCustomers, rereadCustomers } from './mirror.ts';

/** The GoCardless customer of a FreshBooks client, or why there is none or more than one. */
export async function findCustomer(
  context: FlowContext,
  client: BookClient,
  invoiceId: string,
): Promise<CustomerMatch> {
  const chosen = await chosenByPerson(context, invoiceId);
  if (chosen !== null) return { kind: 'one', customerId: chosen, why: 'chosen by a person' };
  const linkedCustomerId = await context.store.clients.customerOf(client.id);
  if (linkedCustomerId !== null) return { kind: 'one', customerId: linkedCustomerId, why: 'stored link' };
  await refreshCustomers(context);
  const match = await matchInMirror(context, client);
  if (match.kind !== 'none' || !(await rereadCustomers(context))) return match;
  return matchInMirror(context, client);
}

async function matchInMirror(context: FlowContext, client: BookClient): Promise<CustomerMatch> {
  const { mirror } = context.store;
  return matchCustomer({
    client,
    linkedCustomerId: null,
    byClientId: await mirror.customersByClientId(client.id),
    byEmail: client.email === null ? [] : await mirror.customersByEmail(client.email),
  });
}

async function chosenByPerson(context: FlowContext, invoiceId: string): Promise<string | null> {
  const answer = await context.store.reviews.lastAnswer('ambiguous_customer', invoiceSubject(invoiceId));
  return answer?.resolution?.action === 'match' ? answer.resolution.customerId : null;
}
