import {
  type BookPayment,
  type Candidate,
  type Effect,
  type FlowContext,
  type FlowResult,
  formatMoney,
  foundEntries,
  type Job,
  type LedgerEntry,
  type NewLedgerEntry,
  type PaymentFact,
  type Posting,
  regainedEntries,
  settles,
  step,
  type Step,
} from '@mlc/core';
import { lookAtInvoicesLeft } from '../asking/ask-again.ts';
import { inLedger, type MoreEntries, paymentFact } from '../ledger/in-ledger.ts';
import type { MoneyIn } from '../ledger/money-in.ts';
import { answeredByBooks, ask } from '../asking/review.ts';
import { secondLookAt } from './unclear-outcome.ts';

/** Money that stands in the books, though not by us. */
export interface FoundMoney {
  readonly money: MoneyIn;
  readonly payment: BookPayment;
  /** Our own entry that was begun for it; it is given up. */
  readonly earlier?: Posting | null;
  /** What the ledger says of the money besides that it stands on its invoice. */
  readonly more?: MoreEntries;
  /** Further effects of it. */
  readonly follow?: readonly Effect[];
}

/** Nothing is booked and nothing left to ask: the ledger says where the money stands. */
export function recordFound(
  job: Job,
  { money, payment, earlier = null, more, follow = [] }: FoundMoney,
): FlowResult {
  const fact = paymentFact(job, money);
  return {
    state: 'done',
    reason: `already in the books as payment ${payment.id}, not recorded by us`,
    details: { bookPaymentId: payment.id, invoiceId: payment.invoiceId },
    effects: [
      ...(earlier?.state === 'intent' ? [givenUp(job, earlier)] : []),
      inLedger(fact, (entries) => [...foundNow(fact, payment, entries), ...(more?.(entries) ?? [])]),
      ...follow,
      settles(answeredByBooks(money.provider), money.subject, `is payment ${payment.id}`),
      lookAtInvoicesLeft(money, payment.invoiceId),
    ],
  };
}

/** A call whose outcome is not known may still be carried out: it is looked for once more. */
function givenUp(context: FlowContext, earlier: Posting): Step {
  const recheckAt = secondLookAt(context, earlier);
  return step('postings', (tx) =>
    tx.postings.update(earlier.key, { state: 'rejected', calledAt: null, recheckAt }),
  );
}

function foundNow(
  fact: PaymentFact,
  { id: bookPaymentId, invoiceId: standsOn }: BookPayment,
  entries: readonly LedgerEntry[],
): NewLedgerEntry[] {
  const invoiceId = standsOn === '' ? null : standsOn;
  const regained = regainedEntries(entries, { eventId: fact.eventId, why: 'the money came back' });
  return [...regained, ...foundEntries(fact, { invoiceId, bookPaymentId }, [...entries, ...regained])];
}

/** The question when nobody can tell whether money stands in the books; `candidates` are what it would be booked on. */
export function askWhetherBooked(
  job: Job,
  { money, candidates }: { money: MoneyIn; candidates: readonly Candidate[] },
): Promise<FlowResult> {
  return ask(job, {
    kind: 'unmatched_payment',
    subject: money.subject,
    amount: money.amount,
    reasons: [
      `${money.title} of ${formatMoney(money.amount)} was not booked: FreshBooks has too many payments since ` +
        `${money.bookedSince} to be read, so it cannot be told whether it stands there already.`,
      `Look for ${money.id} in FreshBooks. Is it not there, match it with the invoice it is for; otherwise resolve this with done.`,
    ],
    candidates,
  });
}
