import type { Subject } from '../ports/subject.ts';

/** Part of how a run ends that met a payment of another merchant: its event runs again once the connection is corrected. */
export const NAMES_OTHER_MERCHANT = 'names another PayPal merchant';

/**
 * What the question about such payments is about: the PayPal connection, as the merchant that the business file names. The
 * question for credentials goes by the id of the connection and is settled by other things.
 */
export function merchantSubject(merchantId: string): Subject {
  return { provider: 'paypal', type: 'connection', id: merchantId };
}
