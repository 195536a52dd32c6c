import { bookPaymentOf, clientOf, invoiceOf } from './shapes.ts';
import type { Answer, Call, World } from './world.ts';

const PATH = /^\/accounting\/account\/[^/]+\/[a-z]+\/(\w+)(?:\/(\d+))?$/;

function one(name: string, object: unknown): Answer {
  return [200, { response: { result: { [name]: object } } }];
}

function list(name: string, rows: readonly unknown[]): Answer {
  const paging = { page: 1, pages: rows.length === 0 ? 0 : 1, per_page: 100, total: rows.length };
  return [200, { response: { result: { [name]: rows, ...paging } } }];
}

function created(world: World, body: string): Answer {
  const { payment } = JSON.parse(body) as {
    payment: { invoiceid: number; amount: { amount: string }; date: string; type: string; note: string };
  };
  const { invoiceid, date, type, note } = payment;
  const of = world.bookPayments.get(String(invoiceid)) ?? [];
  world.bookPayments.set(String(invoiceid), of);
  const made = {
    id: 9_000_000 + invoiceid * 10 + of.length,
    invoiceid,
    minor: Math.round(Number(payment.amount.amount) * 100),
    date,
    type,
    note,
  };
  of.push(made);
  return one('payment', bookPaymentOf(made));
}

function invoices(world: World, { query }: Call): Answer {
  const number = query.get('search[invoice_number]') ?? query.get('search[invoice_number_like]');
  const id = /^INV-(\d+)$/i.exec(number ?? '')?.[1] ?? query.get('search[customerid]');
  return list('invoices', id === null ? [] : [invoiceOf(id, world.paidMinor(id))]);
}

function payments(world: World, { query }: Call): Answer {
  const of = query.get('search[invoiceid]') ?? query.get('search[clientid]') ?? '';
  return list('payments', (world.bookPayments.get(of) ?? []).map(bookPaymentOf));
}

/** The accounting API as far as the three flows ask it. */
export function freshbooks(world: World, call: Call): Answer {
  const [, kind = '', id] = PATH.exec(call.path) ?? [];
  world.count(`${call.method} freshbooks ${kind === '' ? call.path : kind}${id === undefined ? '' : '/:id'}`);
  if (call.method === 'POST' && kind === 'payments') return created(world, call.body);
  if (kind === 'invoices')
    return id === undefined ? invoices(world, call) : one('invoice', invoiceOf(id, world.paidMinor(id)));
  if (kind === 'clients') return id === undefined ? list('clients', []) : one('client', clientOf(id));
  if (kind === 'payments') return payments(world, call);
  return [404, { response: { errors: [{ errno: 1012, message: `the bench has no ${call.path}` }] } }];
}
