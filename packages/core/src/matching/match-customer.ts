import type { BookClient } from '../ports/books.ts';
import type { DebitCustomer } from '../ports/debits.ts';

/** What is known when a FreshBooks client is looked for among GoCardless customers (design section 4). */
export interface CustomerFacts {
  readonly client: BookClient;
  /** The stored link, made earlier by us or a person. */
  readonly linkedCustomerId: string | null;
  /** Customers whose metadata `freshbooks_client_id` names this client. */
  readonly byClientId: readonly DebitCustomer[];
  /** Customers with the client's e-mail (case-insensitive, whole). */
  readonly byEmail: readonly DebitCustomer[];
}

export type CustomerMatch =
  | { readonly kind: 'one'; readonly customerId: string; readonly why: string }
  | { readonly kind: 'several'; readonly customers: readonly DebitCustomer[]; readonly why: string }
  | { readonly kind: 'none'; readonly why: string };

/** Stored link, then metadata, then e-mail; the first that knows anything decides, and two answers are never a guess. */
export function matchCustomer(facts: CustomerFacts): CustomerMatch {
  if (facts.linkedCustomerId !== null) {
    return { kind: 'one', customerId: facts.linkedCustomerId, why: 'stored link' };
  }
  const byId = among(facts.byClientId, `metadata freshbooks_client_id = ${facts.client.id}`);
  if (byId.kind !== 'none') return byId;
  const email = facts.client.email;
  if (email === null) return { kind: 'none', why: 'the client has no e-mail address in FreshBooks' };
  return among(facts.byEmail, `e-mail ${email}`);
}

function among(customers: readonly DebitCustomer[], why: string): CustomerMatch {
  const [first, ...others] = customers;
  if (first === undefined) return { kind: 'none', why: `no GoCardless customer with ${why}` };
  if (others.length === 0) return { kind: 'one', customerId: first.id, why };
  return { kind: 'several', customers, why: `${customers.length} GoCardless customers with ${why}` };
}
