import { setTimeout as pauseFor } from 'node:timers/promises';
import {
  addDays,
  type Business,
  type Clock,
  ConnectorError,
  dateIn,
  type DebitHolding,
  gocardlessOpening,
  isUndecided,
  type LedgerEntry,
  type Money,
  openingBalanceSubject,
  openingEntries,
  type Repositories,
  startOfDay,
  TRANSACTION_SEARCH_LAG_MS,
} from '@mlc/core';
import type { Pause } from '@mlc/flows';
import { storeFor } from '@mlc/platform';
import { openedProviders, type Opening, recordOpening } from '@mlc/platform/store/openings';
import type { BusinessConnections } from '../connectors.ts';
import { readGocardless } from '../proofs/read-gocardless.ts';
import type { Polling } from './polling.ts';

/** Debits charged before go-live are decided within days; one that hangs holds the opening balance up no longer. */
const UNDECIDED_DAYS_MAX = 30;

/** Whose opening balance is to be written. */
export interface OpeningTarget {
  readonly businessId: string;
  readonly provider: string;
}

interface OpeningWork {
  readonly polling: Polling;
  readonly connections: BusinessConnections;
  readonly opening: Opening;
  readonly pause: Pause;
}

/**
 * Writes what the provider held when the day of go-live began, once per business and provider, as soon as it can be told:
 * the day has come, and what was charged before it is decided. True when it wrote it now. What goes wrong is logged and
 * tried again with the next run.
 */
export async function openLedger(polling: Polling, target: OpeningTarget): Promise<boolean> {
  const { log } = polling.runtime;
  try {
    const isOpened = await openOnce(polling, target);
    if (isOpened) log.info('ledger.opened', { ...target });
    return isOpened;
  } catch (error) {
    if (polling.stopping?.aborted !== true) log.warn('ledger.opening_failed', { ...target, error });
    return false;
  }
}

async function openOnce(polling: Polling, { businessId, provider }: OpeningTarget): Promise<boolean> {
  const { database, clock } = polling.runtime;
  if ((await openedProviders(database, businessId)).has(provider)) return false;
  const connections = await polling.connections.of(businessId);
  const asOf = connections.business.policy.collectFrom;
  if (today(connections.business, clock) < asOf) return false;
  const work: OpeningWork = {
    polling,
    connections,
    opening: { businessId, provider, asOf },
    pause: (ms) => pauseFor(ms, undefined, { signal: polling.stopping }),
  };
  if (provider === 'gocardless') return openGocardless(work);
  return provider === 'paypal' && openPaypal(work);
}

function today({ timezone }: Business, clock: Clock): string {
  return dateIn(timezone, clock.now());
}

async function openGocardless({ polling, connections, opening, pause }: OpeningWork): Promise<boolean> {
  const { database, clock } = polling.runtime;
  const { business, debits, payouts } = connections;
  const { timezone, policy } = business;
  const { asOf: goLive, businessId } = opening;
  const lastDay = addDays(goLive, -1);
  const kept = storeFor(database, businessId, { clock }).payouts;
  const reading = { debits, payouts, accountId: connections.books.accountId, kept, timezone, pause };
  const records = await readGocardless(reading, { goLive, lastDay });
  const asOf = { day: lastDay, point: policy.recordPaymentAt, timezone };
  const undecided = records.debits.filter((debit) => isUndecided(debit, asOf)).map(({ id }) => id);
  const mayWait = today(business, clock) < addDays(goLive, UNDECIDED_DAYS_MAX);
  if (undecided.length > 0 && mayWait) {
    polling.runtime.log.info('ledger.opening_waits', { businessId, debits: undecided.length });
    return false;
  }
  const holdings = gocardlessOpening(records, goLive, asOf);
  return recordOpening(database, clock, opening, async (tx) => {
    await tx.ledger.record(await entriesFor(tx, holdings, goLive));
    return { holdings: holdings.length, undecided };
  });
}

/** Asking for all payments at once keeps payouts and bookings of them out until the end of the transaction. */
async function entriesFor(tx: Repositories, holdings: readonly DebitHolding[], goLive: string) {
  const payments = holdings.filter(({ type }) => type === 'payment').map(({ id }) => id);
  const earlier = new Map<string, LedgerEntry[]>();
  for (const entry of await tx.ledger.ofPayments('gocardless', payments))
    earlier.set(entry.source.id, [...(earlier.get(entry.source.id) ?? []), entry]);
  return holdings.flatMap(({ id, type, currency, amountMinor }) => {
    const source = { provider: 'gocardless', type, id };
    const amount = { minor: amountMinor, currency };
    return openingEntries({ source, amount, goLive }, earlier.get(id) ?? []);
  });
}

/** PayPal's own records are hours behind: before that the balance of the moment is not known. */
async function openPaypal({ polling, connections, opening }: OpeningWork): Promise<boolean> {
  const { database, clock } = polling.runtime;
  const { business, captures } = connections;
  const goLive = opening.asOf;
  const moment = startOfDay(business.timezone, goLive);
  if (clock.now().getTime() < moment.getTime() + TRANSACTION_SEARCH_LAG_MS) return false;
  const told = await orAbsent(() => captures.balancesAt(moment.toISOString()));
  return recordOpening(database, clock, opening, async (tx) => {
    const source = openingBalanceSubject('paypal');
    await tx.ledger.record(told.balances.flatMap((amount) => openingEntries({ source, amount, goLive }, [])));
    return { holdings: told.balances.length, absent: told.absent };
  });
}

/** Answers that asking again will not change; every app may list transactions or not, and see balances or not. */
const FOR_GOOD: ReadonlySet<number> = new Set([400, 403, 404, 422]);

/** A balance that PayPal does not tell us counts as nothing, and the audit log says so. */
async function orAbsent(
  ask: () => Promise<readonly Money[]>,
): Promise<{ readonly balances: readonly Money[]; readonly absent: string | null }> {
  try {
    return { balances: await ask(), absent: null };
  } catch (error) {
    if (!(error instanceof ConnectorError) || !FOR_GOOD.has(error.status ?? 0)) throw error;
    return { balances: [], absent: error.message };
  }
}
