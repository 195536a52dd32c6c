import type { BookClient } from '../ports/books.ts';
import type { DebitCustomer } from '../ports/debits.ts';
import { ACCOUNT_KEY, CLIENT_KEY, clientNamedIn } from './whose.ts';

/** What is known when a FreshBooks client is looked for among GoCardless customers (design section 4). */
export interface CustomerFacts {
  readonly client: BookClient;
  /** The FreshBooks account the client is of. */
  readonly accountId: string;
  /** Customers whose metadata `freshbooks_client_id` is this client's id, in whatever account. */
  readonly byClientId: readonly DebitCustomer[];
  /** Customers with the client's e-mail (case-insensitive, whole). */
  readonly byEmail: readonly DebitCustomer[];
  /** Other clients that have the e-mail of a customer whose metadata names this one. */
  readonly othersByEmail: readonly BookClient[];
}

export type CustomerMatch =
  | { readonly kind: 'one'; readonly customerId: string; readonly why: string }
  | { readonly kind: 'several'; readonly customers: readonly DebitCustomer[]; readonly why: string }
  | { readonly kind: 'none'; readonly why: string };

/**
 * Metadata, then e-mail; the first that knows anything decides, two answers are never a guess, and neither is metadata that the
 * e-mail contradicts. Metadata counts only together with the account.
 */
export function matchCustomer(facts: CustomerFacts): CustomerMatch {
  const named = customersNaming(facts);
  const [first, ...others] = named;
  if (first !== undefined && others.length === 0)
    return contradiction(facts, first) ?? { kind: 'one', customerId: first.id, why: wordsOf(facts) };
  return first === undefined ? byEmail(facts) : among(named, wordsOf(facts));
}

/** Customers whose metadata names this client of this account. */
export function customersNaming({ byClientId, client, accountId }: CustomerFacts): DebitCustomer[] {
  return byClientId.filter(({ metadata }) => clientNamedIn(metadata, accountId) === client.id);
}

function wordsOf({ client }: CustomerFacts): string {
  return `metadata ${CLIENT_KEY} = ${client.id}`;
}

/** The e-mail says that the customer is somebody else, or that the client is. */
function contradiction(facts: CustomerFacts, named: DebitCustomer): CustomerMatch | null {
  const { client, othersByEmail } = facts;
  const theirs = facts.byEmail.filter(({ id }) => id !== named.id);
  const says = `the metadata of customer ${named.id} names it`;
  if (theirs.length > 0 && theirs.length === facts.byEmail.length) {
    const ids = theirs.map(({ id }) => id).join(' and ');
    const why = `${says}, but its e-mail ${client.email ?? ''} is that of customer ${ids}`;
    return { kind: 'several', customers: [named, ...theirs], why };
  }
  if (othersByEmail.length === 0) return null;
  const names = othersByEmail.map(({ name, id }) => `${name} (${id})`).join(' and ');
  const why = `${says}, but that customer's e-mail ${named.email ?? ''} is the one of client ${names}`;
  return { kind: 'several', customers: [named], why };
}

function byEmail(facts: CustomerFacts): CustomerMatch {
  const { client, accountId, byEmail: customers } = facts;
  if (client.email === null)
    return { kind: 'none', why: `the client has no e-mail address in FreshBooks${unsaid(facts)}` };
  const match = among(customers, `e-mail ${client.email}`);
  if (match.kind === 'none') return { ...match, why: `${match.why}${unsaid(facts)}` };
  const [only] = customers;
  const other = only === undefined ? null : clientNamedIn(only.metadata, accountId);
  if (match.kind !== 'one' || only === undefined || other === null) return match;
  const why = `customer ${only.id} has its e-mail, but the metadata there names client ${other}`;
  return { kind: 'several', customers, why };
}

/** Metadata that names the client and leaves out whose client that is. */
function unsaid({ byClientId, accountId }: CustomerFacts): string {
  const [half] = byClientId.filter(({ metadata }) => metadata[ACCOUNT_KEY] === undefined);
  if (half === undefined) return '';
  return ` (the metadata of customer ${half.id} names it, but counts only with ${ACCOUNT_KEY} = ${accountId} beside it)`;
}

function among(customers: readonly DebitCustomer[], why: string): CustomerMatch {
  const [first, ...others] = customers;
  if (first === undefined) return { kind: 'none', why: `no GoCardless customer with ${why}` };
  if (others.length === 0) return { kind: 'one', customerId: first.id, why };
  return { kind: 'several', customers, why: `${customers.length} GoCardless customers with ${why}` };
}
