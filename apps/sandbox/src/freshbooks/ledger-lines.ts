import type { Cents } from './amounts.ts';
import type { Books } from './books.ts';
import { creditState } from './credit-notes.ts';
import { stateOf } from './invoice-state.ts';
import type { LedgerAccountRow } from './rows.ts';

/** What FreshBooks books by itself, and manual entries: one line, debit positive, credit negative. */
export interface LedgerLine {
  readonly account: LedgerAccountRow;
  readonly cents: Cents;
  readonly currency: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly kind: 'sales' | 'payment' | 'expense' | 'credit' | 'adjustment';
  readonly description: string;
  /** The object behind it, by the wire name of its id, e.g. `{ paymentid: 10318 }`. */
  readonly source: Readonly<Record<string, number>>;
}

type Occasion = Omit<LedgerLine, 'account' | 'cents'>;

/** Every line of the books, derived: it cannot disagree with the objects. */
export function ledgerLines(books: Books): LedgerLine[] {
  return [
    ...invoiceLines(books),
    ...paymentLines(books),
    ...expenseLines(books),
    ...creditLines(books),
    ...manualLines(books),
  ];
}

function pair(
  books: Books,
  names: readonly [debit: string, credit: string],
  cents: Cents,
  occasion: Occasion,
): LedgerLine[] {
  return names.map((name, side) => ({
    ...occasion,
    account: accountNamed(books, name),
    cents: side === 0 ? cents : -cents,
  }));
}

function invoiceLines(books: Books): LedgerLine[] {
  const booked = [...books.invoices.values()].filter(({ visState, base }) => visState !== 1 && base !== 1);
  return booked.flatMap((invoice) =>
    pair(books, ['Accounts Receivable', 'Sales'], stateOf(books, invoice).amount, {
      kind: 'sales',
      currency: invoice.currency,
      date: invoice.createDate,
      description: `Invoice ${invoice.number}`,
      source: { invoiceid: invoice.id },
    }),
  );
}

function paymentLines(books: Books): LedgerLine[] {
  const booked = [...books.payments.values()].filter(({ visState }) => visState !== 1);
  return booked.flatMap((payment) =>
    pair(books, [payment.fromCredit ? 'Client Credits' : 'Cash', 'Accounts Receivable'], payment.amount, {
      kind: 'payment',
      currency: payment.currency,
      date: payment.date,
      description: payment.note,
      source: { paymentid: payment.id, invoiceid: payment.invoiceId },
    }),
  );
}

function expenseLines(books: Books): LedgerLine[] {
  const booked = [...books.expenses.values()].filter(({ visState }) => visState !== 1);
  return booked.flatMap((expense) =>
    pair(books, ['Bank Fees', 'Cash'], expense.amount, {
      kind: 'expense',
      currency: expense.currency,
      date: expense.date,
      description: expense.vendor,
      source: { expenseid: expense.id },
    }),
  );
}

function creditLines(books: Books): LedgerLine[] {
  const booked = [...books.creditNotes.values()].filter(({ visState }) => visState !== 1);
  return booked.flatMap((credit) => {
    const names = [credit.creditType === 'goodwill' ? 'Sales' : 'Cash', 'Client Credits'] as const;
    return pair(books, names, creditState(books, credit).amount, {
      kind: 'credit',
      currency: credit.currency,
      date: credit.createDate,
      description: credit.description,
      source: { creditid: credit.id },
    });
  });
}

function manualLines(books: Books): LedgerLine[] {
  return books.journal.flatMap((entry) =>
    entry.sides.flatMap(({ accountId, amount, code, type }) => {
      const account = books.chart.get(accountId);
      if (account === undefined) return [];
      const cents = type === 'TYPE_DEBIT' ? amount : -amount;
      const { date, description, id } = entry;
      return [
        {
          account,
          cents,
          currency: code,
          date,
          kind: 'adjustment' as const,
          description,
          source: { entryid: id },
        },
      ];
    }),
  );
}

function accountNamed(books: Books, name: string): LedgerAccountRow {
  const account = [...books.chart.values()].find(({ systemName }) => systemName === name);
  if (account === undefined) throw new Error(`the chart has no ${name}`);
  return account;
}

/** Sum of an account in one currency: debits count for assets and expenses, credits for the rest. */
export function balanceOf(lines: readonly LedgerLine[], account: LedgerAccountRow, currency: string): Cents {
  const own = lines.filter((line) => line.account === account && line.currency === currency);
  const debits = own.reduce((sum, { cents }) => sum + cents, 0n);
  return account.type === 'asset' || account.type === 'expense' ? debits : -debits;
}
