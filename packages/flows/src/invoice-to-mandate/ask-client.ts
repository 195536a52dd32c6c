import type { BookClient, Invoice } from '@mlc/core';
import type { AskClient } from './find-customer.ts';
import type { NextStep } from './next-step.ts';

/** What needs the client; another step when FreshBooks does not show it. */
export async function withClient(
  askClient: AskClient,
  invoice: Invoice,
  work: (client: BookClient) => NextStep,
): Promise<NextStep> {
  const client = await askClient();
  return client === null ? noClient(invoice) : work(client);
}

/** FreshBooks does not show (yet) whose the invoice is. */
export function noClient({ clientId, number }: Invoice): NextStep {
  return { kind: 'not-shown', says: `has no client ${clientId}, for whom invoice ${number} is` };
}
