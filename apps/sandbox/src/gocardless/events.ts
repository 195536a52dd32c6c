import type { SandboxClock } from '../clock.ts';
import { addMonths } from './calendar.ts';
import { describeCause } from './descriptions.ts';
import type { Ids } from './ids.ts';
import type { Settings } from './settings.ts';
import { Table } from './table.ts';
import type { EventDetails, GcEvent, Metadata } from './wire.ts';

/** Events older than this are no longer returned (gocardless.md 2.12). */
const RETENTION_MONTHS = 18;

/** Something that happened to a resource; becomes an event and a webhook. */
export interface Happening {
  readonly resource: string;
  readonly action: string;
  readonly origin: EventDetails['origin'];
  readonly cause: string;
  readonly links: Readonly<Record<string, string>>;
  /** What was passed on the API call that caused it, not the resource's own. */
  readonly metadata?: Metadata;
  readonly resourceMetadata?: Metadata | null;
  readonly details?: Partial<EventDetails>;
}

/** What the event book needs of its organisation. */
export interface EventSurroundings {
  readonly clock: SandboxClock;
  readonly ids: Ids;
  readonly settings: Settings;
  readonly organisationId: string;
  readonly desk: { queue(event: GcEvent): void };
}

/** The events of one organisation, oldest first; each is handed to the webhook desk. */
export class EventBook {
  readonly #rows = new Table<GcEvent>();
  readonly #around: EventSurroundings;

  constructor(around: EventSurroundings) {
    this.#around = around;
  }

  record(happening: Happening): GcEvent {
    const { clock, ids, settings, organisationId, desk } = this.#around;
    const {
      resource,
      action,
      origin,
      cause,
      links,
      metadata = {},
      resourceMetadata = {},
      details,
    } = happening;
    const description = describeCause(resource, action, cause);
    const event: GcEvent = {
      id: ids.next('EV'),
      created_at: clock.now().toISOString(),
      resource_type: resource,
      action,
      metadata,
      details: { origin, cause, description, ...details },
      links: { ...links },
      ...(settings.resourceMetadata ? { resource_metadata: resourceMetadata ?? {} } : {}),
      ...(settings.organisationIdInEvents ? { organisation_id: organisationId } : {}),
    };
    this.#rows.add(event);
    desk.queue(event);
    return event;
  }

  get(id: string): GcEvent | undefined {
    return this.all().find((event) => event.id === id);
  }

  /** Those still returned, oldest first. */
  all(): GcEvent[] {
    const now = this.#around.clock.now().toISOString();
    const oldest = addMonths(now.slice(0, 10), -RETENTION_MONTHS) + now.slice(10);
    return this.#rows.where((event) => event.created_at >= oldest);
  }
}
