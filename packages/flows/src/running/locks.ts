import type { FlowContext, Posting } from '@mlc/core';

/**
 * Locks are named by the FreshBooks account and the provider's object, not by ids of our own: whoever works on the same books
 * waits for the same lock, whatever the business is called here.
 */
type Place = Pick<FlowContext, 'books'>;

/** Lock name of everything that touches one invoice: its debits and its entries in the books. */
export function invoiceLock({ books }: Place, invoiceId: string): string {
  return `invoice:${books.accountId}:${invoiceId}`;
}

/** Lock name of a debit that belongs to no invoice yet. */
export function debitLock({ books }: Place, debitId: string): string {
  return `debit:${books.accountId}:${debitId}`;
}

/** Lock name of the payments of one PayPal payer that fit several invoices. */
export function payerLock({ books }: Place, email: string): string {
  return `payer:${books.accountId}:${email.toLowerCase()}`;
}

/** Lock name of a payment that FreshBooks recorded itself. */
export function bookPaymentLock({ books }: Place, bookPaymentId: string): string {
  return `book-payment:${books.accountId}:${bookPaymentId}`;
}

/** Lock name of reading a business's customers and mandates for the first time: the mirror is its own. */
export function mirrorLock({ business }: Pick<FlowContext, 'business'>): string {
  return `mirror:${business.id}`;
}

/** Lock name of a payout. */
export function payoutLock({ books }: Place, payoutId: string): string {
  return `payout:${books.accountId}:${payoutId}`;
}

/** Lock name of a PayPal capture (or sale). */
export function captureLock({ books }: Place, captureId: string): string {
  return `capture:${books.accountId}:${captureId}`;
}

/** Lock name of what a posting was made for: the one its flow books it under. */
export function postingLock(
  place: Place,
  { invoiceId, source }: Pick<Posting, 'invoiceId' | 'source'>,
): string {
  if (invoiceId !== null) return invoiceLock(place, invoiceId);
  return source.provider === 'paypal' ? captureLock(place, source.id) : payoutLock(place, source.id);
}

/** Lock name of a refund of a debit. */
export function refundLock({ books }: Place, refundId: string): string {
  return `refund:${books.accountId}:${refundId}`;
}
