import {
  type BookClient,
  clientNamedIn,
  type CustomerFacts,
  type CustomerMatch,
  customersNaming,
  type DebitCustomer,
  type FlowContext,
  type Invoice,
  isUsable,
  type Mandate,
  matchCustomer,
} from '@mlc/core';
import { invoiceSubject } from '../running/subjects.ts';
import { whyOfOthers } from '../debits/whose.ts';
import { currentMandates, refreshCustomers, rereadCustomers } from './mirror.ts';

/** The customer a client is, with its mandates as GoCardless has them now. */
export interface Payer {
  readonly kind: 'one';
  readonly customerId: string;
  readonly why: string;
  readonly mandates: readonly Mandate[];
  /** Why the mandates are another business's, where they all are; null otherwise. */
  readonly elsewhere: string | null;
  /** False when the link is stored already. */
  readonly isNew: boolean;
  /** The customer that was linked before and takes no debits any more. */
  readonly replaces: string | null;
}

/** The client's customer, or why there is none or more than one. */
export type FoundCustomer = Payer | Exclude<CustomerMatch, { kind: 'one' }> | { readonly kind: 'no-client' };

/** The invoice's client, asked of FreshBooks once and only when it is needed; null when FreshBooks does not show it. */
export type AskClient = () => Promise<BookClient | null>;

/**
 * The GoCardless customer of a FreshBooks client. One that is known and has no usable mandate is looked for again: a payer who
 * signs a second time through a public link becomes another customer (gocardless.md, appendix B).
 */
export async function findCustomer(
  context: FlowContext,
  invoice: Invoice,
  askClient: AskClient,
): Promise<FoundCustomer> {
  const known = await knownCustomer(context, invoice);
  if (known === null) {
    const client = await askClient();
    if (client === null) return { kind: 'no-client' };
    const match = await matchAmongAll(context, client);
    if (match.kind !== 'one') return match;
    return { ...match, ...(await mandatesOf(context, match.customerId)), isNew: true, replaces: null };
  }
  const own = await mandatesOf(context, known.customerId);
  if (!own.mandates.some(isUsable)) {
    const client = await askClient();
    if (client === null) return { kind: 'no-client' };
    const other = await signedAgain(context, { client, known, currency: invoice.outstanding.currency });
    if (other !== null) return other;
  }
  return { kind: 'one', ...known, ...own, replaces: null };
}

/** The customer's mandates as they are now, without those of another business on the same GoCardless account. */
async function mandatesOf(
  context: FlowContext,
  customerId: string,
): Promise<Pick<Payer, 'mandates' | 'elsewhere'>> {
  const all = await currentMandates(context, customerId);
  const mandates = all.filter((mandate) => whyOfOthers(context, mandate) === null);
  const [theirs] = all;
  if (mandates.length > 0 || theirs === undefined) return { mandates, elsewhere: null };
  const why = `mandate ${theirs.id} of customer ${customerId} is not ours to debit: ${whyOfOthers(context, theirs) ?? ''}`;
  return { mandates, elsewhere: why };
}

/** What is on record of a client's customer. */
interface Known extends Pick<Payer, 'customerId' | 'why' | 'isNew'> {
  /** When a person said so; null when it was found. */
  readonly saidAt: Date | null;
}

/** How the reason of a link begins that a person made. */
export const BY_PERSON = 'by a person';

/** Questions whose answer names the customer. */
const CHOOSING = ['ambiguous_customer', 'no_mandate'] as const;

/** A person's newest word on this invoice, or the stored link; whichever came last. */
async function knownCustomer(
  context: FlowContext,
  { id: invoiceId, clientId }: Invoice,
): Promise<Known | null> {
  const link = await context.store.clients.linkOf(clientId);
  const answers = await context.store.reviews.lastAnswers(CHOOSING, invoiceSubject(invoiceId));
  for (const kind of CHOOSING) {
    const answer = answers.find((one) => one.kind === kind);
    const chosen = answer?.resolution?.action === 'match' ? answer.resolution.customerId : null;
    if (answer === undefined || chosen === null || (link !== null && answer.openedAt < link.linkedAt))
      continue;
    const isNew = link?.customerId !== chosen;
    return { customerId: chosen, why: `${BY_PERSON} (${kind})`, isNew, saidAt: answer.openedAt };
  }
  if (link === null) return null;
  const saidAt = link.why.startsWith(BY_PERSON) ? link.linkedAt : null;
  return { customerId: link.customerId, why: 'stored link', isNew: false, saidAt };
}

/** The only other customer of the client with a usable mandate; null when there is none. */
async function signedAgain(
  context: FlowContext,
  { client, known, currency }: { client: BookClient; known: Known; currency: string },
): Promise<FoundCustomer | null> {
  await refreshCustomers(context);
  const usable: { customer: DebitCustomer; mandates: readonly Mandate[] }[] = [];
  for (const customer of await othersOf(context, client, known.customerId)) {
    const { mandates } = await mandatesOf(context, customer.id);
    if (mandates.some((mandate) => isUsable(mandate) && mandate.currency === currency))
      usable.push({ customer, mandates });
  }
  // Whom somebody named in the metadata goes before those who merely have the e-mail.
  const named = usable.filter(({ customer }) => isNamed(context, client, customer));
  const [only, ...more] = named.length === 1 ? named : usable;
  if (only === undefined) return null;
  const { customer, mandates } = only;
  const left = `customer ${known.customerId} has no usable mandate any more`;
  if (more.length === 0 && (await mayFollow(context, customer, { client, known }))) {
    const why = `signed again as customer ${customer.id}; ${left}`;
    const found = { customerId: customer.id, why, mandates, elsewhere: null };
    return { kind: 'one', ...found, isNew: true, replaces: known.customerId };
  }
  const why = `${left}, and ${usable.length === 1 ? 'another one has' : `${usable.length} others have`}`;
  return { kind: 'several', customers: usable.map((one) => one.customer), why };
}

/** Customers that the client may be besides the one it was: by its metadata or e-mail, and not another client's by theirs. */
async function othersOf(
  context: FlowContext,
  client: BookClient,
  customerId: string,
): Promise<DebitCustomer[]> {
  const facts = await factsOf(context, client);
  const found = new Map([...customersNaming(facts), ...facts.byEmail].map((one) => [one.id, one]));
  found.delete(customerId);
  return [...found.values()].filter(({ metadata }) => {
    const named = clientNamedIn(metadata, facts.accountId);
    return named === null || named === client.id;
  });
}

/** Whom a person passed over, or who is another client's customer too, is asked about. */
async function mayFollow(
  context: FlowContext,
  customer: DebitCustomer,
  { client, known }: { client: BookClient; known: Known },
): Promise<boolean> {
  if (isNamed(context, client, customer)) return true;
  const { id, createdAt } = customer;
  const isPassedOver = known.saidAt !== null && Date.parse(createdAt) <= known.saidAt.getTime();
  const clients = await context.store.clients.clientsOf(id);
  return !isPassedOver && clients.every((clientId) => clientId === client.id);
}

function isNamed({ books }: FlowContext, { id }: BookClient, { metadata }: DebitCustomer): boolean {
  return clientNamedIn(metadata, books.accountId) === id;
}

async function matchAmongAll(context: FlowContext, client: BookClient): Promise<CustomerMatch> {
  await refreshCustomers(context);
  const match = matchCustomer(await factsOf(context, client));
  if (match.kind !== 'none' || !(await rereadCustomers(context))) return match;
  return matchCustomer(await factsOf(context, client));
}

async function factsOf(context: FlowContext, client: BookClient): Promise<CustomerFacts> {
  const { books, store } = context;
  const facts = {
    client,
    accountId: books.accountId,
    byClientId: await store.mirror.customersByClientId(client.id),
    byEmail: client.email === null ? [] : await store.mirror.customersByEmail(client.email),
    othersByEmail: [],
  };
  const [named] = customersNaming(facts);
  return { ...facts, othersByEmail: named === undefined ? [] : await othersWith(context, client, named) };
}

/** Asked for only when the metadata names a customer whose e-mail is not the client's. */
async function othersWith(
  { books }: FlowContext,
  client: BookClient,
  { email }: DebitCustomer,
): Promise<readonly BookClient[]> {
  if (email === null || comparable(email) === comparable(client.email ?? '')) return [];
  return (await books.findClientsByEmail(email)).filter(({ id }) => id !== client.id);
}

function comparable(email: string): string {
  return email.trim().toLowerCase();
}
