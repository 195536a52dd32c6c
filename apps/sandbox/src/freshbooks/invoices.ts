import { formatCents, toMoney } from './amounts.ts';
import type { Decimal } from './amounts.ts';
import type { Books } from './books.ts';
import { equal, days, flag, like, oneOf, select, updatedDays } from './filters.ts';
import type { Filters, Orders } from './filters.ts';
import { stateOf } from './invoice-state.ts';
import { createInvoice, invoiceById, updateInvoice } from './invoice-write.ts';
import { lineWire } from './lines.ts';
import { newYorkStamp } from './new-york.ts';
import { pageOf } from './query.ts';
import { wirePage } from './resource.ts';
import type { Call, Resource, Wire } from './resource.ts';
import type { InvoiceRow } from './rows.ts';

/** The keys that were found to work; `create_date_*`, `status`, `statusid` and `payment_status` are not among them. */
function filtersFor(books: Books): Filters<InvoiceRow> {
  return {
    customerid: equal((row) => row.customerId),
    customerids: oneOf((row) => row.customerId),
    invoiceid: equal((row) => row.id),
    invoiceids: oneOf((row) => row.id),
    invoice_number: equal((row) => row.number),
    invoice_number_like: like((row) => row.number),
    v3_status: equal((row) => stateOf(books, row).standing.v3_status),
    paid: flag((row) => stateOf(books, row).outstanding <= 0n),
    outstanding: flag((row) => stateOf(books, row).outstanding > 0n),
    ...days('date', (row) => row.createDate),
    ...updatedDays((row) => row.updatedMs),
  };
}

const ORDERS: Orders<InvoiceRow> = { invoice_date: (row) => row.createDate };

/** An invoice as it goes on the wire: every key, `lines` only when asked for. */
export function invoiceWire({ books, query }: Call, row: InvoiceRow): Wire {
  const { include } = query;
  return {
    ...row.plain,
    ...identityWire(books, row),
    ...sumsWire(books, row),
    basecampid: 0,
    create_date: row.createDate,
    created_at: newYorkStamp(row.createdMs),
    currency_code: row.currency,
    customerid: row.customerId,
    discount_value: decimalText(row.discount),
    due_offset_days: row.dueOffsetDays,
    fulfillment_date: row.plain['fulfillment_date'] ?? null,
    gmail: false,
    invoice_number: row.number,
    ownerid: 1,
    sentid: 1,
    updated: newYorkStamp(row.updatedMs),
    version: `${newYorkStamp(row.updatedMs)}.000000`,
    vis_state: row.visState,
    ...(include.has('lines') && {
      lines: row.lines.map((line) => lineWire(line, row.currency, { invoiceid: row.id })),
    }),
    ...(include.has('owner') && { owner: ownerWire(books) }),
  };
}

function identityWire({ business, clients }: Books, row: InvoiceRow): Wire {
  return {
    accountid: business.accountId,
    accounting_systemid: business.accountId,
    current_organization: clients.get(row.customerId)?.plain['organization'] ?? '',
    id: row.id,
    invoiceid: row.id,
    uuid: row.uuid,
  };
}

function sumsWire(books: Books, row: InvoiceRow): Wire {
  const state = stateOf(books, row);
  const disputed = row.base === 0 ? 'disputed' : null;
  return {
    amount: toMoney(state.amount, row.currency),
    date_paid: state.datePaid,
    discount_total: toMoney(state.discountTotal, row.currency),
    dispute_status: disputed,
    due_date: state.dueDate,
    // 26 decimals: the one amount that was seen with more than two.
    net_paid_amount: { amount: `${formatCents(state.paid)}${'0'.repeat(24)}`, code: row.currency },
    outstanding: toMoney(state.outstanding, row.currency),
    paid: toMoney(state.paid, row.currency),
    ...state.standing,
  };
}

function ownerWire({ staff }: Books): Wire {
  const owner = staff.get(1);
  return {
    email: owner?.email ?? '',
    fname: owner?.firstName ?? '',
    lname: owner?.lastName ?? '',
    userid: 1,
    id: 1,
  };
}

function decimalText({ unscaled, scale }: Decimal): string {
  const digits = unscaled.toString().padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** `invoices/invoices`. */
export const INVOICES: Resource = {
  path: 'invoices/invoices',
  scope: 'invoices',
  one: 'invoice',
  many: 'invoices',
  list: (call) => {
    const filters = filtersFor(call.books);
    const rows = select(call.books.invoices.values(), call.query, { filters, orders: ORDERS });
    return wirePage(pageOf(rows, call.query), (row) => invoiceWire(call, row));
  },
  read: (call, id) => invoiceWire(call, invoiceById(call.books, id)),
  create: (call, body) => invoiceWire(call, createInvoice(call.books, body)),
  update: (call, id, body) => invoiceWire(call, updateInvoice(call.books, id, body)),
  remove: (call, id) => void updateInvoice(call.books, id, { vis_state: 1 }),
};
