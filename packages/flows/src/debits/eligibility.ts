import type { EndingCode, Invoice, Policy, ReviewKind } from '@mlc/core';

/** Whether an invoice is ours to collect at all (first row of the table in design section 4). */
export type Eligibility = { readonly kind: 'collect' } | Leave;

/** An invoice that is not ours to collect. */
export interface Leave {
  readonly kind: 'leave';
  readonly because: EndingCode;
  readonly reason: string;
  /** What to ask when a debit for it is already too far to be cancelled. */
  readonly tooLate: ReviewKind;
  /**
   * What a preview calls it when a person may not expect it: another rail collects the invoice, or its client disputes
   * it. Null when it is as people decided (draft, archived, before go-live, opted out).
   */
  readonly obstacle: ReviewKind | null;
}

/** What the rule looks at. `invoice` is null when FreshBooks knows no such invoice. */
export interface EligibilityFacts {
  readonly invoice: Invoice | null;
  readonly policy: Policy;
  /** Why a person switched collection off; null when they did not. */
  readonly optOut: string | null;
}

/** The first reason not to collect, in the order of the table. */
export function decideEligibility({ invoice, policy, optOut }: EligibilityFacts): Eligibility {
  if (invoice === null)
    return leave('invoice-removed', 'the invoice does not exist in FreshBooks', 'invoice_missing');
  if (invoice.visibility !== 'active')
    return leave('invoice-removed', `the invoice is ${invoice.visibility}`, 'invoice_missing');
  if (invoice.standing === 'disputed')
    return { ...leave('invoice-disputed', 'the invoice is disputed', 'dispute'), obstacle: 'dispute' };
  if (invoice.standing === 'draft')
    return leave('invoice-draft', 'the invoice is a draft', 'amount_mismatch');
  if (invoice.outstanding.minor <= 0n)
    return leave('invoice-settled', 'nothing is outstanding', 'double_payment_risk');
  if (invoice.autoBill) return otherRail('FreshBooks bills this invoice itself (auto_bill)');
  if (invoice.gatewayOrderPending) return otherRail("an order of FreshBooks' own payment gateway is pending");
  if (invoice.createdDate < policy.collectFrom) {
    return leave(
      'before-go-live',
      `created ${invoice.createdDate}, before collectFrom ${policy.collectFrom}`,
      'amount_mismatch',
    );
  }
  if (optOut !== null) return leave('opted-out', `opted out: ${optOut}`, 'amount_mismatch');
  return { kind: 'collect' };
}

function otherRail(reason: string): Leave {
  return {
    ...leave('invoice-on-other-rail', reason, 'double_payment_risk'),
    obstacle: 'double_payment_risk',
  };
}

function leave(because: EndingCode, reason: string, tooLate: ReviewKind): Leave {
  return { kind: 'leave', because, reason, tooLate, obstacle: null };
}
