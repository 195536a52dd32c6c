import {
  entriesOfPostings,
  type FlowContext,
  type Job,
  type LedgerEntry,
  type NewLedgerEntry,
  type PaymentFact,
  regainedEntries,
  type Repositories,
  step,
  type Step,
} from '@mlc/core';
import type { MoneyIn } from './money-in.ts';

/** Money of a provider as the ledger knows it. */
export type LedgerMoney = Pick<MoneyIn, 'provider' | 'id' | 'subject' | 'amount' | 'date'>;

/** A payment as a fact of the ledger. */
export function paymentFact(job: Job, money: LedgerMoney): PaymentFact {
  const { subject: source, amount, date: factDate } = money;
  return { source, amount, factDate, eventId: job.event.id, isInOpeningBalance: isInOpening(job, money) };
}

/** PayPal's balance at go-live is one sum, and holds every payment before it; GoCardless' is a list of payments. */
export function isInOpening(
  context: FlowContext,
  money: { readonly provider: string; readonly date: string },
): boolean {
  return money.provider === 'paypal' && money.date < context.business.policy.collectFrom;
}

/** What is to be written besides, given everything the ledger has about the payment by then. */
export type MoreEntries = (entries: readonly LedgerEntry[]) => readonly NewLedgerEntry[];

/** Brings the ledger to what is booked for a payment, `more` of the caller's included; one such effect per payment. */
export function inLedger(fact: PaymentFact, more?: MoreEntries): Step {
  return step('ledger', (tx) => recordInLedger(tx, fact, more));
}

/**
 * The same within a transaction, after the postings, so that both stand or fall together; with nothing new it writes nothing,
 * and it fills in what was booked before there was a ledger. To be called before anything is said in the audit log: who books
 * a payout takes the two in this order.
 */
export async function recordInLedger(
  tx: Repositories,
  fact: PaymentFact,
  more: MoreEntries = () => [],
): Promise<void> {
  const [earlier, postings] = await Promise.all([
    tx.ledger.ofSource(fact.source),
    tx.postings.ofSource(fact.source.provider, fact.source.id),
  ]);
  const missing = entriesOfPostings(fact, postings, earlier);
  const entries = [...missing, ...more([...earlier, ...missing])];
  if (entries.length > 0) await tx.ledger.record(entries);
}

/** The money is ours (again): what a person had left on its invoice although the money was gone counts again. */
export function regained(fact: PaymentFact): MoreEntries {
  return (entries) => regainedEntries(entries, { eventId: fact.eventId, why: 'the money came back' });
}
