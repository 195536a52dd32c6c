import {
  type InboundEvent,
  type Job,
  type LedgerEntry,
  meaningOf,
  paymentIdsOf,
  payoutEntries,
  payoutReturnEntries,
  payoutSubject,
  type Repositories,
  type Unexplained,
  unexplainedOf,
} from '@mlc/core';
import { unexplainedCovered, unexplainedReasons } from '../ledger/payout-reasons.ts';
import { isAnswered } from '../asking/review.ts';
import type { PayoutFacts } from './decide.ts';

/** How a payout stands in the ledger now. */
export interface BookedPayout {
  /** False when an earlier run had booked it. */
  readonly isNew: boolean;
  readonly unexplained: Unexplained;
}

/** Writes a payout's ledger entries, once, and asks about what is not ours; all in one transaction. */
export function bookInLedger(job: Job, facts: PayoutFacts): Promise<BookedPayout> {
  const { payout, items, date } = facts;
  const paymentIds = paymentIdsOf(items);
  return job.store.transaction(async (tx) => {
    // From here on nothing else is made of these payments until the payout is booked.
    const earlier = byPayment(await tx.ledger.ofPayments('gocardless', paymentIds));
    const isNew = (await tx.ledger.ofPayout(payout.id)).length === 0;
    if (isNew) await tx.ledger.record(payoutEntries({ payout, items, date, earlier, eventId: job.event.id }));
    const unexplained = unexplainedOf(items, await tx.payouts.oursAmong(paymentIds));
    await askOrSettle(tx, job.event, { facts, unexplained });
    if (isNew) await auditBooked(tx, job.event, { facts, unexplained });
    return { isNew, unexplained };
  });
}

/** A payout the bank sent back: its way there is undone. Recording it again changes nothing. */
export async function bookReturn(
  job: Job,
  { payout, date }: Pick<PayoutFacts, 'payout' | 'date'>,
): Promise<void> {
  const entries = payoutReturnEntries({ payout, date, eventId: job.event.id });
  if (entries.length > 0) await job.store.transaction((tx) => tx.ledger.record(entries));
}

interface Booked {
  readonly facts: PayoutFacts;
  readonly unexplained: Unexplained;
}

async function askOrSettle(
  tx: Repositories,
  event: InboundEvent,
  { facts: { payout }, unexplained }: Booked,
): Promise<void> {
  const subject = payoutSubject(payout.id);
  if (unexplained.minor === 0n) {
    await tx.reviews.settle(['payout_unexplained'], subject, 'every payment in it is explained');
    return;
  }
  const amount = { ...payout.net, minor: unexplained.minor };
  const covers = unexplainedCovered(unexplained);
  const question = { kind: 'payout_unexplained' as const, subject, amount, covers };
  if (await isAnswered({ store: tx }, question)) return;
  const reasons = unexplainedReasons(payout, unexplained);
  await tx.reviews.open({ ...question, reasons, candidates: [], eventId: event.id });
}

async function auditBooked(
  tx: Repositories,
  event: InboundEvent,
  { facts, unexplained }: Booked,
): Promise<void> {
  await tx.audit.append({
    actor: 'system',
    action: 'payout.booked',
    subject: payoutSubject(facts.payout.id),
    correlationId: event.correlationId,
    details: inNumbers(facts, unexplained),
  });
}

/** A payout in the audit log's words. */
export function inNumbers(facts: PayoutFacts, unexplained: Unexplained): Readonly<Record<string, unknown>> {
  const { payout, items, grossMinor, feesMinor, taxMinor, date } = facts;
  const unknownTypes = [...new Set(items.map(({ type }) => type))].filter(
    (type) => meaningOf(type) === 'unknown',
  );
  return {
    payoutId: payout.id,
    currency: payout.net.currency,
    grossMinor: Number(grossMinor),
    feesMinor: Number(feesMinor),
    taxMinor: Number(taxMinor),
    netMinor: Number(payout.net.minor),
    date,
    items: items.length,
    unexplainedMinor: Number(unexplained.minor),
    ...(unknownTypes.length === 0 ? {} : { unknownTypes }),
    ...(payout.deductedFeesMinor === feesMinor
      ? {}
      : { deductedFeesMinor: Number(payout.deductedFeesMinor) }),
  };
}

function byPayment(entries: readonly LedgerEntry[]): Map<string, LedgerEntry[]> {
  const found = new Map<string, LedgerEntry[]>();
  for (const entry of entries) found.set(entry.source.id, [...(found.get(entry.source.id) ?? []), entry]);
  return found;
}
