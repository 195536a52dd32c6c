import { randomBytes } from 'node:crypto';
import type { Delivery } from '../deliveries.ts';
import { textOf } from './body.ts';
import type { Body } from './body.ts';
import { newRow } from './books.ts';
import type { Books } from './books.ts';
import { scopeOfEvent, verifyDelivery } from './events.ts';
import { badField, unknownObject } from './failures.ts';
import { equal, select } from './filters.ts';
import type { Filters } from './filters.ts';
import { pageOf } from './query.ts';
import { wirePage } from './resource.ts';
import type { Page } from './query.ts';
import type { Call, Wire } from './resource.ts';
import type { CallbackRow } from './rows.ts';

/** A search for `invoice.create` also finds callbacks on `invoice`. */
const FILTERS: Filters<CallbackRow> = {
  event: ({ event }, values) => event === values.at(-1) || event === values.at(-1)?.split('.')[0],
  uri: equal((row) => row.uri),
  verified: equal((row) => row.verified),
};

/** Finds a callback. */
export function callbackById(books: Books, id: number): CallbackRow {
  const row = books.callbacks.get(id);
  if (row === undefined) throw unknownObject('callback', 'callbackid', String(id));
  return row;
}

/** Registers a callback with a verifier of its own; the same event and uri may be registered twice. */
export function createCallback(books: Books, body: Body, verifier = newVerifier()): CallbackRow {
  const { uuid: _uuid, ...base } = newRow(books, 'callback');
  const event = checkedEvent(body['event']);
  const row: CallbackRow = { ...base, event, uri: checkedUri(body['uri']), verifier, verified: false };
  books.callbacks.set(row.id, row);
  return row;
}

/**
 * A PUT on a callback: `verifier` finishes the handshake, `resend` repeats it, `event` and `uri` change it, and a
 * changed callback has to be verified again (an assumption). `send` takes the handshake's delivery.
 */
export function updateCallback(
  books: Books,
  id: number,
  body: Body,
  send: (delivery: Delivery) => void,
): CallbackRow {
  const row = callbackById(books, id);
  row.updatedMs = books.now();
  if (body['verifier'] !== undefined) {
    verify(row, body['verifier']);
    return row;
  }
  if (body['event'] !== undefined) row.event = checkedEvent(body['event']);
  if (body['uri'] !== undefined) row.uri = checkedUri(body['uri']);
  const changes = body['event'] !== undefined || body['uri'] !== undefined;
  if (changes) row.verified = false;
  if (changes || body['resend'] === true) send(verifyDelivery(books, row));
  return row;
}

function verify(row: CallbackRow, value: unknown): void {
  if (value !== row.verifier) {
    throw badField({
      object: 'callback',
      field: 'verifier',
      value,
      message: 'Value error, Verifier does not match.',
    });
  }
  row.verified = true;
}

/** 33 letters and digits, like the sample in the documentation. */
function newVerifier(): string {
  return randomBytes(48)
    .toString('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .padEnd(33, 'x')
    .slice(0, 33);
}

function checkedEvent(value: unknown): string {
  const event = textOf(value, '');
  if (scopeOfEvent(event) !== null) return event;
  throw badField({ object: 'callback', field: 'event', value, message: 'Value error, Unrecognized event.' });
}

function checkedUri(value: unknown): string {
  const uri = textOf(value, '');
  if (/^https?:\/\//.test(uri) && URL.canParse(uri)) return uri;
  const message = 'Input should be a valid URL, relative URL without a base';
  throw badField({ object: 'callback', field: 'uri', value, message });
}

/** A callback as it goes on the wire: the id under both names that were seen. */
export function callbackWire(row: CallbackRow): Wire {
  return {
    callbackid: row.id,
    id: row.id,
    event: row.event,
    uri: row.uri,
    verified: row.verified,
    updated_at: new Date(row.updatedMs).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
}

/** A page of the callbacks. */
export function listCallbacks({ books, query }: Call): Page<Wire> {
  return wirePage(pageOf(select(books.callbacks.values(), query, { filters: FILTERS }), query), callbackWire);
}
