import {
  addDays,
  type Capture,
  dateIn,
  type Debit,
  type FlowContext,
  type Money,
  type NewBookPayment,
  type Subject,
} from '@mlc/core';
import { captureSubject, debitSubject } from '../running/subjects.ts';

/** Money that came in at a provider and belongs into the books. */
export interface MoneyIn {
  readonly provider: 'gocardless' | 'paypal';
  /** The provider's id of it: GoCardless payment, PayPal transaction. */
  readonly id: string;
  /** How the note begins, e.g. `GoCardless PM123`. */
  readonly title: string;
  /** What questions about it are asked about. */
  readonly subject: Subject;
  readonly amount: Money;
  /** YYYY-MM-DD, the date it moved. */
  readonly date: string;
  /** YYYY-MM-DD, a day before it can have moved: entries of it in the books are looked for from then on. */
  readonly bookedSince: string;
  readonly type: NewBookPayment['type'];
}

/** A debit as the books know money: dated by its charge date, of the type FreshBooks has for it (freshbooks.md 3.3). */
export function debitMoney(debit: Debit): MoneyIn {
  const asked = debit.createdAt.slice(0, 10);
  const date = debit.chargeDate ?? asked;
  return {
    provider: 'gocardless',
    id: debit.id,
    title: `GoCardless ${debit.id}`,
    subject: debitSubject(debit.id),
    amount: debit.amount,
    date,
    // People enter it when they ask for it, or when it is charged.
    bookedSince: addDays(asked < date ? asked : date, -1),
    type: debit.amount.currency === 'USD' ? 'ACH' : 'Bank Transfer',
  };
}

/** A capture as the books know money; dated by the business's own calendar (contract section 6). */
export function captureMoney(context: FlowContext, capture: Capture): MoneyIn {
  return {
    provider: 'paypal',
    id: capture.id,
    title: `PayPal ${capture.id}`,
    subject: captureSubject(capture.id),
    amount: capture.amount,
    date: dateIn(context.business.timezone, new Date(capture.createdAt)),
    // The day in UTC: no zone is further behind than one.
    bookedSince: addDays(capture.createdAt.slice(0, 10), -1),
    type: 'PayPal',
  };
}
