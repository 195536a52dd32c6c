import type { Policy } from '../business/business.ts';
import type { DebitStatus } from '../ports/debits.ts';
import type { CollectionState } from './collection.ts';

const STATES: Readonly<Record<DebitStatus, CollectionState>> = {
  pending_customer_approval: 'requested',
  pending_submission: 'pending_submission',
  submitted: 'submitted',
  confirmed: 'confirmed',
  paid_out: 'paid_out',
  cancelled: 'cancelled',
  customer_approval_denied: 'cancelled',
  failed: 'failed',
  charged_back: 'charged_back',
};

/** A GoCardless payment status as the state of our collection (gocardless.md 2.4 and 3). */
export function stateOfDebit(status: DebitStatus): CollectionState {
  return STATES[status];
}

/** True once a debit's money belongs into the books, by the policy `recordPaymentAt`. */
export function isBookable(
  status: DebitStatus,
  { recordPaymentAt }: Pick<Policy, 'recordPaymentAt'>,
): boolean {
  return status === 'paid_out' || (status === 'confirmed' && recordPaymentAt === 'confirmed');
}
