import { randomUUID } from 'node:crypto';
import {
  UNREADABLE_EVENT,
  type Delivery,
  type DomainEvent,
  type InvoiceChanged,
  type SplitResult,
  type Verification,
  type WebhookReader,
} from '@mlc/core';
import { SIGNATURE_HEADER, formFields, isPlainForm, isSigned } from './signature.ts';

const HANDSHAKE = 'callback.verify';
const OBJECT_ID = /^\d{1,19}$/;

/** The `callback.verify` post FreshBooks makes after a callback is created (freshbooks.md 5.2). */
export interface Handshake {
  readonly callbackId: string;
  /** To be PUT back; from then on the HMAC key of that callback. A secret. */
  readonly verifier: string;
}

/**
 * Reads a handshake; null when the body is something else. Its signature is made with the verifier it carries and so
 * proves nothing: PUT the verifier back only for a callback that was just created and is still unverified.
 */
export function readHandshake(rawBody: Uint8Array): Handshake | null {
  const fields = formFields(rawBody);
  const callbackId = fields.get('object_id') ?? '';
  const verifier = fields.get('verifier') ?? '';
  if (fields.get('name') !== HANDSHAKE || !OBJECT_ID.test(callbackId) || verifier === '') return null;
  return { callbackId, verifier };
}

function verify(delivery: Delivery, secrets: readonly string[]): Verification {
  if (!secrets.some((secret) => secret !== '')) return { ok: false, why: 'no verifier is known' };
  const signature = delivery.headers[SIGNATURE_HEADER];
  if (signature === undefined || signature === '')
    return { ok: false, why: `${SIGNATURE_HEADER} is missing` };
  if (!isPlainForm(delivery.rawBody))
    return { ok: false, why: 'the body is not a form as encoders write it' };
  if (!isSigned(delivery.rawBody, signature, secrets)) return { ok: false, why: 'the signature is wrong' };
  return { ok: true };
}

/**
 * One delivery is one event. FreshBooks sends no delivery id and no time, and two changes of one object give identical
 * bytes (freshbooks.md 5.3), so every delivery is a new event with an id of its own.
 */
function split(delivery: Delivery): SplitResult {
  const fields = formFields(delivery.rawBody);
  const [type, resourceId] = [fields.get('name') ?? '', fields.get('object_id') ?? ''];
  if (type === '') return { kind: 'unreadable', why: 'field name is missing' };
  if (resourceId === '') return { kind: 'unreadable', why: 'field object_id is missing' };
  const payload = Buffer.from(delivery.rawBody).toString('utf8');
  return { kind: 'events', events: [{ type, externalEventId: `fb-${randomUUID()}`, resourceId, payload }] };
}

const MEANINGS: Readonly<Record<string, (id: string, verb: string) => DomainEvent>> = {
  invoice: (invoiceId, verb) => {
    const told = INVOICE_VERBS.get(verb);
    return { kind: 'invoice-changed', invoiceId, ...(told === undefined ? {} : { told }) };
  },
  client: (clientId) => ({ kind: 'client-changed', clientId }),
  payment: (bookPaymentId, verb) => ({
    kind: 'book-payment-changed',
    bookPaymentId,
    ...(verb === 'delete' ? { isDeleted: true } : {}),
  }),
};

/** What an invoice has to show after the event; every other verb says only that something changed. */
const INVOICE_VERBS: ReadonlyMap<string, NonNullable<InvoiceChanged['told']>> = new Map([
  ['delete', 'deleted'],
  ['sendByEmail', 'sent'],
]);

/** `invoice.create`, `invoice.sendByEmail` and the bare noun `invoice` all mean: look at that invoice. */
function translate(event: { readonly type: string; readonly resourceId: string }): DomainEvent {
  const [noun = '', verb = ''] = event.type.split('.', 2);
  const meaning = Object.hasOwn(MEANINGS, noun) ? MEANINGS[noun] : undefined;
  if (event.type === UNREADABLE_EVENT) return { kind: 'unreadable', why: 'the delivery could not be read' };
  if (meaning === undefined) return { kind: 'irrelevant', why: `${event.type} concerns no flow` };
  if (!OBJECT_ID.test(event.resourceId)) {
    return { kind: 'unreadable', why: `object_id "${event.resourceId}" is not a FreshBooks id` };
  }
  return meaning(event.resourceId, verb);
}

/** Verify, split and translate FreshBooks callbacks (freshbooks.md 5.3, 5.4). */
export const freshbooksWebhook: WebhookReader = {
  provider: 'freshbooks',
  mediaTypes: ['application/x-www-form-urlencoded'],
  verify,
  split,
  translate,
};
