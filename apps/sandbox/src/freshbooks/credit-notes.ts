import { toMoney } from './amounts.ts';
import type { Cents } from './amounts.ts';
import { dayOf, idOf, isGiven, pick, requireFields, textOf } from './body.ts';
import type { Body } from './body.ts';
import { newRow, raiseDeletion } from './books.ts';
import type { Books } from './books.ts';
import { badField, deletedReference, unknownObject, unknownReference } from './failures.ts';
import { days, equal, oneOf, select, updatedDays } from './filters.ts';
import type { Filters } from './filters.ts';
import { invoiceTotals } from './invoice-totals.ts';
import { lineWire, priced, readLines } from './lines.ts';
import { newYorkDay } from './new-york.ts';
import { pageOf } from './query.ts';
import { wirePage } from './resource.ts';
import type { Call, Resource, Wire } from './resource.ts';
import type { CreditNoteRow, InvoiceRow } from './rows.ts';
import { phaseOf, setVisState, visStateOf } from './vis-state.ts';

const PLAIN: Wire = {
  city: '',
  code: '',
  country: '',
  ext_archive: 0,
  fname: '',
  language: 'en',
  last_order_status: null,
  lname: '',
  notes: '',
  organization: '',
  province: '',
  street: '',
  street2: '',
  template: 'clean-grouped',
  terms: '',
  vat_name: '',
  vat_number: '',
};

/** `create_date_*` is not among the keys that work. */
const FILTERS: Filters<CreditNoteRow> = {
  clientid: equal((row) => row.clientId),
  creditid: equal((row) => row.id),
  creditids: oneOf((row) => row.id),
  ...days('date', (row) => row.createDate),
  ...updatedDays((row) => row.updatedMs),
};

/** Finds a credit note, deleted ones too. */
export function creditNoteById(books: Books, id: number): CreditNoteRow {
  const row = books.creditNotes.get(id);
  if (row === undefined) throw unknownObject('credit_note', 'creditid', String(id));
  return row;
}

/** What a credit note is worth and how much of it was used on invoices, in cents. */
export function creditState(
  books: Books,
  row: CreditNoteRow,
): { readonly amount: Cents; readonly used: Cents } {
  const { amount } = invoiceTotals(row.lines.map(priced), { unscaled: 0n, scale: 0 });
  const uses = [...books.payments.values()].filter(
    ({ creditId, visState }) => creditId === row.id && visState !== 1,
  );
  return { amount, used: uses.reduce((sum, payment) => sum + payment.amount, 0n) };
}

/** The credit FreshBooks makes of the part of a payment its invoice had no room for. */
export function createOverpaymentCredit(books: Books, invoice: InvoiceRow, cents: Cents): CreditNoteRow {
  const { amount } = toMoney(cents, invoice.currency);
  const row: CreditNoteRow = {
    ...newRow(books, 'creditNote'),
    clientId: invoice.customerId,
    number: '',
    currency: invoice.currency,
    createDate: newYorkDay(books.now()),
    creditType: 'overpayment',
    description: `Overpayment: invoice ${invoice.number}`,
    lines: readLines('credit_note', [{ name: 'Overpayment', unit_cost: { amount } }], books.now()),
    plain: { ...PLAIN },
  };
  row.number = `CN${row.id}`;
  books.creditNotes.set(row.id, row);
  books.raise('credit_note.create', row.id);
  return row;
}

function createCreditNote(books: Books, body: Body): CreditNoteRow {
  requireFields('credit_note', body, ['clientid', 'create_date']);
  const clientId = clientFor(books, body['clientid']);
  const base = newRow(books, 'creditNote');
  const row: CreditNoteRow = {
    ...base,
    clientId,
    number: textOf(body['credit_number'], `CN${base.id}`),
    currency: textOf(body['currency_code'], books.business.currency),
    createDate: dayOf(body['create_date'], { object: 'credit_note', field: 'create_date' }),
    creditType: creditTypeOf(body['credit_type']),
    description: textOf(body['description'], ''),
    lines: readLines('credit_note', body['lines'], books.now()),
    plain: { ...PLAIN, ...pick(body, Object.keys(PLAIN)) },
  };
  books.creditNotes.set(row.id, row);
  books.raise('credit_note.create', row.id);
  return row;
}

function updateCreditNote(books: Books, id: number, body: Body): CreditNoteRow {
  const row = creditNoteById(books, id);
  const phase = phaseOf(body);
  if (phase === 'vis_state' && setVisState(row, visStateOf('credit_note', body['vis_state']), books.now())) {
    raiseDeletion(books, 'credit_note', id);
    return row;
  }
  if (phase === 'fields') editFields(books, row, body);
  row.updatedMs = books.now();
  books.raise('credit_note.update', id);
  return row;
}

function editFields(books: Books, row: CreditNoteRow, body: Body): void {
  const edited = { ...row, plain: { ...row.plain, ...pick(body, Object.keys(PLAIN)) } };
  if (isGiven(body['clientid'])) edited.clientId = clientFor(books, body['clientid']);
  if (isGiven(body['credit_type'])) edited.creditType = creditTypeOf(body['credit_type']);
  if (body['lines'] !== undefined) edited.lines = readLines('credit_note', body['lines'], books.now());
  if (isGiven(body['create_date'])) {
    edited.createDate = dayOf(body['create_date'], { object: 'credit_note', field: 'create_date' });
  }
  edited.number = textOf(body['credit_number'], row.number);
  edited.currency = textOf(body['currency_code'], row.currency);
  edited.description = textOf(body['description'], row.description);
  Object.assign(row, edited);
}

function clientFor(books: Books, value: unknown): number {
  const client = books.clients.get(idOf(value, { object: 'credit_note', field: 'clientid' }));
  if (client === undefined) throw unknownReference('client', 'clientid', value);
  if (client.visState === 1) throw deletedReference('client', 'clientid', value);
  return client.id;
}

/** `overpayment` is made by FreshBooks alone. */
function creditTypeOf(value: unknown): string {
  if (!isGiven(value)) return 'goodwill';
  if (value === 'goodwill' || value === 'prepayment') return value;
  const message = "Credit type must be 'goodwill' or 'prepayment'.";
  throw badField({ object: 'credit_note', field: 'credit_type', value, message });
}

function creditNoteWire({ books, query }: Call, row: CreditNoteRow): Wire {
  const { amount, used } = creditState(books, row);
  return {
    ...row.plain,
    accounting_systemid: books.business.accountId,
    amount: toMoney(amount, row.currency),
    clientid: row.clientId,
    create_date: row.createDate,
    credit_number: row.number,
    credit_type: row.creditType,
    creditid: row.id,
    currency_code: row.currency,
    current_organization: books.clients.get(row.clientId)?.plain['organization'] ?? '',
    description: row.description,
    display_status: 'created',
    dispute_status: null,
    id: row.id,
    paid: toMoney(used, row.currency),
    payment_status: used <= 0n ? 'unpaid' : used < amount ? 'partial' : 'paid',
    payment_type: null,
    sentid: 1,
    status: 'created',
    vis_state: row.visState,
    ...(query.include.has('lines') && {
      lines: row.lines.map((line) => lineWire(line, row.currency, { creditid: row.id })),
    }),
  };
}

/** `credit_notes/credit_notes`; the body's key is the singular (freshbooks.md 3.4). */
export const CREDIT_NOTES: Resource = {
  path: 'credit_notes/credit_notes',
  scope: 'credit_notes',
  one: 'credit_note',
  many: 'credit_notes',
  list: (call) => {
    const rows = select(call.books.creditNotes.values(), call.query, { filters: FILTERS });
    return wirePage(pageOf(rows, call.query), (row) => creditNoteWire(call, row));
  },
  read: (call, id) => creditNoteWire(call, creditNoteById(call.books, id)),
  create: (call, body) => creditNoteWire(call, createCreditNote(call.books, body)),
  update: (call, id, body) => creditNoteWire(call, updateCreditNote(call.books, id, body)),
};
