import { toMoney } from './amounts.ts';
import type { Cents, Money } from './amounts.ts';
import type { Books } from './books.ts';
import { stateOf } from './invoice-state.ts';
import type { InvoiceState } from './invoice-state.ts';
import type { Wire } from './resource.ts';
import type { InvoiceRow } from './rows.ts';

type Share = (invoice: InvoiceRow, state: InvoiceState) => Cents;

const BALANCES: Readonly<Record<string, Share>> = {
  outstanding_balance: ({ base }, { outstanding }) => (base > 1 ? outstanding : 0n),
  grand_total_balance: ({ base }, { amount }) => (base > 1 ? amount : 0n),
  draft_balance: ({ base }, { amount }) => (base === 1 ? amount : 0n),
  overdue_balance: (_invoice, { standing, outstanding }) =>
    standing.v3_status === 'overdue' ? outstanding : 0n,
};

/** The balances named in `include[]`: one entry per currency (freshbooks.md 3.1). */
export function clientBalances(books: Books, clientId: number, include: ReadonlySet<string>): Wire {
  const wanted = Object.entries(BALANCES).filter(([name]) => include.has(name));
  return Object.fromEntries(wanted.map(([name, share]) => [name, perCurrency(books, clientId, share)]));
}

function perCurrency(books: Books, clientId: number, share: Share): { readonly amount: Money }[] {
  const sums = new Map<string, Cents>();
  for (const invoice of books.invoices.values()) {
    if (invoice.customerId !== clientId || invoice.visState === 1) continue;
    const cents = share(invoice, stateOf(books, invoice));
    if (cents !== 0n) sums.set(invoice.currency, (sums.get(invoice.currency) ?? 0n) + cents);
  }
  return [...sums].map(([code, cents]) => ({ amount: toMoney(cents, code) }));
}
