import type { DeliveryRecord } from '../deliveries.ts';
import type { ResourceVersion } from './rows.ts';
import { millis, seconds } from './times.ts';
import { asciiJson, links } from './wire-tools.ts';
import type { Wire } from './wire-tools.ts';

/** Something that happened, before it is an event. */
export interface NewEvent {
  readonly type: string;
  readonly resourceType: string;
  readonly version: ResourceVersion;
  readonly summary: string;
  readonly resource: Wire;
  /** What `webhooks-events?transaction_id=` finds it by. */
  readonly transactionIds: readonly string[];
}

/** One way of an event to one webhook. */
export interface TransmissionRow {
  readonly id: string;
  readonly webhookId: string;
  readonly url: string;
  readonly atMs: number;
  status: 'PENDING' | 'SUCCESS' | 'FAILURE';
  httpStatus: number | null;
}

export interface EventRow extends NewEvent {
  readonly id: string;
  readonly createdMs: number;
  /** The bytes every delivery of it has. */
  readonly body: string;
  readonly transmissions: TransmissionRow[];
}

/** Writes an event down as it will be delivered, in the order of PayPal's own deliveries (paypal.md 2.1). */
export function eventRow(event: NewEvent, id: string, createdMs: number): EventRow {
  const envelope = {
    id,
    event_version: '1.0',
    create_time: event.version === 'v2' ? millis(createdMs) : seconds(createdMs),
    resource_type: event.resourceType,
    // v1 resources have no version at all.
    ...(event.version === 'v2' && { resource_version: '2.0' }),
    event_type: event.type,
    summary: event.summary,
    resource: event.resource,
    links: eventOwnLinks(id),
  };
  return { ...event, id, createdMs, body: asciiJson(envelope), transmissions: [] };
}

/** The same event as the API shows it: another order, what became of its transmissions, `encType` in its links. */
export function eventWire(row: EventRow): Wire {
  const { links: own, ...envelope } = JSON.parse(row.body) as { links: Wire[] };
  return {
    ...envelope,
    status: statusOf(row),
    transmissions: row.transmissions.map(transmissionWire),
    links: own.map((link) => ({ ...link, encType: 'application/json' })),
  };
}

/** Brings a transmission up to date after an attempt. */
export function noteAttempt(row: TransmissionRow, { state, attempts }: DeliveryRecord): void {
  row.httpStatus = attempts.at(-1)?.status ?? null;
  if (state === 'delivered') row.status = 'SUCCESS';
  else row.status = state === 'given-up' ? 'FAILURE' : 'PENDING';
}

function eventOwnLinks(id: string): Wire[] {
  const path = `/v1/notifications/webhooks-events/${id}`;
  return links({ rel: 'self', path }, { rel: 'resend', path: `${path}/resend`, method: 'POST' });
}

function statusOf({ transmissions }: EventRow): string {
  if (transmissions.some(({ status }) => status === 'FAILURE')) return 'FAILURE';
  const isDone = transmissions.length > 0 && transmissions.every(({ status }) => status === 'SUCCESS');
  return isDone ? 'SUCCESS' : 'PENDING';
}

function transmissionWire(row: TransmissionRow): Wire {
  return {
    webhook_url: row.url,
    ...(row.httpStatus !== null && { http_status: row.httpStatus }),
    reason_phrase: row.httpStatus === null ? 'No response' : 'HTTP response',
    response_headers: {},
    transmission_id: row.id,
    status: row.status,
    timestamp: seconds(row.atMs),
  };
}
