import {
  type Collection,
  consentExceeded,
  type CountedDebit,
  type Debit,
  firstChargeDate,
  type Invoice,
  type Mandate,
  type Reading,
} from '@mlc/core';
import type { Question } from '../asking/review.ts';
import { limitQuestion } from './questions.ts';

/** What a debit was measured by when it was planned. */
export interface Measured {
  readonly mandate: Mandate;
  /** The day it would be taken, YYYY-MM-DD. */
  readonly takenOn: string;
  /** Debits on the client's mandates, as GoCardless listed them. */
  readonly debits: readonly Debit[];
}

/** What to ask when the debit is more than the payer consented to; null when it is not. */
export function consentQuestion(
  invoice: Invoice,
  { mandate, takenOn, debits }: { mandate: Mandate; takenOn: string; debits: readonly CountedDebit[] },
): Question | null {
  const exceeded = consentExceeded(mandate, { amount: invoice.outstanding, chargeDate: takenOn, debits });
  return exceeded === null ? null : limitQuestion(invoice, mandate, exceeded);
}

/**
 * The same with the debits of other invoices that the list did not have yet. Asked in the transaction that adds a debit, no
 * other transaction asks about the mandate until its end: of two invoices that were planned at once only one finds the last room.
 */
export async function roomQuestion(
  { collections }: Pick<Reading, 'collections'>,
  invoice: Invoice,
  measured: Measured,
): Promise<Question | null> {
  const { mandate, takenOn, debits } = measured;
  if (mandate.consent === null) return null;
  const unlisted = (await collections.reservedOnMandate(mandate.id)).filter(
    (one) => one.invoiceId !== invoice.id && takesRoom(one, debits),
  );
  const reserved = unlisted.map((one) => reservedBy(one, mandate, takenOn));
  return consentQuestion(invoice, { mandate, takenOn, debits: [...debits, ...reserved] });
}

/** A refused plan, and a debit that its schedule has yet to make, take none; one that is tried again counts as failed in lists. */
function takesRoom({ paymentId, calledAt, willAttemptRetry }: Collection, debits: readonly Debit[]): boolean {
  if (paymentId === null) return calledAt !== null;
  const listed = debits.find(({ id }) => id === paymentId);
  return listed === undefined || (listed.status === 'failed' && willAttemptRetry);
}

function reservedBy(
  { mandateId, amount, chargeDate }: Collection,
  mandate: Mandate,
  takenOn: string,
): CountedDebit {
  const day = chargeDate ?? firstChargeDate(mandate) ?? takenOn;
  return { mandateId, amount, status: 'submitted', chargeDate: day, createdAt: day };
}
