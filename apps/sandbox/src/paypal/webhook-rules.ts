import { isRecord } from './fields.ts';
import { isEventType } from './event-types.ts';
import { oldRefusal, validationError } from './refusal.ts';
import type { WebhookRow } from './webhook-desk.ts';

const URL_LENGTH_MAX = 2048;
const EVENT_TYPES_MAX = 500;
const WEBHOOKS_MAX = 10;
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

type Webhooks = ReadonlyMap<string, WebhookRow>;

/**
 * An address PayPal would deliver to: https on port 443, not taken by another webhook of the app (paypal.md 4.1, 4.3).
 * The sandbox also takes any address of this machine.
 */
export function checkedUrl(value: unknown, webhooks: Webhooks, own?: WebhookRow): string {
  if (typeof value !== 'string' || value.length > URL_LENGTH_MAX || !URL.canParse(value))
    throw validationError('url', 'Not a valid webhook URL');
  const { protocol, port, hostname } = new URL(value);
  const isPublic = protocol === 'https:' && port === '';
  if (!isPublic && !LOOPBACK.has(hostname)) throw validationError('url', 'Not a valid webhook URL');
  if ([...webhooks.values()].some((row) => row !== own && row.url === value))
    throw oldRefusal(400, 'WEBHOOK_URL_ALREADY_EXISTS', 'Webhook URL already exists');
  return value;
}

/** `[{name}]`; an unknown name is refused. */
export function checkedEventTypes(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > EVENT_TYPES_MAX)
    throw validationError('event_types', `Between 1 and ${EVENT_TYPES_MAX} event types`);
  return value.map((entry: unknown) => {
    const name = isRecord(entry) ? entry['name'] : undefined;
    if (typeof name === 'string' && isEventType(name)) return name;
    throw validationError('event_types', 'Not a valid webhook event name');
  });
}

/** Ten webhooks an app. */
export function refuseTooMany(webhooks: Webhooks): void {
  if (webhooks.size >= WEBHOOKS_MAX)
    throw oldRefusal(400, 'WEBHOOK_NUMBER_LIMIT_EXCEEDED', 'Number of webhooks has reached the limit');
}

/** Only `replace`, only `/url` and `/event_types`. */
export function patchWebhook(row: WebhookRow, value: unknown, webhooks: Webhooks): void {
  if (!Array.isArray(value) || value.length === 0) throw validationError('patch_request', 'Invalid patch');
  for (const step of value as unknown[]) {
    if (!isRecord(step) || step['op'] !== 'replace') throw validationError('op', 'Only replace is supported');
    if (step['path'] === '/url') row.url = checkedUrl(step['value'], webhooks, row);
    else if (step['path'] === '/event_types') row.eventTypes = checkedEventTypes(step['value']);
    else throw validationError('path', 'Only /url and /event_types can be replaced');
  }
}

/** 404 in the older vocabulary. */
export function knownWebhook(webhooks: Webhooks, id: string | undefined): WebhookRow {
  const row = webhooks.get(id ?? '');
  if (row === undefined) throw unknownWebhookThing();
  return row;
}

export function unknownWebhookThing(): Error {
  return oldRefusal(404, 'INVALID_RESOURCE_ID', 'Resource id is invalid');
}
