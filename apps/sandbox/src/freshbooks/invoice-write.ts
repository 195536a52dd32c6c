import { decimalOf, dayOf, idOf, isBody, isGiven, pick, requireFields, textOf } from './body.ts';
import type { Body } from './body.ts';
import { newRow, raiseDeletion } from './books.ts';
import type { Books } from './books.ts';
import { Refusal, badField, deletedReference, unknownObject, unknownReference } from './failures.ts';
import { checkNumber, claimNumber } from './invoice-number.ts';
import type { BaseStatus } from './invoice-standing.ts';
import { readLines } from './lines.ts';
import { newYorkDay } from './new-york.ts';
import type { ClientRow, InvoiceRow } from './rows.ts';
import { phaseOf, setVisState, visStateOf } from './vis-state.ts';

/** Writable wire fields that are kept as they are sent, and what they are when nothing was sent (freshbooks.md 3.2). */
const PLAIN: Readonly<Record<string, unknown>> = {
  address: '',
  auto_bill: false,
  autobill_status: null,
  city: '',
  code: '',
  country: '',
  deposit_amount: null,
  deposit_percentage: null,
  description: '',
  discount_description: null,
  estimateid: 0,
  ext_archive: 0,
  fname: '',
  fulfillment_date: null,
  generation_date: null,
  language: 'en',
  last_order_status: null,
  lname: '',
  notes: '',
  organization: '',
  parent: 0,
  payment_details: '',
  po_number: null,
  province: '',
  return_uri: null,
  show_attachments: true,
  street: '',
  street2: '',
  template: 'clean-grouped',
  terms: '',
  vat_name: '',
  vat_number: '',
};

const NO_DISCOUNT = { unscaled: 0n, scale: 0 };

/** Finds an invoice, deleted ones too. */
export function invoiceById(books: Books, id: number): InvoiceRow {
  const row = books.invoices.get(id);
  if (row === undefined) throw unknownObject('invoice', 'invoiceid', String(id));
  return row;
}

/** Creates an invoice: a draft unless a status was sent. */
export function createInvoice(books: Books, body: Body): InvoiceRow {
  refuseReadOnly(body);
  requireFields('invoice', body, ['customerid', 'create_date']);
  const client = clientFor(books, body['customerid']);
  const { uuid, ...base } = newRow(books, 'invoice');
  const row: InvoiceRow = {
    ...base,
    uuid,
    customerId: client.id,
    number: claimNumber(books, body),
    currency: textOf(body['currency_code'], currencyOf(books, client)),
    createDate: dayOf(body['create_date'], { object: 'invoice', field: 'create_date' }),
    dueOffsetDays: 0,
    discount: NO_DISCOUNT,
    lines: [],
    base: 1,
    plain: { ...PLAIN, ...addressOf(client) },
  };
  applyFields(books, row, body);
  books.invoices.set(row.id, row);
  books.raise('invoice.create', row.id);
  return row;
}

/** Changes an invoice by the phases of a PUT. */
export function updateInvoice(books: Books, id: number, body: Body): InvoiceRow {
  const row = invoiceById(books, id);
  const phase = phaseOf(body);
  if (phase === 'ext_vis_state') return row;
  if (phase === 'vis_state') return changeVisibility(books, row, body['vis_state']);
  if (row.visState === 1) throw deletedReference('invoice', 'invoiceid', id);
  if (phase === 'action') act(books, row, body);
  else editFields(books, row, body);
  row.updatedMs = books.now();
  books.raise('invoice.update', id);
  if (phase === 'action' && body['action_email'] === true) books.raise('invoice.sendByEmail', id);
  return row;
}

/** Deletes (1), archives (2) or brings back (0). Its payments stay as they are. */
function changeVisibility(books: Books, row: InvoiceRow, value: unknown): InvoiceRow {
  if (setVisState(row, visStateOf('invoice', value), books.now())) raiseDeletion(books, 'invoice', row.id);
  else books.raise('invoice.update', row.id);
  return row;
}

function act(books: Books, row: InvoiceRow, body: Body): void {
  markSent(books, row);
  if (body['action_email'] !== true) return;
  const given = body['email_recipients'];
  const custom = body['invoice_customized_email'];
  books.emails.push({
    invoiceId: row.id,
    recipients: Array.isArray(given) ? given.map(String) : [],
    subject: isBody(custom) ? textOf(custom['subject'], '') : '',
  });
}

/** Lifts a draft to sent and sets its fulfilment date; other states stay. */
export function markSent(books: Books, row: InvoiceRow): void {
  if (row.base !== 1) return;
  row.base = 2;
  row.plain = { ...row.plain, fulfillment_date: newYorkDay(books.now()) };
}

/** All or nothing: a refused field leaves the invoice as it was. */
function editFields(books: Books, row: InvoiceRow, body: Body): void {
  refuseReadOnly(body);
  const edited = { ...row };
  if (isGiven(body['customerid'])) edited.customerId = clientFor(books, body['customerid']).id;
  if (isGiven(body['invoice_number']))
    edited.number = checkNumber(books, textOf(body['invoice_number'], ''), row.id);
  if (isGiven(body['currency_code'])) edited.currency = textOf(body['currency_code'], row.currency);
  if (isGiven(body['create_date'])) {
    edited.createDate = dayOf(body['create_date'], { object: 'invoice', field: 'create_date' });
  }
  applyFields(books, edited, body);
  Object.assign(row, edited);
}

function applyFields(books: Books, row: InvoiceRow, body: Body): void {
  const place = { object: 'invoice', field: 'discount_value' };
  const offset = body['due_offset_days'];
  if (isGiven(offset)) row.dueOffsetDays = idOf(offset, { object: 'invoice', field: 'due_offset_days' });
  if (body['lines'] !== undefined) row.lines = readLines('invoice', body['lines'], books.now());
  row.discount = decimalOf(body['discount_value'], place, row.discount);
  row.plain = { ...row.plain, ...pick(body, Object.keys(PLAIN)) };
  if (body['status'] === undefined) return;
  const status = writableStatus(body['status']);
  if (status === 2) markSent(books, row);
  row.base = status;
}

function writableStatus(value: unknown): BaseStatus {
  const place = { object: 'invoice', field: 'status', value };
  if (typeof value !== 'number') {
    throw badField({ ...place, errno: 1015, message: "The field 'status' must be a number." });
  }
  if (value === 0 || value === 1 || value === 2 || value === 3) return value;
  throw badField({ ...place, message: "Status must be one of 'draft', 'sent', 'viewed' or 'disputed'." });
}

/** `due_date` follows from `create_date` and `due_offset_days`: writing it is 403, errno 1038. */
function refuseReadOnly(body: Body): void {
  if (body['due_date'] === undefined) return;
  const message = "The field 'due_date' cannot be written.";
  throw new Refusal(403, { errno: 1038, message, field: 'due_date', object: 'invoice', value: null });
}

function clientFor(books: Books, value: unknown): ClientRow {
  const client = books.clients.get(idOf(value, { object: 'invoice', field: 'customerid' }));
  if (client === undefined) throw unknownReference('client', 'customerid', value);
  if (client.visState === 1) throw deletedReference('client', 'customerid', value);
  return client;
}

function currencyOf(books: Books, client: ClientRow): string {
  return textOf(client.plain['currency_code'], books.business.currency);
}

function addressOf({ plain }: ClientRow): Record<string, unknown> {
  return {
    city: plain['p_city'],
    code: plain['p_code'],
    country: plain['p_country'],
    fname: plain['fname'],
    language: plain['language'],
    lname: plain['lname'],
    organization: plain['organization'],
    province: plain['p_province'],
    street: plain['p_street'],
    street2: plain['p_street2'],
  };
}
