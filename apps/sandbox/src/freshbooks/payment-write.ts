import type { Cents } from './amounts.ts';
import { dayOf, idOf, isGiven, moneyOf, requireFields, textOf } from './body.ts';
import type { Body } from './body.ts';
import { newRow, raiseDeletion } from './books.ts';
import type { Books } from './books.ts';
import { createOverpaymentCredit, creditNoteById, creditState } from './credit-notes.ts';
import { badField, deletedReference, unknownObject, unknownReference } from './failures.ts';
import { stateOf } from './invoice-state.ts';
import { markSent } from './invoice-write.ts';
import { refuseLocked } from './period-lock.ts';
import { splitPayment } from './payment-split.ts';
import type { InvoiceRow, PaymentRow } from './rows.ts';
import { phaseOf, setVisState, visStateOf } from './vis-state.ts';

/** The types FreshBooks knows (freshbooks.md 3.3); others are refused. */
const TYPES = new Set([
  'Check',
  'Credit',
  'Cash',
  'Bank Transfer',
  'Credit Card',
  'Debit',
  'PayPal',
  '2Checkout',
  'VISA',
  'MASTERCARD',
  'DISCOVER',
  'AMEX',
  'DINERS',
  'JCB',
  'ACH',
  'Ach',
  'Nova',
  'Eurocard',
  'Other',
]);

const DATE = { object: 'payment', field: 'date' };

/** Finds a payment, deleted ones too. */
export function paymentById(books: Books, id: number): PaymentRow {
  const row = books.payments.get(id);
  if (row === undefined) throw unknownObject('payment', 'logid', String(id));
  return row;
}

/**
 * Records a payment: the invoice takes what is outstanding, the rest becomes a credit note of the client. `gateway` is
 * set for money FreshBooks took itself; the API cannot write it.
 */
export function createPayment(books: Books, body: Body, gateway: string | null = null): PaymentRow {
  requireFields('payment', body, ['invoiceid', 'amount', 'date']);
  const type = typeOf(body['type']) ?? 'Other';
  const invoice = payableInvoice(books, body['invoiceid']);
  const posted = centsFor(books, invoice, body['amount']);
  const date = dayOf(body['date'], DATE);
  refuseLocked(books, date, DATE);
  const { uuid: _uuid, ...base } = newRow(books, 'payment');
  const row: PaymentRow = {
    ...base,
    invoiceId: invoice.id,
    amount: 0n,
    currency: invoice.currency,
    date,
    type,
    note: textOf(body['note'], ''),
    creditId: creditFor(books, body['creditid'], posted),
    fromCredit: body['from_credit'] === true,
    orderId: isGiven(body['orderid']) ? textOf(body['orderid'], null) : null,
    gateway,
    overpaymentId: null,
    overpaymentCreditId: null,
    bulkPaymentId: typeof body['bulk_paymentid'] === 'number' ? body['bulk_paymentid'] : null,
    sendClientNotification:
      typeof body['send_client_notification'] === 'boolean' ? body['send_client_notification'] : null,
  };
  allot(books, row, posted);
  books.payments.set(row.id, row);
  attach(books, row);
  if (books.switches.paymentOnDraft === 'accept') markSent(books, invoice);
  announce(books, row, 'payment.create');
  return row;
}

/** Changes a payment by the phases of a PUT; the invoice's outstanding follows. */
export function updatePayment(books: Books, id: number, body: Body): PaymentRow {
  const row = paymentById(books, id);
  const phase = phaseOf(body);
  if (phase === 'ext_vis_state' || phase === 'action') return row;
  refuseLocked(books, row.date, DATE);
  if (phase === 'vis_state') return changeVisibility(books, row, body['vis_state']);
  if (row.visState === 1) throw deletedReference('payment', 'logid', id);
  editFields(books, row, body);
  row.updatedMs = books.now();
  announce(books, row, 'payment.update');
  return row;
}

function changeVisibility(books: Books, row: PaymentRow, value: unknown): PaymentRow {
  const isDeletion = setVisState(row, visStateOf('payment', value), books.now());
  if (!isDeletion) {
    announce(books, row, 'payment.update');
    return row;
  }
  const credit =
    row.overpaymentCreditId === null ? undefined : books.creditNotes.get(row.overpaymentCreditId);
  if (books.switches.overpaymentCreditOnDelete === 'delete' && credit !== undefined) {
    setVisState(credit, 1, books.now());
  }
  touchInvoice(books, row.invoiceId);
  raiseDeletion(books, 'payment', row.id);
  if (books.switches.paymentRaisesInvoiceUpdate) books.raise('invoice.update', row.invoiceId);
  return row;
}

/** All checks come before the first change. */
function editFields(books: Books, row: PaymentRow, body: Body): void {
  const type = typeOf(body['type']) ?? row.type;
  const date = isGiven(body['date']) ? dayOf(body['date'], DATE) : row.date;
  refuseLocked(books, date, DATE);
  const moves = isGiven(body['invoiceid']);
  const invoice = moves ? payableInvoice(books, body['invoiceid']) : books.invoices.get(row.invoiceId);
  const amount = isGiven(body['amount']) && invoice ? centsFor(books, invoice, body['amount']) : row.amount;
  const leftId = row.invoiceId;
  detach(books, row);
  if (invoice) Object.assign(row, { invoiceId: invoice.id, currency: invoice.currency });
  Object.assign(row, { type, date, note: textOf(body['note'], row.note) });
  if (isGiven(body['orderid'])) row.orderId = textOf(body['orderid'], null);
  allot(books, row, amount);
  attach(books, row);
  if (leftId !== row.invoiceId) touchInvoice(books, leftId);
}

/** Splits the posted amount over what the invoice has outstanding without this payment. */
function allot(books: Books, row: PaymentRow, posted: Cents): void {
  const invoice = books.invoices.get(row.invoiceId);
  if (invoice === undefined) return;
  const { applied, overpaid } = splitPayment(posted, stateOf(books, invoice).outstanding);
  row.amount = applied;
  if (overpaid <= 0n) return;
  row.overpaymentCreditId = createOverpaymentCredit(books, invoice, overpaid).id;
  row.overpaymentId = books.nextId('payment');
}

function attach(books: Books, { id, invoiceId }: PaymentRow): void {
  const ids = books.paymentsByInvoice.get(invoiceId) ?? new Set();
  books.paymentsByInvoice.set(invoiceId, ids.add(id));
}

function detach(books: Books, { id, invoiceId }: PaymentRow): void {
  books.paymentsByInvoice.get(invoiceId)?.delete(id);
}

function announce(books: Books, row: PaymentRow, event: string): void {
  touchInvoice(books, row.invoiceId);
  books.raise(event, row.id);
  if (books.switches.paymentRaisesInvoiceUpdate) books.raise('invoice.update', row.invoiceId);
}

function touchInvoice(books: Books, invoiceId: number): void {
  const invoice = books.invoices.get(invoiceId);
  if (invoice !== undefined) invoice.updatedMs = books.now();
}

function payableInvoice(books: Books, value: unknown): InvoiceRow {
  const place = { object: 'payment', field: 'invoiceid' };
  const invoice = books.invoices.get(idOf(value, place));
  if (invoice === undefined) throw unknownReference('invoice', 'invoiceid', value);
  if (invoice.visState === 1) throw deletedReference('invoice', 'invoiceid', value);
  if (invoice.base === 1 && books.switches.paymentOnDraft === 'reject') {
    throw badField({ ...place, value, message: 'A payment cannot be made on a draft invoice.' });
  }
  return invoice;
}

function centsFor(books: Books, invoice: InvoiceRow, value: unknown): Cents {
  const place = { object: 'payment', field: 'amount' };
  const { cents, code } = moneyOf(value, place);
  if (code === null || code === invoice.currency || books.switches.foreignCurrency === 'ignore') return cents;
  const message = `The payment's currency must be the invoice's, ${invoice.currency}.`;
  throw badField({ ...place, value: code, message });
}

function creditFor(books: Books, value: unknown, posted: Cents): number | null {
  if (!isGiven(value)) return null;
  const place = { object: 'payment', field: 'creditid' };
  const credit = creditNoteById(books, idOf(value, place));
  const { amount, used } = creditState(books, credit);
  if (credit.visState !== 1 && posted <= amount - used) return credit.id;
  throw badField({ ...place, value, message: 'The credit has less left than this payment.' });
}

function typeOf(value: unknown): string | null {
  if (!isGiven(value)) return null;
  if (typeof value === 'string' && TYPES.has(value)) return value;
  throw badField({
    object: 'payment',
    field: 'type',
    value,
    message: `Payment type must be one of: ${[...TYPES].join(', ')}.`,
  });
}
