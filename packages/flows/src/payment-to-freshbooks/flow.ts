import type { Flow } from '@mlc/core';
import { run } from './run.ts';

/** A debit that moved becomes a payment in the books, or takes one back (design section 5). */
export const paymentToFreshbooks: Flow = {
  name: 'payment-to-freshbooks',
  accepts: (event) => event.kind === 'debit-changed',
  run,
};
