import {
  addDays,
  clearingOf,
  type Clock,
  ConnectorError,
  gocardlessProofs,
  movementOf,
  openingBalanceSubject,
  paypalProofs,
  type PaypalTransaction,
  type ProofQuestion,
  type ProviderProof,
  startOfDay,
  type Store,
  transactionKey,
  unprovable,
} from '@mlc/core';
import { patientlyEach, type Pause } from '@mlc/flows';
import type { BusinessConnections } from '../connectors.ts';
import { readGocardless } from './read-gocardless.ts';
import { toldBalance } from './told-balance.ts';

/** What proving one business's month takes. */
export interface Proving extends Pick<
  BusinessConnections,
  'business' | 'books' | 'debits' | 'payouts' | 'captures'
> {
  readonly clock: Clock;
  readonly store: Pick<Store, 'payouts' | 'ledger'>;
  /** Waits this many ms, for a provider's rate limit. */
  readonly pause: Pause;
}

/** An eCheck clears, or fails, within days; a window of PayPal's search is this long. */
const CHANGED_WITHIN_DAYS = 31;

const GOCARDLESS = 'gocardless';
const PAYPAL = 'paypal';
const NAMES: Readonly<Record<string, string>> = { [GOCARDLESS]: 'GoCardless', [PAYPAL]: 'PayPal' };

/**
 * What the providers' own records say they held at the end of the day, to prove the ledger's clearing accounts with. A
 * provider that is not connected or does not let us ask says so in its proof; when one cannot be reached now, this rejects
 * with ConnectorError and is to be tried again.
 */
export async function fetchProofs(proving: Proving, question: ProofQuestion): Promise<ProviderProof[]> {
  const { goLive, lastDay } = question;
  if (lastDay < goLive)
    return [GOCARDLESS, PAYPAL].map((provider) => unprovable(provider, `the ledger begins on ${goLive}`));
  return [
    ...(await orWhyNot(GOCARDLESS, () => proveGocardless(proving, question))),
    ...(await orWhyNot(PAYPAL, () => provePaypal(proving, question))),
  ];
}

async function proveGocardless(proving: Proving, question: ProofQuestion): Promise<ProviderProof[]> {
  const { business, debits, payouts, store, pause } = proving;
  const { timezone, policy } = business;
  const { accountId } = proving.books;
  const reading = { debits, payouts, accountId, kept: store.payouts, timezone, pause };
  const records = await readGocardless(reading, question);
  const asOf = { day: question.lastDay, point: policy.recordPaymentAt, timezone };
  return gocardlessProofs(records, question.goLive, asOf);
}

async function provePaypal(proving: Proving, question: ProofQuestion): Promise<ProviderProof[]> {
  const { captures, business, clock, pause } = proving;
  const { timezone } = business;
  const from = startOfDay(timezone, question.goLive).toISOString();
  // PayPal does not promise by which date it lists: what was made in the month may stand where it last changed.
  const to = startOfDay(timezone, addDays(question.lastDay, 1 + CHANGED_WITHIN_DAYS)).toISOString();
  const rows = new Map<string, PaypalTransaction>();
  // After a wait the list starts again, so a row may come twice.
  for await (const row of patientlyEach(() => captures.searchTransactions(from, to), pause))
    rows.set(transactionKey(row), row);
  const balance = await toldBalance({ captures, clock, pause, timezone }, question.lastDay);
  return paypalProofs([...rows.values()], await openingHoldings(proving), { ...question, timezone, balance });
}

/** What PayPal said it held at go-live, when the ledger was opened with it. */
async function openingHoldings({ store }: Proving) {
  const entries = await store.ledger.ofSource(openingBalanceSubject(PAYPAL));
  return entries.map((entry) => ({
    id: entry.source.id,
    currency: entry.amount.currency,
    amountMinor: movementOf(entry, clearingOf(PAYPAL)),
  }));
}

async function orWhyNot(provider: string, prove: () => Promise<ProviderProof[]>): Promise<ProviderProof[]> {
  try {
    return await prove();
  } catch (error) {
    const why = error instanceof ConnectorError ? whyNot(provider, error) : null;
    if (why === null) throw error;
    return [unprovable(provider, why)];
  }
}

const FORBIDDEN = 403;
const NOT_FOUND = 404;

/** Null when asking again may help. The words are part of the report: nothing in them changes from run to run. */
function whyNot(provider: string, { kind, status, connectionId, message }: ConnectorError): string | null {
  const name = NAMES[provider] ?? provider;
  if (kind === 'unauthorised')
    return connectionId === undefined
      ? `${name} is not connected`
      : `${name} no longer accepts our credentials: connect it again`;
  if (kind !== 'rejected') return null;
  if (status === FORBIDDEN)
    return provider === PAYPAL
      ? 'PayPal does not let this app use Transaction Search: switch it on for the app in the developer dashboard'
      : `${name} does not let this access token read payments, payouts and events`;
  if (provider === PAYPAL && /not available/i.test(message))
    return 'PayPal lists the last three years only, and go-live was before';
  return status === NOT_FOUND ? `${name} does not list what it holds here` : null;
}
