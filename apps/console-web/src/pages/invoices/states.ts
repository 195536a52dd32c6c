import type { Invoice } from '../../api/types.ts';
import type { Tone } from '../../ui/state-word.tsx';

/** Each state of an invoice in words, as one of five tones. */
export const INVOICE_STATES: Readonly<Record<Invoice['state'], readonly [tone: Tone, text: string]>> = {
  'needs-you': ['warn', 'Needs you'],
  collecting: ['wait', 'Collecting'],
  'came-back': ['bad', 'Came back'],
  'not-collected': ['plain', 'Not collected'],
  'opted-out': ['plain', 'Opted out'],
  draft: ['plain', 'Draft'],
  'paid-gocardless': ['good', 'Paid by GoCardless'],
  'paid-paypal': ['good', 'Paid by PayPal'],
  'paid-elsewhere': ['good', 'Paid elsewhere'],
  deleted: ['plain', 'Deleted'],
};

/** States that are filtered by, with their words. */
export const STATE_OPTIONS = (Object.keys(INVOICE_STATES) as Invoice['state'][]).map(
  (state) => [state, INVOICE_STATES[state][1]] as const,
);
