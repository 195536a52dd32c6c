import type { FlowName, SplitEvent } from '@mlc/core';

/** One event as it goes into the inbox. `flow` is null when no flow takes it. */
export interface InboxEvent extends SplitEvent {
  readonly flow: FlowName | null;
}

/** One verified delivery. Its events are answered together. */
export interface InboxDelivery {
  readonly businessId: string;
  readonly connectionId: string;
  readonly provider: string;
  readonly correlationId: string;
  readonly events: readonly InboxEvent[];
  /** Takes what Postgres cannot hold as it is, and asks a person about it. */
  readonly unreadableFlow: FlowName;
}

/** Postgres cannot commit now, or too much is waiting for it: the provider has to send again. */
export class InboxUnavailable extends Error {
  override readonly name = 'InboxUnavailable';
}

/** `accepted + duplicates` is the number of events in the delivery. */
export interface StoredCount {
  readonly accepted: number;
  readonly duplicates: number;
}

/** A delivery on its way into a batch. */
export interface WaitingDelivery {
  readonly delivery: InboxDelivery;
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
  readonly resolve: (count: StoredCount) => void;
  readonly reject: (reason: unknown) => void;
}

/** How much may wait, how long, and how much of it goes at once. Lengths are characters of payload. */
export interface LineLimits {
  /** A batch takes whole deliveries until it holds this many events… */
  readonly batchEventsMax: number;
  /** …or this many characters. */
  readonly batchLengthMax: number;
  /** Beyond this a delivery is refused at once. */
  readonly waitingLengthMax: number;
  /** A delivery that has waited longer for its turn is refused. */
  readonly waitMsMax: number;
}

/** What an event weighs beside its payload. */
const EVENT_OVERHEAD = 200;

/** Deliveries waiting for a free connection, oldest first. */
export class InboxLine {
  readonly #limits: LineLimits;
  #waiting: WaitingDelivery[] = [];
  #length = 0;
  #events = 0;

  constructor(limits: LineLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** How many events wait. */
  get events(): number {
    return this.#events;
  }

  /** @throws InboxUnavailable when too much is waiting. */
  join(entry: WaitingDelivery): void {
    if (this.#length >= this.#limits.waitingLengthMax)
      throw new InboxUnavailable('too many deliveries wait for Postgres');
    this.#length += lengthOf(entry.delivery);
    this.#events += entry.delivery.events.length;
    this.#waiting.push(entry);
  }

  /** Takes the next batch off the line; refuses the deliveries that have waited too long. */
  take(): WaitingDelivery[] {
    const oldest = performance.now() - this.#limits.waitMsMax;
    const batch: WaitingDelivery[] = [];
    let events = 0;
    let length = 0;
    let taken = 0;
    for (const entry of this.#waiting) {
      if (events >= this.#limits.batchEventsMax || length >= this.#limits.batchLengthMax) break;
      taken += 1;
      const entryLength = lengthOf(entry.delivery);
      this.#length -= entryLength;
      this.#events -= entry.delivery.events.length;
      if (entry.since < oldest) {
        entry.reject(new InboxUnavailable('Postgres did not take the delivery in time'));
        continue;
      }
      events += entry.delivery.events.length;
      length += entryLength;
      batch.push(entry);
    }
    this.#waiting = this.#waiting.slice(taken);
    return batch;
  }
}

function lengthOf(delivery: InboxDelivery): number {
  let length = 0;
  for (const event of delivery.events) length += event.payload.length + EVENT_OVERHEAD;
  return length;
}
