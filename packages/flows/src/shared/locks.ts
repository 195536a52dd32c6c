import type { Posting } from '@mlc/core';

/** Lock name of everything that touches one invoice: its debits and its entries in the books. */
export function invoiceLock(businessId: string, invoiceId: string): string {
  return `invoice:${businessId}:${invoiceId}`;
}

/** Lock name of a debit that belongs to no invoice yet. */
export function debitLock(businessId: string, debitId: string): string {
  return `debit:${businessId}:${debitId}`;
}

/** Lock name of the payments of one PayPal payer that fit several invoices. */
export function payerLock(businessId: string, email: string): string {
  return `payer:${businessId}:${email.toLowerCase()}`;
}

/** Lock name of a payment that FreshBooks recorded itself. */
export function bookPaymentLock(businessId: string, bookPaymentId: string): string {
  return `book-payment:${businessId}:${bookPaymentId}`;
}

/** Lock name of reading a business's customers and mandates for the first time. */
export function mirrorLock(businessId: string): string {
  return `mirror:${businessId}`;
}

/** Lock name of a payout. */
export function payoutLock(businessId: string, payoutId: string): string {
  return `payout:${businessId}:${payoutId}`;
}

/** Lock name of a PayPal capture (or sale). */
export function captureLock(businessId: string, captureId: string): string {
  return `capture:${businessId}:${captureId}`;
}

/** Lock name of what a posting was made for: the one its flow books it under. */
export function postingLock(
  businessId: string,
  { invoiceId, source }: Pick<Posting, 'invoiceId' | 'source'>,
): string {
  if (invoiceId !== null) return invoiceLock(businessId, invoiceId);
  return source.provider === 'paypal'
    ? captureLock(businessId, source.id)
    : payoutLock(businessId, source.id);
}

/** Lock name of a refund of a debit. */
export function refundLock(businessId: string, refundId: string): string {
  return `refund:${businessId}:${refundId}`;
}
