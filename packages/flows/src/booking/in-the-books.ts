import {
  addDays,
  type BookPayment,
  type FlowContext,
  foundToBe,
  type Invoice,
  namesMoney,
  noteCarriesKey,
  sameMoney,
} from '@mlc/core';
import { bookPaymentLock } from '../running/locks.ts';
import type { MoneyIn } from '../ledger/money-in.ts';
import { paymentKeys } from './posting-keys.ts';

/** Whether money stands in the books already (rule 0 of design section 7), whichever rail it came by. */
export type InTheBooks =
  | { readonly kind: 'absent' }
  /** By our own entry, which this store knows nothing of: it was set up anew. */
  | { readonly kind: 'ours'; readonly payment: BookPayment }
  /** By an entry of a person, of another tool, or of FreshBooks' own gateway. */
  | { readonly kind: 'theirs'; readonly payment: BookPayment }
  /** What was read of the books does not have it, and not everything could be read. */
  | { readonly kind: 'cannot-tell' };

/** Where else than among the account's newest payments it may stand. */
export interface Around {
  /** Invoices it may be for, whatever the dates of their payments. */
  readonly invoices: readonly Invoice[];
  /** FreshBooks clients it may be of. */
  readonly clientIds: readonly string[];
}

/** The money, and how many times it was booked, counting the one to come. */
export interface Sought {
  readonly money: MoneyIn;
  readonly cycle: number;
}

/**
 * Looks for money in the books before anything is matched: on the invoices it may be for, and among all payments of the
 * account since a day before it can have moved. Of an account with too many of those, its clients' are read, those with its
 * id in the note, and those of its amount; only when these too are too many nobody can tell.
 */
export async function lookInTheBooks(
  context: FlowContext,
  sought: Sought,
  around: Around,
): Promise<InTheBooks> {
  const onInvoices = await paidOn(context, around.invoices);
  const named = byName(context, sought, onInvoices);
  if (named !== null) return named;
  const { payments, isComplete } = await ofAccount(context, sought.money, around);
  const found = byName(context, sought, payments);
  if (found !== null) return found;
  const unnamed = await byGateway(context, sought.money, { around, payments: [...onInvoices, ...payments] });
  if (unnamed !== null) return { kind: 'theirs', payment: unnamed };
  return { kind: isComplete ? 'absent' : 'cannot-tell' };
}

/** An invoice on which nothing was paid has no payments. */
async function paidOn(context: FlowContext, invoices: readonly Invoice[]): Promise<BookPayment[]> {
  const found: BookPayment[] = [];
  for (const invoice of new Map(invoices.map((each) => [each.id, each])).values())
    if (!sameMoney(invoice.amount, invoice.outstanding))
      found.push(...(await context.books.listPayments(invoice.id)));
  return found;
}

interface Read {
  readonly payments: readonly BookPayment[];
  readonly isComplete: boolean;
}

async function ofAccount(context: FlowContext, money: MoneyIn, around: Around): Promise<Read> {
  const { books } = context;
  const newest = await books.listPaymentsSince(money.bookedSince);
  if (newest.isComplete) return newest;
  const payments = [...newest.payments];
  for (const clientId of clientsAround(around))
    payments.push(...(await books.listClientPayments(clientId, money.bookedSince)));
  const noted = await books.listPaymentsNoted(money.id);
  const ofAmount = await books.listPaymentsSince(money.bookedSince, money.amount);
  return {
    payments: [...payments, ...noted.payments, ...ofAmount.payments],
    isComplete: noted.isComplete && ofAmount.isComplete,
  };
}

/** Whose invoice it names may be known without the payer's e-mail having been asked for. */
function clientsAround({ clientIds, invoices }: Around): ReadonlySet<string> {
  return new Set([...clientIds, ...invoices.map(({ clientId }) => clientId)]);
}

/** Of several the oldest, whatever list it came from. */
function byName(
  context: FlowContext,
  { money, cycle }: Sought,
  payments: readonly BookPayment[],
): InTheBooks | null {
  const keys = paymentKeys(context, { money, cycle, earlier: null });
  const ours = payments.find(({ note }) => keys.some((key) => noteCarriesKey(note, key)));
  if (ours !== undefined) return { kind: 'ours', payment: ours };
  const theirs = namedAmong(payments, money);
  return theirs === null ? null : { kind: 'theirs', payment: theirs };
}

/** The entry among these that names the money by its id; of several the oldest. Null when there is none. */
export function namedAmong(payments: readonly BookPayment[], { id }: MoneyIn): BookPayment | null {
  const [first] = payments
    .filter((payment) => namesMoney(payment, id))
    .sort((left, right) => Number(left.id) - Number(right.id));
  return first ?? null;
}

/** How long before the entry's own date other money may have moved that was found to be this entry. */
const TAKEN_BEFORE_DAYS = 31;

/**
 * What FreshBooks' own gateway recorded without the id: an entry of this amount since then, of the same invoices or clients.
 * It is one payment's only: of two of the same amount, FreshBooks may have recorded one. Its lock keeps another one from
 * being taken for it before this run is recorded.
 */
async function byGateway(
  context: FlowContext,
  money: MoneyIn,
  { around, payments }: { around: Around; payments: readonly BookPayment[] },
): Promise<BookPayment | null> {
  const invoiceIds = new Set(around.invoices.map(({ id }) => id));
  const clientIds = clientsAround(around);
  const fitting = payments.filter(
    (payment) =>
      payment.gateway?.toLowerCase() === money.provider &&
      sameMoney(payment.amount, money.amount) &&
      payment.date >= money.bookedSince &&
      (invoiceIds.has(payment.invoiceId) || clientIds.has(payment.clientId)),
  );
  for (const payment of new Map(fitting.map((each) => [each.id, each])).values()) {
    const lock = bookPaymentLock(context, payment.id);
    if (await context.locks.withLock(lock, () => isFree(context, money, payment))) return payment;
  }
  return null;
}

async function isFree(context: FlowContext, money: MoneyIn, payment: BookPayment): Promise<boolean> {
  const since = addDays(payment.date, -TAKEN_BEFORE_DAYS);
  const entries = await context.store.ledger.ofInvoice(payment.invoiceId, since);
  return foundToBe(payment.id, entries).every((id) => id === money.id);
}
