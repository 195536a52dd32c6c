import type { Invoice, Policy, ReviewKind } from '@mlc/core';

/** Whether an invoice is ours to collect at all (first row of the table in design section 4). */
export type Eligibility =
  | { readonly kind: 'collect' }
  | {
      readonly kind: 'leave';
      readonly reason: string;
      /** What to ask when a debit for it is already too far to be cancelled. */
      readonly tooLate: ReviewKind;
    };

/** What the rule looks at. `invoice` is null when FreshBooks knows no such invoice. */
export interface EligibilityFacts {
  readonly invoice: Invoice | null;
  readonly policy: Policy;
  /** Why a person switched collection off; null when they did not. */
  readonly optOut: string | null;
}

/** The first reason not to collect, in the order of the table. */
export function decideEligibility({ invoice, policy, optOut }: EligibilityFacts): Eligibility {
  if (invoice === null) return leave('the invoice does not exist in FreshBooks', 'invoice_missing');
  if (invoice.visibility !== 'active')
    return leave(`the invoice is ${invoice.visibility}`, 'invoice_missing');
  if (invoice.standing === 'disputed') return leave('the invoice is disputed', 'dispute');
  if (invoice.standing === 'draft') return leave('the invoice is a draft', 'amount_mismatch');
  if (invoice.outstanding.minor <= 0n) return leave('nothing is outstanding', 'double_payment_risk');
  if (invoice.autoBill)
    return leave('FreshBooks bills this invoice itself (auto_bill)', 'double_payment_risk');
  if (invoice.gatewayOrderPending) {
    return leave("an order of FreshBooks' own payment gateway is pending", 'double_payment_risk');
  }
  if (invoice.createdDate < policy.collectFrom) {
    return leave(
      `created ${invoice.createdDate}, before collectFrom ${policy.collectFrom}`,
      'amount_mismatch',
    );
  }
  if (optOut !== null) return leave(`opted out: ${optOut}`, 'amount_mismatch');
  return { kind: 'collect' };
}

function leave(reason: string, tooLate: ReviewKind): Eligibility {
  return { kind: 'leave', reason, tooLate };
}
