import {
  type BookPayment,
  type Effect,
  type Invoice,
  rerunsInvoices,
  type ReviewKind,
  sameMoney,
  settles,
  step,
} from '@mlc/core';
import { invoiceSubject } from '../running/subjects.ts';

/** Questions on an invoice that is still to be collected. */
const TO_COLLECT: readonly ReviewKind[] = [
  'no_mandate',
  'not_collected',
  'ambiguous_customer',
  'currency_mismatch',
  'mandate_limit',
];
/** Those that another look settles, or asks with what is left of them. */
const LOOKED_AT: readonly ReviewKind[] = [...TO_COLLECT, 'double_payment_risk', 'amount_mismatch'];

/**
 * A payment of ours stands on an invoice, of which FreshBooks need not tell us: one that it pays in full is not collected any
 * more. What else is open about the invoice is looked at again. `before` is the invoice as it was, null when not known.
 */
export function settlesOnPayment({
  invoiceId,
  before,
  payment,
}: {
  readonly invoiceId: string;
  readonly before: Invoice | null;
  readonly payment: BookPayment;
}): Effect {
  const subject = invoiceSubject(invoiceId);
  const isPaid = before !== null && sameMoney(before.outstanding, payment.amount);
  return step('looks', async (tx) => {
    const open = (await tx.reviews.openOn(subject)).filter(({ kind }) => LOOKED_AT.includes(kind));
    if (open.length === 0) return [];
    const over = isPaid ? [settles(TO_COLLECT, subject, `paid in full by payment ${payment.id}`)] : [];
    return [...over, rerunsInvoices([invoiceId])];
  });
}
