import { addDays, type Debit } from '@mlc/core';
import type { MoneyIn } from './money-in.ts';
import { debitSubject } from './review.ts';

/** A debit as the books know money: dated by its charge date, of the type FreshBooks has for it (freshbooks.md 3.3). */
export function moneyOf(debit: Debit): MoneyIn {
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
