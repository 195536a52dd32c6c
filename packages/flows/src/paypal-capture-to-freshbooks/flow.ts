import type { Flow } from '@mlc/core';
import { run } from './run.ts';

const KINDS = new Set([
  'capture-changed',
  'order-completed',
  'paypal-invoice-paid',
  'refund-changed',
  'dispute-changed',
  'balance-moved',
]);

/** A PayPal capture becomes a payment on the right invoice (design section 7). */
export const paypalCaptureToFreshbooks: Flow = {
  name: 'paypal-capture-to-freshbooks',
  accepts: (event) => KINDS.has(event.kind),
  run,
};
