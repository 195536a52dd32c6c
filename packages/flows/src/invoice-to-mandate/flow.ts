import type { Flow } from '@mlc/core';
import { run } from './run.ts';

const KINDS = new Set([
  'invoice-changed',
  'client-changed',
  'book-payment-changed',
  'mandate-changed',
  'customer-changed',
  'schedule-changed',
  'billing-request-fulfilled',
]);

/** An invoice becomes a debit on its client's mandate (design section 4). */
export const invoiceToMandate: Flow = {
  name: 'invoice-to-mandate',
  accepts: (event) => KINDS.has(event.kind),
  run,
};
