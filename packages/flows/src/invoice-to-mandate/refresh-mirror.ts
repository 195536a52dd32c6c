import { clientNamedIn, type DebitCustomer, type FlowContext } from '@mlc/core';
import { record } from '../running/record.ts';
import { readEveryCustomer } from './mirror.ts';
import { customerChanged } from './wake-clients.ts';

/** What a full page-through found. */
export interface MirrorRefresh {
  readonly customers: number;
  /** Ids of customers whose e-mail or FreshBooks client is another one than the mirror knew. */
  readonly changed: readonly string[];
}

/**
 * Pages through all customers of GoCardless, which has no event for a changed e-mail (gocardless.md 2.12). What waited
 * for a mandate of a changed customer runs again, as after an event about that customer.
 */
export async function refreshMirror(context: FlowContext): Promise<MirrorRefresh> {
  const changed: string[] = [];
  let customers = 0;
  await readEveryCustomer(context, async (page) => {
    customers += page.length;
    for (const customer of page) {
      const known = await context.store.mirror.customer(customer.id);
      if (known !== null && isOther(context, known, customer)) changed.push(customer.id);
    }
  });
  for (const customerId of changed) {
    const result = await customerChanged(context, { customerId });
    await record(context, result.effects);
  }
  return { customers, changed };
}

/** A new customer is no change: its mandate's event tells of it. */
function isOther({ books }: FlowContext, known: DebitCustomer, now: DebitCustomer): boolean {
  const clientOf = ({ metadata }: DebitCustomer) => clientNamedIn(metadata, books.accountId);
  const emailOf = ({ email }: DebitCustomer): string => (email ?? '').trim().toLowerCase();
  return emailOf(known) !== emailOf(now) || clientOf(known) !== clientOf(now);
}
