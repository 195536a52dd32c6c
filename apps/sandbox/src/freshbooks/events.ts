import { randomUUID } from 'node:crypto';
import type { Delivery } from '../deliveries.ts';
import { shuffled } from '../shuffle.ts';
import type { Books } from './books.ts';
import type { CallbackRow } from './rows.ts';
import { signFields } from './signature.ts';

/** The scope of each noun one can subscribe to. */
const SCOPES: Readonly<Record<string, string>> = {
  bill: 'bills',
  bill_vendor: 'bill_vendors',
  category: 'expenses',
  client: 'clients',
  credit_note: 'credit_notes',
  estimate: 'estimates',
  expense: 'expenses',
  invoice: 'invoices',
  item: 'billable_items',
  payment: 'payments',
  project: 'projects',
  recurring: 'invoices',
  service: 'billable_items',
  tax: 'taxes',
  time_entry: 'time_entries',
};
const VERBS = ['create', 'update', 'delete'];
const MAILED = ['invoice', 'estimate'];

/** The scope's object a subscription needs; null when there is no such event (freshbooks.md 5.3). */
export function scopeOfEvent(event: string): string | null {
  const [noun = '', verb, ...rest] = event.split('.');
  const known =
    verb === undefined || VERBS.includes(verb) || (verb === 'sendByEmail' && MAILED.includes(noun));
  return known && rest.length === 0 ? (SCOPES[noun] ?? null) : null;
}

/** True when a callback hears an event: its own, or any verb of its bare noun. */
function hears(callback: CallbackRow, event: string): boolean {
  return callback.verified && (callback.event === event || callback.event === event.split('.')[0]);
}

/** The deliveries of one event: ids only, keys in any order, signed per callback. */
export function eventDeliveries(books: Books, event: string, objectId: number): Delivery[] {
  const { accountId, businessId, identityId } = books.business;
  const heard = [...books.callbacks.values()].filter((callback) => hears(callback, event));
  return heard.map((callback) =>
    deliveryTo(callback, [
      ['name', event],
      ['object_id', String(objectId)],
      ['account_id', accountId],
      ['business_id', String(businessId)],
      ['identity_id', String(identityId)],
      ['user_id', '1'],
    ]),
  );
}

/** The handshake's delivery: carries the verifier and is signed with it (freshbooks.md 5.2). */
export function verifyDelivery(books: Books, callback: CallbackRow): Delivery {
  return deliveryTo(callback, [
    ['name', 'callback.verify'],
    ['object_id', String(callback.id)],
    ['account_id', books.business.accountId],
    ['user_id', '1'],
    ['verifier', callback.verifier],
  ]);
}

function deliveryTo({ uri, verifier }: CallbackRow, fields: [string, string][]): Delivery {
  const sent = shuffled(fields);
  return {
    id: randomUUID(),
    url: uri,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'FreshHooks/0.4 (http://developers.freshbooks.com/api/webhooks)',
      'x-freshbooks-hmac-sha256': signFields(sent, verifier),
    },
    body: new URLSearchParams(sent).toString(),
  };
}
