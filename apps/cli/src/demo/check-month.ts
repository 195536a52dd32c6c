import type { ReportSummary, SummaryRow } from '@mlc/core';
import type { Desk, GocardlessBooks } from '@mlc/sandbox';
import { MONTH_END, MONTH_START } from './month.ts';
import { STRANGER_MINOR } from './payout-stories.ts';

type Row = SummaryRow & { readonly currency: string };

/** The simulated providers' own books. */
export interface ProviderBooks {
  readonly gocardless: { books(): Pick<GocardlessBooks, 'payments' | 'payouts'> };
  /** Minor units. */
  readonly paypal: { readonly account: { balance(currency: string, at: Date): number } };
  readonly freshbooks: { desk(): Pick<Desk, 'expenses' | 'journal'> };
}

type SandboxBooks = ReturnType<ProviderBooks['gocardless']['books']>;

/**
 * What of a month's report the simulated providers do not confirm, by their own books and not by what we fetched from
 * them; empty when it is right.
 */
export function checkMonth(sandbox: ProviderBooks, report: ReportSummary['report']): string[] {
  const rows = report.currencies.flatMap(({ currency, clearing }) =>
    clearing.map((row): Row => ({ ...row, currency })),
  );
  return [
    ...missingAccounts(rows),
    ...rows.flatMap(inItself),
    ...rows.flatMap((row) =>
      row.provider === 'paypal' ? atPaypal(sandbox, row) : atGocardless(sandbox, row),
    ),
    ...inFreshbooks(sandbox),
    ...asked(report),
  ];
}

const ACCOUNTS = ['EUR gocardless', 'GBP gocardless', 'GBP paypal'];

function missingAccounts(rows: readonly Row[]): string[] {
  return differs('clearing accounts', rows.map(nameOf).sort(), ACCOUNTS);
}

function inItself(row: Row): string[] {
  const { openingMinor, collectedMinor, reversedMinor, refundedMinor, feesMinor, paidOutMinor, otherMinor } =
    row;
  const sum =
    openingMinor + collectedMinor - reversedMinor - refundedMinor - feesMinor - paidOutMinor + otherMinor;
  return [
    ...differs(`${nameOf(row)}: opening and movements`, sum, row.closingMinor),
    ...differs(`${nameOf(row)}: difference to the provider`, row.differenceMinor, 0),
  ];
}

function atGocardless(sandbox: ProviderBooks, row: Row): string[] {
  const books = sandbox.gocardless.books();
  const arrived = arrivedBy(books, MONTH_END).filter(({ currency }) => currency === row.currency);
  const fees = sum(arrived.map((payout) => payout.deducted_fees));
  const net = sum(arrived.map(({ amount }) => amount));
  return [
    ...differs(`${nameOf(row)}: fees`, row.feesMinor, fees),
    ...differs(`${nameOf(row)}: paid out`, row.paidOutMinor, net),
    ...differs(`${nameOf(row)}: closing`, row.closingMinor, inFlight(books, row.currency)),
  ];
}

const SETTLING: readonly string[] = ['payment_paid_out', 'payment_failed', 'payment_charged_back'];

/** Collected by the end of the month, less what payouts that had arrived then settled of it. */
function inFlight(books: SandboxBooks, currency: string): number {
  const standing = books.payments.filter(
    (payment) =>
      payment.currency === currency &&
      payment.charge_date <= MONTH_END &&
      ['confirmed', 'paid_out'].includes(payment.status),
  );
  const settled = arrivedBy(books, MONTH_END)
    .filter((payout) => payout.currency === currency)
    .flatMap(({ items }) => items)
    .filter(({ type }) => SETTLING.includes(type));
  return sum(standing.map(({ amount }) => amount)) - sum(settled.map(({ amount }) => Number(amount)));
}

function arrivedBy({ payouts }: SandboxBooks, day: string): SandboxBooks['payouts'] {
  return payouts.filter(({ arrival_date: date }) => date !== null && date >= MONTH_START && date <= day);
}

function atPaypal({ paypal }: ProviderBooks, row: Row): string[] {
  const balance = paypal.account.balance(row.currency, new Date(`${MONTH_END}T23:59:59Z`));
  return differs(`${nameOf(row)}: closing`, row.closingMinor, balance);
}

/** Each payout's fees are an expense and each payout a journal entry, once. */
function inFreshbooks({ freshbooks, gocardless }: ProviderBooks): string[] {
  const paid = gocardless.books().payouts.filter(({ status }) => status === 'paid');
  const desk = freshbooks.desk();
  return [
    ...differs(
      'expenses for fees',
      sums(desk.expenses()),
      sums(paid, ({ deducted_fees: fees }) => fees),
    ),
    ...differs('journal entries for payouts', desk.journal().length, paid.length),
  ];
}

function sums<T extends { readonly currency: string; readonly amount: number | bigint }>(
  rows: readonly T[],
  amountOf: (row: T) => number | bigint = ({ amount }) => amount,
): string[] {
  const byCurrency = new Map<string, number>();
  for (const row of rows)
    byCurrency.set(row.currency, (byCurrency.get(row.currency) ?? 0) + Number(amountOf(row)));
  return [...byCurrency].map(([currency, minor]) => `${currency} ${minor}`).sort();
}

/** The other tool's debit stands in a payout and on no invoice. */
function asked({ openReviews }: ReportSummary['report']): string[] {
  const about = openReviews.filter(({ kind }) => kind === 'payout_unexplained');
  return differs(
    'unexplained payouts',
    about.map(({ amountMinor }) => amountMinor),
    [STRANGER_MINOR],
  );
}

function differs(what: string, is: unknown, should: unknown): string[] {
  const [one, other] = [JSON.stringify(is), JSON.stringify(should)];
  return one === other ? [] : [`${what} is ${one}, should be ${other}`];
}

function nameOf({ currency, provider }: Row): string {
  return `${currency} ${provider}`;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
