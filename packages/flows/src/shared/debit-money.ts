import type { Debit } from '@mlc/core';
import type { MoneyIn } from './money-in.ts';
import { debitSubject } from './review.ts';

/** A debit as the books know money: dated by its charge date, of the type FreshBooks has for it (freshbooks.md 3.3). */
export function moneyOf(debit: Debit): MoneyIn {
  return {
    provider: 'gocardless',
    id: debit.id,
    title: `GoCardless ${debit.id}`,
    subject: debitSubject(debit.id),
    amount: debit.amount,
    date: debit.chargeDate ?? debit.createdAt.slice(0, 10),
    type: debit.amount.currency === 'USD' ? 'ACH' : 'Bank Transfer',
  };
}
