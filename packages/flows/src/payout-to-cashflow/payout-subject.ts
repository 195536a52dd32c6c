import type { Subject } from '@mlc/core';

/** The GoCardless payout a question is about. */
export function payoutSubject(payoutId: string): Subject {
  return { provider: 'gocardless', type: 'payout', id: payoutId };
}
