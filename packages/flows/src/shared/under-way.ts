import type { Repositories, Review, ReviewKind } from '@mlc/core';
import { invoiceSubject } from './review.ts';

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
export async function settleUnderWay(
  tx: Repositories,
  { debitId, invoiceId }: { readonly debitId: string; readonly invoiceId: string },
  why: string,
): Promise<void> {
  const subject = invoiceSubject(invoiceId);
  const open = (await tx.reviews.openOn(subject)).filter(({ kind }) => UNDER_WAY_KINDS.includes(kind));
  const about = debitUnderWay(debitId);
  const over = open.filter(({ covers }) => covers === about || covers?.startsWith(`${about}:`) === true);
  if (over.length > 0)
    await tx.reviews.settle(
      over.map(({ kind }) => kind),
      subject,
      why,
    );
  await lookAgainAtRisks(tx, debitId);
}

/** Invoices that might be paid twice because of this debit or schedule are looked at again: that settles what is over. */
export async function lookAgainAtRisks(tx: Repositories, named: string): Promise<void> {
  const open = await tx.reviews.openOfKind('double_payment_risk');
  const risks = open.filter((review) => review.subject.type === 'invoice' && names(review, named));
  for (const { covers, subject } of risks) {
    // Of two debits that ran beside each other one is over.
    if (isOfTwo(covers, named)) await tx.reviews.settle(['double_payment_risk'], subject, `${named} is over`);
  }
  if (risks.length > 0) await tx.events.rerunInvoices(risks.map(({ subject }) => subject.id));
}

function isOfTwo(covers: string | null, named: string): boolean {
  const [kind, ...debits] = (covers ?? '').split(' ');
  return kind === 'debits' && debits.length === 2 && debits.includes(named);
}

/** True when the question is about this debit or schedule, in what it covers or in its words. */
function names({ covers, reasons }: Review, id: string): boolean {
  return [covers ?? '', ...reasons].some((text) => text.split(/[^A-Za-z0-9_-]+/).includes(id));
}
