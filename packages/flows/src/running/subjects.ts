import type { Subject, Posting } from '@mlc/core';

/** The FreshBooks invoice a question is about. */
export function invoiceSubject(invoiceId: string): Subject {
  return { provider: 'freshbooks', type: 'invoice', id: invoiceId };
}

/** What people call the invoice of an entry: its number, where that was kept. */
export function invoiceName({
  invoiceId,
  invoiceNumber,
}: Pick<Posting, 'invoiceId' | 'invoiceNumber'>): string {
  return invoiceNumber ?? invoiceId ?? '';
}

/** The GoCardless payment a question is about. */
export function debitSubject(debitId: string): Subject {
  return { provider: 'gocardless', type: 'payment', id: debitId };
}

/** The PayPal capture (or sale) a question is about. */
export function captureSubject(captureId: string): Subject {
  return { provider: 'paypal', type: 'capture', id: captureId };
}

/** What a posting's money is called where it came from. */
export function sourceSubject(source: { readonly provider: string; readonly id: string }): Subject {
  return source.provider === 'paypal' ? captureSubject(source.id) : debitSubject(source.id);
}
