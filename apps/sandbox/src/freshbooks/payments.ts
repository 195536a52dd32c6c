import { toMoney } from './amounts.ts';
import { clientWire } from './clients.ts';
import type { Books } from './books.ts';
import { amounts, days, equal, flag, like, oneOf, select, updatedDays } from './filters.ts';
import type { Filters, Orders } from './filters.ts';
import { invoiceWire } from './invoices.ts';
import { newYorkStamp } from './new-york.ts';
import { createPayment, paymentById, updatePayment } from './payment-write.ts';
import { pageOf } from './query.ts';
import { wirePage } from './resource.ts';
import type { Call, Resource, Wire } from './resource.ts';
import type { ClientRow, InvoiceRow, PaymentRow } from './rows.ts';

function invoiceOf(books: Books, row: PaymentRow): InvoiceRow | undefined {
  return books.invoices.get(row.invoiceId);
}

function clientOf(books: Books, row: PaymentRow): ClientRow | undefined {
  return books.clients.get(invoiceOf(books, row)?.customerId ?? 0);
}

/** The documented keys; there is none on `transactionid` or `orderid` (freshbooks.md 3.3). */
function filtersFor(books: Books): Filters<PaymentRow> {
  const client = (row: PaymentRow): number => clientOf(books, row)?.id ?? 0;
  const name = (row: PaymentRow): string => {
    const { fname, lname, organization } = clientOf(books, row)?.plain ?? {};
    return [fname, lname, organization].map(String).join(' ');
  };
  return {
    logid: equal((row) => row.id),
    logids: oneOf((row) => row.id),
    type: equal((row) => row.type),
    clientid: equal(client),
    clientids: oneOf(client),
    customerid: equal(client),
    customerids: oneOf(client),
    currency: equal((row) => row.currency),
    invoiceid: equal((row) => row.invoiceId),
    notes: like((row) => row.note),
    from_credit: flag((row) => row.fromCredit),
    client_name: like(name),
    number: equal((row) => invoiceOf(books, row)?.number ?? ''),
    payment_or_credit: (row, values) => (values.at(-1) === 'credit') === (row.creditId !== null),
    ...days('date', (row) => row.date),
    ...amounts((row) => row.amount),
    ...updatedDays((row) => row.updatedMs),
  };
}

const ORDERS: Orders<PaymentRow> = { date: (row) => row.date, id: (row) => row.id };

/** A payment as it goes on the wire. */
function paymentWire(call: Call, row: PaymentRow): Wire {
  const { books } = call;
  return {
    accounting_systemid: books.business.accountId,
    amount: toMoney(row.amount, row.currency),
    bulk_paymentid: row.bulkPaymentId,
    clientid: clientOf(books, row)?.id ?? null,
    creditid: row.creditId,
    date: row.date,
    from_credit: row.fromCredit,
    gateway: row.gateway,
    id: row.id,
    invoiceid: row.invoiceId,
    logid: row.id,
    note: row.note,
    orderid: row.orderId,
    overpaymentid: row.overpaymentId,
    send_client_notification: row.sendClientNotification,
    transactionid: null,
    type: row.type,
    updated: newYorkStamp(row.updatedMs),
    vis_state: row.visState,
    ...included(call, row),
  };
}

function included(call: Call, row: PaymentRow): Wire {
  const { books, query } = call;
  const invoice = query.include.has('invoice') ? invoiceOf(books, row) : undefined;
  const client = query.include.has('client') ? clientOf(books, row) : undefined;
  return {
    ...(invoice !== undefined && { invoice: invoiceWire(call, invoice) }),
    ...(client !== undefined && { client: clientWire(call, client) }),
  };
}

/** `payments/payments`. */
export const PAYMENTS: Resource = {
  path: 'payments/payments',
  scope: 'payments',
  one: 'payment',
  many: 'payments',
  list: (call) => {
    const filters = filtersFor(call.books);
    const rows = select(call.books.payments.values(), call.query, { filters, orders: ORDERS });
    return wirePage(pageOf(rows, call.query), (row) => paymentWire(call, row));
  },
  read: (call, id) => paymentWire(call, paymentById(call.books, id)),
  create: (call, body) => paymentWire(call, createPayment(call.books, body)),
  update: (call, id, body) => paymentWire(call, updatePayment(call.books, id, body)),
};
