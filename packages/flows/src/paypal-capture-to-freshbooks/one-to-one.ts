import {
  assignOneToOne,
  type Capture,
  type FlowContext,
  type Invoice,
  type Job,
  type PaymentFacts,
  sameMoney,
} from '@mlc/core';
import { decideCapture } from './decide.ts';
import { findCapture } from './find-capture.ts';

/** What several captures and invoices that fit each other come to. */
export interface Pairing {
  readonly invoice: Invoice;
  /** Events of the other captures of the group, which can be booked now as well. */
  readonly othersToRun: readonly string[];
}

/** A capture, and what is known about where it belongs. */
interface ToPair {
  readonly capture: Capture;
  readonly facts: PaymentFacts;
}

/** A payment that only PayPal's list knows was made this long before it was asked about, at most. In ms. */
const LOOK_BACK_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Several open invoices of the payer have the capture's amount. When as many captures of that payer and amount wait,
 * they are assigned in a fixed order; null when a person has to say (design section 7).
 */
export async function pairUp(job: Job, { capture, facts }: ToPair): Promise<Pairing | null> {
  const waiting = await waitingCaptures(job, { capture, facts });
  const fitting = facts.byEmail.filter(
    (invoice) => invoice.standing === 'open' && sameMoney(invoice.outstanding, capture.amount),
  );
  const captures = [capture, ...waiting.map((other) => other.capture)];
  const assigned = assignOneToOne(
    captures.map(({ id, createdAt }) => ({ id, at: createdAt })),
    fitting.map((invoice) => ({ id: invoice.id, at: invoice.createdDate, invoice })),
  );
  const invoice = assigned?.get(capture.id)?.invoice;
  if (invoice === undefined) return null;
  return { invoice, othersToRun: waiting.map((other) => other.eventId) };
}

interface WaitingCapture {
  readonly capture: Capture;
  readonly eventId: string;
}

/** Captures of the same payer and amount that a review is open about, as PayPal has them now. */
async function waitingCaptures(job: Job, { capture, facts }: ToPair): Promise<WaitingCapture[]> {
  const reviews = await job.store.reviews.openOfKind('ambiguous_match');
  const found: WaitingCapture[] = [];
  for (const { subject, amount, eventId, openedAt } of reviews) {
    if (subject.provider !== 'paypal' || subject.id === capture.id || eventId === null) continue;
    if (amount === null || !sameMoney(amount, capture.amount)) continue;
    const since = new Date(openedAt.getTime() - LOOK_BACK_MS).toISOString();
    const other = (await findCapture(job, { captureId: subject.id, since }))?.capture;
    if (other === undefined || decideCapture(other, job.captures.merchantId).kind !== 'book') continue;
    if (await isSamePayer(job, other, facts)) found.push({ capture: other, eventId });
  }
  return found;
}

async function isSamePayer(context: FlowContext, other: Capture, facts: PaymentFacts): Promise<boolean> {
  const email = await context.captures.payerEmail(other);
  return email !== null && email.toLowerCase() === facts.payerEmail?.toLowerCase();
}
