import type { SandboxClock } from '../clock.ts';
import type { Deliveries, DeliveryRecord } from '../deliveries.ts';
import type { CertificateDesk } from './certificate-desk.ts';
import { eventRow, noteAttempt } from './event-book.ts';
import type { EventRow, NewEvent, TransmissionRow } from './event-book.ts';
import { EVERYTHING } from './event-types.ts';
import type { Ids } from './ids.ts';
import { transmission } from './transmit.ts';

export interface WebhookRow {
  readonly id: string;
  url: string;
  eventTypes: readonly string[];
}

/**
 * What becomes of an event: `sent` to the webhooks; `lost` on the way, though PayPal's event list has it; `none`: the
 * payment was made through another app or PayPal's own pages, so this app never gets an event of it (paypal.md 4.1).
 */
export type WebhookFate = 'sent' | 'lost' | 'none';

interface Outgoing {
  readonly event: EventRow;
  readonly webhook: WebhookRow;
}

/** Webhooks and events of one app. Events of one turn leave after the API call that caused them was answered. */
export class WebhookDesk {
  readonly webhooks = new Map<string, WebhookRow>();
  readonly events: EventRow[] = [];
  readonly certificates: CertificateDesk;
  readonly #clock: SandboxClock;
  readonly #ids: Ids;
  readonly #deliveries: Deliveries;
  readonly #transmissions = new Map<string, TransmissionRow>();
  #waiting: Outgoing[] = [];
  #sending: Promise<void> = Promise.resolve();
  #fate: WebhookFate = 'sent';

  constructor(parts: {
    clock: SandboxClock;
    ids: Ids;
    deliveries: Deliveries;
    certificates: CertificateDesk;
  }) {
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#deliveries = parts.deliveries;
    this.certificates = parts.certificates;
  }

  addWebhook(url: string, eventTypes: readonly string[]): WebhookRow {
    const row = { id: this.#ids.transaction(), url, eventTypes };
    this.webhooks.set(row.id, row);
    return row;
  }

  /** Events raised during `work` end like this. */
  under<T>(fate: WebhookFate, work: () => T): T {
    const before = this.#fate;
    this.#fate = fate;
    try {
      return work();
    } finally {
      this.#fate = before;
    }
  }

  raise(event: NewEvent): void {
    if (this.#fate === 'none') return;
    const row = eventRow(event, this.#ids.event(), this.#clock.now().getTime());
    this.events.push(row);
    if (this.#fate === 'sent') this.send(row);
  }

  /** To every webhook that is subscribed, or to the named ones; each time under a new transmission id. */
  send(event: EventRow, webhookIds?: readonly string[]): void {
    const wanted = [...this.webhooks.values()].filter((webhook) =>
      webhookIds === undefined ? isSubscribed(webhook, event) : webhookIds.includes(webhook.id),
    );
    if (wanted.length === 0) return;
    this.#waiting.push(...wanted.map((webhook) => ({ event, webhook })));
    setImmediate(() => this.flush());
  }

  /** Hands over what waits. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length > 0) this.#sending = this.#sending.then(() => this.#send(waiting));
  }

  /** Resolves when everything raised so far is with the sender. */
  async settled(): Promise<void> {
    this.flush();
    await this.#sending;
  }

  /** Told by the sender after each attempt. */
  note(record: DeliveryRecord): void {
    const row = this.#transmissions.get(record.delivery.id);
    if (row !== undefined) noteAttempt(row, record);
  }

  async #send(waiting: readonly Outgoing[]): Promise<void> {
    const signer = await this.certificates.signer();
    const atMs = this.#clock.now().getTime();
    const deliveries = waiting.map(({ event, webhook: { id: webhookId, url } }) => {
      const delivery = transmission(signer, { url, webhookId, body: event.body, atMs });
      const row: TransmissionRow = {
        id: delivery.id,
        webhookId,
        url,
        atMs,
        status: 'PENDING',
        httpStatus: null,
      };
      event.transmissions.push(row);
      this.#transmissions.set(row.id, row);
      return delivery;
    });
    this.#deliveries.send(...deliveries);
  }
}

function isSubscribed({ eventTypes }: WebhookRow, { type }: EventRow): boolean {
  return eventTypes.includes(EVERYTHING) || eventTypes.includes(type);
}
