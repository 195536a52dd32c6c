import { type Collection, type Debit, formatMoney } from '@mlc/core';
import { type Question } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';

const WHAT_TO_DO = 'Cancel in GoCardless what should not be taken; nothing is cancelled by itself.';

/** More than one debit of an invoice is under way: one that had ended was retried, or somebody made another one. */
export function severalQuestion(collections: readonly Collection[]): Question {
  const [first] = collections;
  const invoiceNumber = first?.invoiceNumber ?? '';
  const list = collections.map((one) => `${nameOf(one)} of ${formatMoney(one.amount)} (${one.state})`);
  return {
    kind: 'double_payment_risk',
    subject: invoiceSubject(first?.invoiceId ?? ''),
    amount: first === undefined ? null : sumOf(collections, first),
    reasons: [
      `${collections.length} debits run for invoice ${invoiceNumber} at once: ${list.join(', ')}.`,
      WHAT_TO_DO,
    ],
    covers: `debits ${collections.map(nameOf).toSorted().join(' ')}`,
  };
}

/** A debit that nobody here made runs beside ours, and may be for the same invoice. */
export function besideQuestion(ours: Collection, other: Debit): Question {
  const says = other.description ?? other.reference;
  return {
    kind: 'double_payment_risk',
    subject: invoiceSubject(ours.invoiceId),
    amount: ours.amount,
    reasons: [
      `Invoice ${ours.invoiceNumber} might be collected twice: GoCardless payment ${other.id} of ` +
        `${formatMoney(other.amount)} (${other.status}${says === null ? '' : `, "${says}"`}) was made beside debit ` +
        `${nameOf(ours)} of ${formatMoney(ours.amount)} (${ours.state}).`,
      WHAT_TO_DO,
    ],
    covers: `debits ${[nameOf(ours), other.id].toSorted().join(' ')}`,
  };
}

function nameOf({ paymentId, scheduleId, attempt }: Collection): string {
  return paymentId ?? scheduleId ?? `attempt ${attempt}`;
}

/** What all of them take together, when that is one currency. */
function sumOf(collections: readonly Collection[], { amount }: Collection): Question['amount'] {
  if (collections.some((one) => one.amount.currency !== amount.currency)) return null;
  const minor = collections.reduce((sum, one) => sum + one.amount.minor, 0n);
  return { ...amount, minor };
}
