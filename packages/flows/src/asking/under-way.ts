import { type Effect, rerunsInvoices, type Review, type ReviewKind, settles, step } from '@mlc/core';
import { invoiceSubject } from '../running/subjects.ts';

/** Questions on an invoice about a debit that is under way and should not be, or not so much. */
export const UNDER_WAY_KINDS: readonly ReviewKind[] = [
  'amount_mismatch',
  'double_payment_risk',
  'invoice_missing',
  'dispute',
];

/** What an answer about a debit that can no longer be stopped covers. */
export function debitUnderWay(name: string): string {
  return `debit ${name}`;
}

/** The debit of an invoice ended: what was asked because it was under way is over. Risks that others told of are looked at. */
export function settlesUnderWay(
  { debitId, invoiceId }: { readonly debitId: string; readonly invoiceId: string },
  why: string,
): readonly Effect[] {
  const subject = invoiceSubject(invoiceId);
  const about = debitUnderWay(debitId);
  const settlesOwn = step('looks', async (tx) => {
    const open = (await tx.reviews.openOn(subject)).filter(({ kind }) => UNDER_WAY_KINDS.includes(kind));
    const over = open.filter(({ covers }) => covers === about || covers?.startsWith(`${about}:`) === true);
    return over.map(({ kind }) => settles([kind], subject, why));
  });
  return [settlesOwn, looksAgainAtRisks(debitId)];
}

/** Invoices that might be paid twice because of this debit or schedule are looked at again: that settles what is over. */
export function looksAgainAtRisks(named: string): Effect {
  return step('looks', async (tx) => {
    const open = await tx.reviews.openOfKind('double_payment_risk');
    const risks = open.filter((review) => review.subject.type === 'invoice' && names(review, named));
    // Of two debits that ran beside each other one is over.
    const over = risks.filter(({ covers }) => isOfTwo(covers, named));
    return [
      ...over.map(({ subject }) => settles(['double_payment_risk'], subject, `${named} is over`)),
      rerunsInvoices(risks.map(({ subject }) => subject.id)),
    ];
  });
}

function isOfTwo(covers: string | null, named: string): boolean {
  const [kind, ...debits] = (covers ?? '').split(' ');
  return kind === 'debits' && debits.length === 2 && debits.includes(named);
}

/** True when the question is about this debit or schedule, in what it covers or in its words. */
function names({ covers, reasons }: Review, id: string): boolean {
  return [covers ?? '', ...reasons].some((text) => text.split(/[^A-Za-z0-9_-]+/).includes(id));
}
