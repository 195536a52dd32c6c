import { usualFee } from './amounts.ts';
import type { Minor } from './amounts.ts';
import { addCapture } from './capture-course.ts';
import { invoiceV1Wire, paidOf } from './invoice-wire.ts';
import { unprocessable } from './refusal.ts';
import type { InvoiceRow, Payer } from './rows.ts';
import { addSale } from './sale-course.ts';
import type { Wire } from './wire-tools.ts';
import type { World } from './world.ts';

/** Layouts of the event's resource that were seen: nested, flat, and empty by a mistake (paypal.md 2.9). */
export type InvoiceLayout = 'nested' | 'flat' | 'null';

export interface InvoicePaid {
  readonly amount: Minor;
  readonly fee?: Minor;
  readonly layout: InvoiceLayout;
  /** What the payment is: a capture of v2 or a sale of v1. */
  readonly as: 'capture' | 'sale';
}

export function addInvoice(
  world: World,
  wanted: Pick<InvoiceRow, 'number' | 'currency' | 'amount' | 'payer'>,
): InvoiceRow {
  const now = world.now();
  const row: InvoiceRow = {
    ...wanted,
    id: world.ids.invoice(),
    status: 'SENT',
    payments: [],
    createdMs: now,
    updatedMs: now,
  };
  world.invoices.set(row.id, row);
  return row;
}

/** A payment of an invoice on PayPal's page. Gives the transaction id of the money. */
export function payInvoice(world: World, row: InvoiceRow, paid: InvoicePaid): string {
  if (paidOf(row) + paid.amount > row.amount)
    throw unprocessable('PAYMENT_AMOUNT_EXCEEDS_DUE_AMOUNT', { value: row.id });
  const pay = (): string => takeMoney(world, row, paid);
  const transactionId = world.settings.invoicePaymentRaisesMoneyEvent ? pay() : world.desk.under('none', pay);
  row.updatedMs = world.now();
  row.payments.push({ transactionId, amount: paid.amount, atMs: row.updatedMs });
  row.status = paidOf(row) === row.amount ? 'PAID' : 'PARTIALLY_PAID';
  world.desk.raise({
    type: 'INVOICING.INVOICE.PAID',
    resourceType: 'invoices',
    version: 'v1',
    // Wrong in the simulator's sample, so nobody should read it (paypal.md 7.14).
    summary: paid.layout === 'flat' ? 'An invoice was created' : 'An invoice was paid',
    resource: eventResource(row, world, paid.layout),
    transactionIds: [transactionId],
  });
  return transactionId;
}

function eventResource(row: InvoiceRow, world: World, layout: InvoiceLayout): Wire {
  if (layout === 'null') return { invoice: null };
  const invoice = invoiceV1Wire(row, world.payee);
  return layout === 'flat' ? invoice : { invoice };
}

function takeMoney(world: World, row: InvoiceRow, { amount, fee, as }: InvoicePaid): string {
  const { currency, number, payer } = row;
  const money = { currency, amount, payer, fee: fee ?? usualFee(amount, currency) };
  if (as === 'sale') return addSale(world, { ...money, subscription: null, invoiceNumber: number }).id;
  return addCapture(world, { ...money, ...PLAIN_CAPTURE, invoiceId: number, payee: world.payee }).id;
}

const PLAIN_CAPTURE = {
  version: 'v2',
  status: 'COMPLETED',
  reason: null,
  platformFee: 0,
  settlement: null,
  customId: null,
  orderId: null,
  authorizationId: null,
  parentPayment: null,
  source: 'paypal',
  finalCapture: true,
  valueDecimals: null,
} as const;

/** A buyer whose name nobody needs to know. */
export function payerOf(world: World, email: string | null, name = 'Sam Sample'): Payer {
  const [givenName = 'Sam', ...rest] = name.split(' ');
  const surname = rest.join(' ') || 'Sample';
  return { email, accountId: world.ids.account(), givenName, surname, countryCode: 'GB' };
}
