import { isGiven, pick } from './body.ts';
import type { Body } from './body.ts';
import { newRow, raiseDeletion } from './books.ts';
import type { Books } from './books.ts';
import { clientBalances } from './client-balances.ts';
import { missingField, unknownObject } from './failures.ts';
import { equal, like, oneOf, select, updatedDays } from './filters.ts';
import type { Filters, Orders } from './filters.ts';
import { newYorkStamp, utcStamp } from './new-york.ts';
import { pageOf } from './query.ts';
import { wirePage } from './resource.ts';
import type { Call, Resource, Wire } from './resource.ts';
import type { ClientRow } from './rows.ts';
import { phaseOf, setVisState, visStateOf } from './vis-state.ts';

/** Writable wire fields and what they are when nothing was sent (freshbooks.md 3.1). */
const WRITABLE: Wire = {
  allow_email_include_pdf: false,
  allow_late_fees: true,
  allow_late_notifications: true,
  bus_phone: '',
  company_industry: null,
  company_size: null,
  currency_code: null,
  direct_link_token: null,
  email: '',
  fax: '',
  fname: '',
  has_retainer: null,
  home_phone: null,
  language: 'en',
  level: 0,
  lname: '',
  mob_phone: '',
  note: null,
  notified: false,
  organization: '',
  p_city: '',
  p_code: '',
  p_country: '',
  p_province: '',
  p_street: '',
  p_street2: '',
  pref_email: true,
  pref_gmail: false,
  retainer_id: null,
  s_city: '',
  s_code: '',
  s_country: '',
  s_province: '',
  s_street: '',
  s_street2: '',
  username: null,
  vat_name: null,
  vat_number: null,
};

const text = (name: string) => {
  return (row: ClientRow): string => (typeof row.plain[name] === 'string' ? row.plain[name] : '');
};

/** The keys that were found to work; `fname`, `lname` and `organization` are not among them. */
const FILTERS: Filters<ClientRow> = {
  email: equal(text('email')),
  userid: equal((row) => row.id),
  userids: oneOf((row) => row.id),
  username: equal(text('username')),
  email_like: like(text('email')),
  fname_like: like(text('fname')),
  lname_like: like(text('lname')),
  organization_like: like(text('organization')),
  ...updatedDays((row) => row.updatedMs),
};

const ORDERS: Orders<ClientRow> = {
  organization_name: text('organization'),
  fullname: (row) => `${text('fname')(row)} ${text('lname')(row)}`,
  email: text('email'),
  updated: (row) => row.updatedMs,
};

/** Finds a client, deleted ones too. */
function clientById(books: Books, id: number): ClientRow {
  const row = books.clients.get(id);
  if (row === undefined) throw unknownObject('client', 'userid', String(id));
  return row;
}

/** Creates a client; an e-mail, a name or an organisation is needed, an e-mail may be shared. */
export function createClient(books: Books, body: Body): ClientRow {
  if (!['email', 'fname', 'lname', 'organization'].some((name) => isGiven(body[name]))) {
    throw missingField('client', 'email');
  }
  const { uuid, ...base } = newRow(books, 'client');
  const username = `user${base.id}`;
  const plain = {
    ...WRITABLE,
    currency_code: books.business.currency,
    username,
    ...pick(body, Object.keys(WRITABLE)),
  };
  const row: ClientRow = { ...base, uuid, plain };
  books.clients.set(row.id, row);
  books.raise('client.create', row.id);
  return row;
}

/** Changes a client by the phases of a PUT. */
export function updateClient(books: Books, id: number, body: Body): ClientRow {
  const row = clientById(books, id);
  const phase = phaseOf(body);
  if (phase === 'ext_vis_state') return row;
  if (phase === 'vis_state' && setVisState(row, visStateOf('client', body['vis_state']), books.now())) {
    raiseDeletion(books, 'client', id);
    return row;
  }
  if (phase !== 'vis_state') row.plain = { ...row.plain, ...pick(body, Object.keys(WRITABLE)) };
  row.updatedMs = books.now();
  books.raise('client.update', id);
  return row;
}

/** A client as it goes on the wire, with the balances asked for. */
export function clientWire({ books, query }: Call, row: ClientRow): Wire {
  return {
    ...row.plain,
    accounting_systemid: books.business.accountId,
    id: row.id,
    userid: row.id,
    last_activity: null,
    last_login: null,
    num_logins: 0,
    role: 'client',
    signup_date: utcStamp(row.createdMs),
    statement_token: null,
    subdomain: null,
    updated: newYorkStamp(row.updatedMs),
    uuid: row.uuid,
    vis_state: row.visState,
    ...clientBalances(books, row.id, query.include),
  };
}

/** `users/clients`. */
export const CLIENTS: Resource = {
  path: 'users/clients',
  scope: 'clients',
  one: 'client',
  many: 'clients',
  list: (call) => {
    const rows = select(call.books.clients.values(), call.query, { filters: FILTERS, orders: ORDERS });
    return wirePage(pageOf(rows, call.query), (row) => clientWire(call, row));
  },
  read: (call, id) => clientWire(call, clientById(call.books, id)),
  create: (call, body) => clientWire(call, createClient(call.books, body)),
  update: (call, id, body) => clientWire(call, updateClient(call.books, id, body)),
};
