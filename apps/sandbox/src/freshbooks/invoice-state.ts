import { decimalToCents, readDecimal } from './amounts.ts';
import type { Cents } from './amounts.ts';
import { isBody } from './body.ts';
import type { Books } from './books.ts';
import { standingOf } from './invoice-standing.ts';
import type { Standing } from './invoice-standing.ts';
import { invoiceTotals } from './invoice-totals.ts';
import type { Totals } from './invoice-totals.ts';
import { priced } from './lines.ts';
import { addDays, newYorkDay } from './new-york.ts';
import type { InvoiceRow, PaymentRow } from './rows.ts';

/** Everything about an invoice that follows from its lines, its payments and the day. */
export interface InvoiceState extends Totals {
  readonly paid: Cents;
  /** `amount - paid`; negative when an edit took the amount below what is paid. */
  readonly outstanding: Cents;
  readonly dueDate: string;
  /** Day of the latest payment, even a partial one (freshbooks.md 3.2). */
  readonly datePaid: string | null;
  readonly standing: Standing;
}

/** Payments of an invoice that count: not deleted. In the order they were made. */
function activePayments(books: Books, invoiceId: number): PaymentRow[] {
  const ids = [...(books.paymentsByInvoice.get(invoiceId) ?? [])];
  return ids.flatMap((id) => books.payments.get(id) ?? []).filter(({ visState }) => visState !== 1);
}

/** Works the state of an invoice out; nothing of it is stored, so it cannot disagree with the payments. */
export function stateOf(books: Books, invoice: InvoiceRow): InvoiceState {
  const totals = invoiceTotals(invoice.lines.map(priced), invoice.discount);
  const payments = activePayments(books, invoice.id).filter(({ amount }) => amount > 0n);
  const paid = payments.reduce((sum, { amount }) => sum + amount, 0n);
  const dueDate = addDays(invoice.createDate, invoice.dueOffsetDays);
  const standing = standingOf({
    base: invoice.base,
    amount: totals.amount,
    paid,
    dueDate,
    today: newYorkDay(books.now()),
    autobillStatus: textOrNull(invoice.plain['autobill_status']),
    lastOrderStatus: textOrNull(invoice.plain['last_order_status']),
    deposit: depositOf(invoice, totals.amount),
    autoPaid: invoice.plain['auto_bill'] === true && payments.at(-1)?.gateway != null,
  });
  const datePaid =
    payments
      .map(({ date }) => date)
      .sort()
      .at(-1) ?? null;
  return { ...totals, paid, outstanding: totals.amount - paid, dueDate, datePaid, standing };
}

/** An invoice that can be collected: visible, sent, not disputed, with something outstanding. */
export function isOpen(books: Books, invoice: InvoiceRow): boolean {
  return invoice.visState !== 1 && invoice.base > 1 && stateOf(books, invoice).outstanding > 0n;
}

function depositOf({ plain }: InvoiceRow, amount: Cents): Cents | null {
  const fixed = plain['deposit_amount'];
  const sum = readDecimal(isBody(fixed) ? fixed['amount'] : fixed);
  if (sum !== null) return decimalToCents(sum);
  const percent = readDecimal(plain['deposit_percentage']);
  return percent === null
    ? null
    : decimalToCents({ unscaled: amount * percent.unscaled, scale: percent.scale + 4 });
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
