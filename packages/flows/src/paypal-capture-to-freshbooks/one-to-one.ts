import {
  assignOneToOne,
  type Capture,
  type FlowContext,
  type Invoice,
  type PaymentFacts,
  sameMoney,
} from '@mlc/core';
import { decideCapture } from './decide.ts';

/** What several captures and invoices that fit each other come to. */
export interface Pairing {
  readonly invoice: Invoice;
  /** Events of the other captures of the group, which can be booked now as well. */
  readonly othersToRun: readonly string[];
}

/**
 * Several open invoices of the payer have the capture's amount. When as many captures of that payer and amount wait,
 * they are assigned in a fixed order; null when a person has to say (design section 7).
 */
export async function pairUp(
  context: FlowContext,
  capture: Capture,
  facts: PaymentFacts,
): Promise<Pairing | null> {
  const waiting = await waitingCaptures(context, capture, facts);
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
async function waitingCaptures(
  context: FlowContext,
  capture: Capture,
  facts: PaymentFacts,
): Promise<WaitingCapture[]> {
  const reviews = await context.store.reviews.openOfKind('ambiguous_match');
  const found: WaitingCapture[] = [];
  for (const { subject, amount, eventId } of reviews) {
    if (subject.provider !== 'paypal' || subject.id === capture.id || eventId === null) continue;
    if (amount === null || !sameMoney(amount, capture.amount)) continue;
    const other = await context.captures.getCapture(subject.id);
    if (other === null || decideCapture(other, context.captures.merchantId).kind !== 'book') continue;
    if (await isSamePayer(context, other, facts)) found.push({ capture: other, eventId });
  }
  return found;
}

async function isSamePayer(context: FlowContext, other: Capture, facts: PaymentFacts): Promise<boolean> {
  const email = await context.captures.payerEmail(other);
  return email !== null && email.toLowerCase() === facts.payerEmail?.toLowerCase();
}
