import { money, writeAmount } from './amounts.ts';
import type { Minor } from './amounts.ts';
import type { InvoicePayment, InvoiceRow, Payee } from './rows.ts';
import { seconds, spoken } from './times.ts';
import { given, links } from './wire-tools.ts';
import type { Wire } from './wire-tools.ts';

/** `GET /v2/invoicing/invoices/{id}` (paypal.md 5.5). */
export function invoiceWire(row: InvoiceRow, payee: Payee): Wire {
  const { currency, payer } = row;
  const name = { given_name: payer.givenName, surname: payer.surname };
  return {
    id: row.id,
    status: row.status,
    detail: {
      invoice_number: row.number,
      invoice_date: dayOf(row.createdMs),
      currency_code: currency,
      payment_term: { term_type: 'DUE_ON_RECEIPT', due_date: dayOf(row.createdMs) },
      metadata: { create_time: seconds(row.createdMs), last_update_time: seconds(row.updatedMs) },
    },
    invoicer: { email_address: payee.email },
    primary_recipients: [{ billing_info: { name, email_address: given(payer.email) } }],
    amount: { ...money(row.amount, currency), breakdown: { item_total: money(row.amount, currency) } },
    due_amount: money(row.amount - paidOf(row), currency),
    payments: {
      paid_amount: money(paidOf(row), currency),
      transactions: row.payments.map((payment) => paymentWire(payment, currency)),
    },
    links: links({ rel: 'self', path: `/v2/invoicing/invoices/${row.id}` }),
  };
}

/** What was paid of an invoice. */
export function paidOf({ payments }: InvoiceRow): Minor {
  return payments.reduce((sum, { amount }) => sum + amount, 0);
}

function paymentWire({ transactionId, amount, atMs }: InvoicePayment, currency: string): Wire {
  return {
    type: 'PAYPAL',
    payment_id: transactionId,
    payment_date: dayOf(atMs),
    method: 'PAYPAL',
    amount: money(amount, currency),
  };
}

/** The invoice of v1 inside INVOICING.INVOICE.PAID; its dates are not ISO (paypal.md 2.9). */
export function invoiceV1Wire(row: InvoiceRow, payee: Payee): Wire {
  const { currency, payer } = row;
  const amount = (minor: Minor): Wire => ({ currency, value: writeAmount(minor, currency) });
  return {
    id: row.id,
    number: row.number,
    template_id: 'PayPal system template',
    status: row.status,
    merchant_info: { email: payee.email },
    billing_info: [{ email: given(payer.email), first_name: payer.givenName, last_name: payer.surname }],
    items: [{ name: 'Work', quantity: 1, unit_price: amount(row.amount) }],
    invoice_date: spoken(row.createdMs).replace(/ \S+ /, ' '),
    total_amount: amount(row.amount),
    payments: row.payments.map((payment) => ({
      type: 'PAYPAL',
      transaction_id: payment.transactionId,
      transaction_type: 'SALE',
      method: 'PAYPAL',
      date: spoken(payment.atMs),
      amount: amount(payment.amount),
    })),
    paid_amount: { paypal: amount(paidOf(row)) },
    metadata: { created_date: spoken(row.createdMs), last_updated_date: spoken(row.updatedMs) },
  };
}

function dayOf(atMs: number): string {
  return seconds(atMs).slice(0, 10);
}
