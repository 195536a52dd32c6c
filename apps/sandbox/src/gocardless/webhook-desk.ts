import { createHmac } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { Deliveries, Delivery, DeliveryRecord } from '../deliveries.ts';
import { shuffled } from '../shuffle.ts';
import type { Ids } from './ids.ts';
import type { Settings } from './settings.ts';
import { Table } from './table.ts';
import type { GcEvent, Row } from './wire.ts';

/** Made in the dashboard at the real one: there is no API for endpoints (gocardless.md 2.13). */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
}

/** One entry of the delivery log, `GET /webhooks`. */
export interface WebhookRow extends Row {
  url: string;
  request_headers: Readonly<Record<string, string>>;
  request_body: string;
  response_code: number | null;
  response_body: string | null;
  response_body_truncated: boolean;
  response_headers: Readonly<Record<string, string>>;
  response_headers_content_truncated: boolean;
  response_headers_count_truncated: boolean;
  successful: boolean;
  is_test: boolean;
}

const BATCH_MAX = 250;

/** Hex HMAC-SHA256 of the raw body, the secret used as its UTF-8 bytes (4.2). */
export function signWebhook(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body, 'utf8').digest('hex');
}

/** Collects the events of one organisation and sends them to its endpoints in signed batches. */
export class WebhookDesk {
  readonly rows = new Table<WebhookRow>();
  readonly endpoints: WebhookEndpoint[] = [];
  readonly #clock: SandboxClock;
  readonly #ids: Ids;
  readonly #settings: Settings;
  readonly #deliveries: Deliveries;
  #waiting: GcEvent[] = [];
  #isFlushPlanned = false;

  constructor(parts: { clock: SandboxClock; ids: Ids; settings: Settings; deliveries: Deliveries }) {
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#settings = parts.settings;
    this.#deliveries = parts.deliveries;
  }

  addEndpoint(endpoint: { url: string; secret: string }): WebhookEndpoint {
    const added = { ...endpoint, id: this.#ids.next('WE') };
    this.endpoints.push(added);
    return added;
  }

  removeEndpoint(id: string): void {
    const at = this.endpoints.findIndex((endpoint) => endpoint.id === id);
    if (at !== -1) this.endpoints.splice(at, 1);
  }

  /** Events of one turn leave together, after the API call that caused them was answered. */
  queue(event: GcEvent): void {
    this.#waiting.push(event);
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    setImmediate(() => this.flush());
  }

  flush(): void {
    this.#isFlushPlanned = false;
    const events = this.#waiting;
    this.#waiting = [];
    if (events.length > 0) this.sendEvents(events);
  }

  /** Sends these events to every endpoint now, in batches; also how a scenario repeats old ones. */
  sendEvents(events: readonly GcEvent[], isTest = false): void {
    const size = Math.min(Math.max(this.#settings.webhooks.batchSize, 1), BATCH_MAX);
    for (const endpoint of this.endpoints) {
      for (let start = 0; start < events.length; start += size) {
        const delivery = this.#delivery(endpoint, events.slice(start, start + size));
        this.rows.must(delivery.id).is_test = isTest;
        this.#deliveries.send(delivery);
      }
    }
  }

  /** `POST /webhooks/:id/actions/retry`: same id, same body. */
  retry(id: string): void {
    this.#deliveries.resend(id);
  }

  /** Keeps the log up to date; told by the sender after each attempt. */
  note({ delivery, attempts, state }: DeliveryRecord): void {
    const row = this.rows.get(delivery.id);
    const attempt = attempts.at(-1);
    if (row === undefined || attempt === undefined) return;
    row.response_code = attempt.status;
    row.response_body = attempt.body;
    row.response_headers = attempt.headers;
    row.successful = state === 'delivered';
  }

  #delivery(endpoint: WebhookEndpoint, events: readonly GcEvent[]): Delivery {
    const { meta, shuffleEvents, userAgent } = this.#settings.webhooks;
    const id = this.#ids.next('WB');
    const ordered = shuffleEvents ? shuffled(events) : events;
    const body = JSON.stringify(meta ? { events: ordered, meta: { webhook_id: id } } : { events: ordered });
    const headers = {
      Origin: 'https://api-sandbox.gocardless.com',
      'User-Agent': userAgent,
      'Content-Type': 'application/json',
      'Webhook-Signature': signWebhook(endpoint.secret, body),
    };
    const delivery = { id, url: endpoint.url, headers, body };
    this.rows.add(newRow(delivery, this.#clock.now().toISOString()));
    return delivery;
  }
}

function newRow({ id, url, headers, body }: Delivery, createdAt: string): WebhookRow {
  return {
    id,
    created_at: createdAt,
    url,
    request_headers: headers,
    request_body: body,
    response_code: null,
    response_body: null,
    response_body_truncated: false,
    response_headers: {},
    response_headers_content_truncated: false,
    response_headers_count_truncated: false,
    successful: false,
    is_test: false,
  };
}
