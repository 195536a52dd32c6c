import { addDays, type BookPayment, type Capture, type FlowContext, foundToBe } from '@mlc/core';
import { bookPaymentLock } from '../shared/locks.ts';
import { bookedByName, dayBefore, maybeByGateway } from './decide.ts';

/** How long before the entry's own date another capture may have been when it was found to be this entry. */
const TAKEN_BEFORE_DAYS = 31;

/**
 * The entry in the books that is this capture, though not by us; null when there is none. One without the capture's id is
 * one capture's only: of two payments of the same amount, FreshBooks may have recorded one. Its lock keeps another capture
 * from being taken for it before this run is recorded.
 */
export async function findBooked(
  context: FlowContext,
  capture: Capture,
  payments: readonly BookPayment[],
): Promise<BookPayment | null> {
  const named = bookedByName(payments, capture);
  if (named !== null) return named;
  for (const payment of maybeByGateway(payments, capture)) {
    const lock = bookPaymentLock(context, payment.id);
    if (await context.locks.withLock(lock, () => isFree(context, capture, payment))) return payment;
  }
  return null;
}

/** The same on an invoice that neither reference nor payer lead to, by the capture's id; asked before a person is. */
export async function findElsewhere(context: FlowContext, capture: Capture): Promise<BookPayment | null> {
  return bookedByName(await context.books.listPaymentsSince(dayBefore(capture.createdAt)), capture);
}

async function isFree(context: FlowContext, capture: Capture, payment: BookPayment): Promise<boolean> {
  const since = addDays(payment.date, -TAKEN_BEFORE_DAYS);
  const entries = await context.store.ledger.ofInvoice(payment.invoiceId, since);
  return foundToBe(payment.id, entries).every((captureId) => captureId === capture.id);
}
