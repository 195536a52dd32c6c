import type { BookClient, BookPayment, Invoice } from '@mlc/core';
import type { WireClient, WireInvoice, WirePayment } from './schema.ts';

/**
 * FreshBooks' four status fields as one (freshbooks.md 3.2). `v3_status` is what people see and wins over the numeric
 * `status`, which stays behind; `date_paid` is set by a partial payment already and is never looked at. When money and
 * words disagree about "paid", either is enough: not collecting is the mistake that can be mended.
 */
function standingOf(wire: WireInvoice): Invoice['standing'] {
  const v3 = wire.v3_status ?? null;
  if (v3 === null ? wire.status === 1 : isDraft(v3, wire.status ?? null)) return 'draft';
  if (isDisputed(wire, v3)) return 'disputed';
  const saidPaid = wire.payment_status === 'paid' || wire.payment_status === 'auto-paid';
  return wire.outstanding.minor <= 0n || saidPaid ? 'paid' : 'open';
}

/** `created` is how an invoice begins: a draft unless the numeric status says that it went out. */
function isDraft(v3: string, status: number | null): boolean {
  return v3 === 'draft' || (v3 === 'created' && (status === null || status === 1));
}

function isDisputed(wire: WireInvoice, v3: string | null): boolean {
  if (v3 === 'disputed' || wire.dispute_status === 'disputed') return true;
  return wire.status === 0 && v3 !== 'resolved' && wire.dispute_status !== 'resolved';
}

/** An invoice in our words. */
export function toInvoice(wire: WireInvoice): Invoice {
  return {
    id: wire.id,
    number: wire.invoice_number,
    clientId: wire.customerid,
    ...namedOn(wire),
    amount: wire.amount,
    outstanding: wire.outstanding,
    createdDate: wire.create_date,
    dueDate: wire.due_date,
    standing: standingOf(wire),
    visibility: wire.vis_state,
    // A failed automatic charge that FreshBooks will try again counts as well (freshbooks.md 3.2, auto-bill).
    autoBill: wire.auto_bill || wire.autobill_status === 'retry' || wire.v3_status === 'retry',
    gatewayOrderPending: wire.last_order_status === 'pending' || wire.v3_status === 'pending',
  };
}

function namedOn({
  current_organization: now,
  organization,
  fname,
  lname,
}: WireInvoice): Pick<Invoice, 'clientName'> {
  const person = [fname, lname].filter((part) => part !== null).join(' ');
  const clientName = now ?? organization ?? person;
  return clientName === '' ? {} : { clientName };
}

/** A client in our words. */
export function toClient(wire: WireClient): BookClient {
  const person = [wire.fname, wire.lname].filter((part) => part !== null).join(' ');
  const fallback = person === '' ? (wire.email ?? `client ${wire.id}`) : person;
  return {
    id: wire.id,
    email: wire.email,
    name: wire.organization ?? fallback,
    firstName: wire.fname,
    lastName: wire.lname,
    organization: wire.organization,
    visibility: wire.vis_state,
  };
}

/** A payment in our words; the amount is what FreshBooks kept of it on the invoice. */
export function toPayment(wire: WirePayment): BookPayment {
  return {
    id: wire.id,
    invoiceId: wire.invoiceid,
    clientId: wire.clientid,
    amount: wire.amount,
    date: wire.date,
    type: wire.type,
    note: wire.note,
    gateway: wire.gateway,
    orderId: wire.orderid,
    transactionId: wire.transactionid,
    deleted: wire.vis_state === 'deleted',
    overpaymentId: wire.overpaymentid,
  };
}
