import {
  type BookClient,
  type Creditor,
  type CustomerMatch,
  ENTRIES_GONE,
  type DebitCustomer,
  type FlowContext,
  formatMoney,
  type Invoice,
  type Mandate,
  namingClient,
  type ReviewKind,
  setAsideCovers,
} from '@mlc/core';
import type { Displaced } from '../debits/entries-on.ts';
import { type Question } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { type LooseDebit, riskWhy } from './decide-live.ts';

/** What may keep an invoice from being collected: of these one question at most is open about it. */
export const OBSTACLES: readonly ReviewKind[] = [
  'no_mandate',
  'ambiguous_customer',
  'currency_mismatch',
  'mandate_limit',
  'limit',
];

/** Questions that are answered once the invoice is being collected: nothing that might collect it was found beside it. */
export const ANSWERED_BY_COLLECTING: readonly ReviewKind[] = [
  ...OBSTACLES,
  'amount_mismatch',
  'double_payment_risk',
  'not_collected',
];

/** How what is covered begins where a subscription or instalment schedule might collect the same. */
const SCHEDULE_RISK = 'schedule ';

/** True when the look that asked this would ask it again as long as it is true. */
export function isSeenByLook(covers: string | null): boolean {
  return [SCHEDULE_RISK, ENTRIES_GONE].some((begin) => covers?.startsWith(begin) === true);
}

/** Money was on the invoice by an entry in the books, and is not (whole) any more. */
export function displacedQuestion(invoice: Invoice, displaced: readonly Displaced[]): Question {
  const places = displaced.map(({ place, kind }) => `${place} ${kind}`).sort();
  return {
    kind: 'double_payment_risk',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Invoice ${invoice.number} is not collected again: ${displaced.map(({ why }) => why).join('; ')}. Unless the money was ` +
        'given back, the client would be charged twice.',
      'Put the payment back in FreshBooks and this goes away. Retry (or mlc collections release) collects the invoice all the same.',
    ],
    covers: `${ENTRIES_GONE}${places.join(', ')}`,
  };
}

/** What a release of the invoice answers: money that a person took off it waits for its place. */
export function setAsideQuestion(
  invoice: Pick<Invoice, 'id'>,
  { place }: Displaced,
): Pick<Question, 'kind' | 'subject' | 'covers'> {
  const subject = invoiceSubject(invoice.id);
  return { kind: 'double_payment_risk', subject, covers: setAsideCovers(place) };
}

/** Several GoCardless customers fit the client. */
export function customerQuestion(
  { books }: Pick<FlowContext, 'books'>,
  {
    invoice,
    client,
    match,
  }: { invoice: Invoice; client: BookClient; match: Extract<CustomerMatch, { kind: 'several' }> },
): Question {
  const name = (customer: DebitCustomer): string =>
    `${customer.id} (${customer.name}, ${customer.email ?? 'no e-mail'})`;
  return {
    kind: 'ambiguous_customer',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Client ${client.name} of invoice ${invoice.number}: ${match.why}.`,
      ...match.customers.map((customer) => `Possible: ${name(customer)}`),
      'Match it with the right customer (--customer ID), or see to it that the metadata of that customer, and of no other, says ' +
        `${metadataWords(books.accountId, client)}, and retry.`,
    ],
    covers: match.customers
      .map(({ id }) => id)
      .sort()
      .join(' '),
  };
}

function metadataWords(accountId: string, { id }: BookClient): string {
  return Object.entries(namingClient(id, accountId))
    .map(([key, value]) => `${key} = ${value}`)
    .join(' and ');
}

/** Every usable mandate of the client collects another currency. */
export function currencyQuestion(invoice: Invoice, currencies: readonly string[]): Question {
  return {
    kind: 'currency_mismatch',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Invoice ${invoice.number} is in ${invoice.outstanding.currency}; the client's mandates collect ${currencies.join(', ')}.`,
    ],
    covers: currencies.toSorted().join(' '),
  };
}

/** The account has several creditors and the business file chooses none: a mandate may have been given to another one. */
export function creditorQuestion(
  invoice: Invoice,
  client: BookClient,
  creditors: readonly Creditor[],
): Question {
  const named = creditors.map(({ id, name }) => (name === '' ? id : `${id} (${name})`));
  return {
    kind: 'no_mandate',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Invoice ${invoice.number} of ${client.name} is not collected: the GoCardless account has ${creditors.length} creditors, ` +
        `${named.join(', ')}, and none of them is chosen for this business.`,
      'Put its id into the business file as connections.gocardless.creditorId and apply it; the invoice is then collected by itself.',
    ],
    covers: `creditors ${creditors.map(({ id }) => id).join(' ')}`,
  };
}

/** The mandate's consent allows less; `exceeded` is a clause about the mandate. */
export function limitQuestion(invoice: Invoice, mandate: Mandate, exceeded: string): Question {
  return {
    kind: 'mandate_limit',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Invoice ${invoice.number} is ${formatMoney(invoice.outstanding)}; mandate ${mandate.id} ${exceeded}.`,
    ],
    covers: `mandate ${mandate.id}: ${exceeded}`,
  };
}

/** A subscription or instalment schedule on the client's mandate might collect the same. */
export function scheduleQuestion(
  invoice: Invoice,
  { scheduleId, why }: { scheduleId: string; why: string },
): Question {
  return {
    kind: 'double_payment_risk',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Invoice ${invoice.number} might be collected twice: ${why}.`,
      'Retry to collect it all the same.',
    ],
    covers: `${SCHEDULE_RISK}${scheduleId}`,
  };
}

/** What an answer about a missing mandate covers: a customer that is found later has another chance. */
export function withoutMandateOf(customerId: string | null): string {
  return customerId === null ? 'no customer' : `customer ${customerId}`;
}

/** A debit that nobody here made might collect the invoice already. */
export function liveQuestion(invoice: Invoice, debits: readonly LooseDebit[]): Question {
  return {
    kind: 'double_payment_risk',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Invoice ${invoice.number} of ${formatMoney(invoice.outstanding)} might be collected twice; nothing was debited.`,
      ...debits.map((debit) => `${riskWhy(debit, invoice)}.`),
      'Resolve this with done when the payment is for this invoice (it is booked when it arrives), with retry to collect all the same.',
    ],
    covers: `debits ${debits
      .map(({ debit }) => debit.id)
      .toSorted()
      .join(' ')}`,
  };
}

/** There is nothing to collect with yet. */
export function mandateQuestion(
  invoice: Invoice,
  client: BookClient,
  { customerId, why }: { readonly customerId: string | null; readonly why: string },
): Question {
  return {
    kind: 'no_mandate',
    subject: invoiceSubject(invoice.id),
    amount: invoice.outstanding,
    reasons: [
      `Invoice ${invoice.number} of ${client.name} cannot be collected: ${why}.`,
      ...howToCollect(client, customerId),
    ],
    covers: withoutMandateOf(customerId),
  };
}

function howToCollect({ id, email }: BookClient, customerId: string | null): string[] {
  const newOne = email === null ? null : `a new customer with the e-mail address ${email}`;
  const whose = [customerId === null ? null : `customer ${customerId}`, newOne].filter((one) => one !== null);
  return [
    whose.length === 0
      ? 'Give the client an e-mail address in FreshBooks and set up a mandate for a GoCardless customer with the same one; the ' +
        'invoice is then collected by itself.'
      : `Set up a mandate in GoCardless for ${whose.join(', or for ')}; the invoice is then collected by itself.`,
    'If the client is another customer there, match this with that customer (--customer ID), or run ' +
      `mlc clients link --client ${id} --customer ID.`,
  ];
}
