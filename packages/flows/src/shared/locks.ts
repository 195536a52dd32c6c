/** Lock name of everything that touches one invoice: its debits and its entries in the books. */
export function invoiceLock(businessId: string, invoiceId: string): string {
  return `invoice:${businessId}:${invoiceId}`;
}

/** Lock name of a debit that belongs to no invoice yet. */
export function debitLock(businessId: string, debitId: string): string {
  return `debit:${businessId}:${debitId}`;
}

/** Lock name of reading a business's customers and mandates for the first time. */
export function mirrorLock(businessId: string): string {
  return `mirror:${businessId}`;
}

/** Lock name of a payout. */
export function payoutLock(businessId: string, payoutId: string): string {
  return `payout:${businessId}:${payoutId}`;
}

/** Lock name of a refund of a debit. */
export function refundLock(businessId: string, refundId: string): string {
  return `refund:${businessId}:${refundId}`;
}
