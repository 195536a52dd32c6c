import type pg from 'pg';
import { answerCommitted, type Batch, layOut, STORE_BATCH } from './inbox-batch.ts';
import {
  type InboxDelivery,
  type InboxEvent,
  InboxLine,
  InboxUnavailable,
  type LineLimits,
  type StoredCount,
  type WaitingDelivery,
} from './inbox-line.ts';
import { newPool } from '../postgres/postgres.ts';
import { isRefusedContent } from '../postgres/sql-state.ts';
import { asUnreadable, isStorable } from './storable.ts';

export { type InboxDelivery, type InboxEvent, InboxUnavailable, type StoredCount } from './inbox-line.ts';

/** The door of the inbox. */
export interface Inbox {
  /**
   * Resolves once every event of the delivery is committed.
   * @throws InboxUnavailable
   */
  store(delivery: InboxDelivery): Promise<StoredCount>;
  /** Waits for what is in hand, then lets go of Postgres. */
  close(): Promise<void>;
}

/** Limits of the group commit; the defaults fit a provider that gives up after 10 s (GoCardless). */
export interface InboxLimits extends LineLimits {
  /** Batches on their way to Postgres at once, each on a connection of its own. */
  readonly batchesInFlight: number;
  /**
   * While one batch is on its way another one starts only when this many events wait: on a disk that syncs quickly a few
   * full batches cost less than many small ones, on a slow one the others fill the wait.
   */
  readonly sideBatchEventsMin: number;
  /** Postgres gives a batch up after this time. */
  readonly statementMsMax: number;
  /** We give Postgres up after this time: it may be frozen. */
  readonly answerMsMax: number;
  readonly connectMsMax: number;
}

const LIMITS: InboxLimits = {
  batchesInFlight: 3,
  sideBatchEventsMin: 16,
  batchEventsMax: 1_000,
  batchLengthMax: 4 * 1024 * 1024,
  waitingLengthMax: 64 * 1024 * 1024,
  waitMsMax: 3_000,
  statementMsMax: 3_500,
  answerMsMax: 4_000,
  connectMsMax: 2_000,
};

/**
 * Opens the inbox on a small pool of its own: nothing else of the process makes a webhook wait, and the time-outs are
 * the webhook's.
 */
export function openInbox(databaseUrl: string, limits: Partial<InboxLimits> = {}): Inbox {
  return new GroupCommitInbox(databaseUrl, { ...LIMITS, ...limits });
}

/**
 * Group commit: whatever waits when a connection is free goes into one INSERT, so that a thousand webhooks a second
 * cost a few dozen fsyncs (measured in bench/README.md).
 */
class GroupCommitInbox implements Inbox {
  readonly #limits: InboxLimits;
  readonly #line: InboxLine;
  readonly #pool: pg.Pool;
  #inFlight = 0;
  #turnScheduled = false;
  readonly #idle: (() => void)[] = [];

  constructor(databaseUrl: string, limits: InboxLimits) {
    this.#limits = limits;
    this.#line = new InboxLine(limits);
    this.#pool = newPool(databaseUrl, {
      application_name: 'mlc-inbox',
      max: limits.batchesInFlight,
      connectionTimeoutMillis: limits.connectMsMax,
      statement_timeout: limits.statementMsMax,
      query_timeout: limits.answerMsMax,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
    });
  }

  store(delivery: InboxDelivery): Promise<StoredCount> {
    if (delivery.events.length === 0) return Promise.resolve({ accepted: 0, duplicates: 0 });
    return new Promise((resolve, reject) => {
      this.#line.join({ delivery: storableDelivery(delivery), since: performance.now(), resolve, reject });
      this.#scheduleTurn();
    });
  }

  async close(): Promise<void> {
    if (this.#inFlight > 0 || !this.#line.isEmpty)
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    await this.#pool.end();
  }

  /** After the current turn of the event loop, so that everything read from the sockets in it travels together. */
  #scheduleTurn(): void {
    if (this.#turnScheduled || !this.#mayStart()) return;
    this.#turnScheduled = true;
    setImmediate(() => {
      this.#turnScheduled = false;
      this.#takeTurn();
    });
  }

  #mayStart(): boolean {
    if (this.#inFlight === 0) return true;
    return (
      this.#inFlight < this.#limits.batchesInFlight && this.#line.events >= this.#limits.sideBatchEventsMin
    );
  }

  #takeTurn(): void {
    while (!this.#line.isEmpty && this.#mayStart()) {
      const entries = this.#line.take();
      if (entries.length === 0) continue;
      this.#inFlight += 1;
      void this.#commit(entries).finally(() => {
        this.#inFlight -= 1;
        this.#scheduleTurn();
      });
    }
    if (this.#inFlight === 0 && this.#line.isEmpty) this.#idle.splice(0).forEach((resolve) => resolve());
  }

  /** Never rejects: whatever happens is told to the deliveries. */
  async #commit(entries: readonly WaitingDelivery[]): Promise<void> {
    try {
      const batch = layOut(entries);
      answerCommitted(batch, await this.#insert(batch));
    } catch (error) {
      if (isRefusedContent(error)) await this.#commitOneByOne(entries);
      else for (const entry of entries) entry.reject(unavailable(error));
    }
  }

  /** Postgres refused the content of some event: each goes alone, so that it loses only itself. */
  async #commitOneByOne(entries: readonly WaitingDelivery[]): Promise<void> {
    for (const entry of entries) {
      try {
        let duplicates = 0;
        for (const event of entry.delivery.events) duplicates += await this.#insertOne(entry, event);
        entry.resolve({ accepted: entry.delivery.events.length - duplicates, duplicates });
      } catch (error) {
        entry.reject(unavailable(error));
      }
    }
  }

  async #insertOne(entry: WaitingDelivery, event: InboxEvent): Promise<number> {
    const alone = (one: InboxEvent): Batch =>
      layOut([{ ...entry, delivery: { ...entry.delivery, events: [one] } }]);
    try {
      return (await this.#insert(alone(event))) === null ? 0 : 1;
    } catch (error) {
      if (!isRefusedContent(error)) throw error;
      return (await this.#insert(alone(unreadable(event, entry.delivery)))) === null ? 0 : 1;
    }
  }

  async #insert(batch: Batch): Promise<string | null> {
    const { rows } = await this.#pool.query<[string | null]>({
      name: 'mlc-store-batch',
      text: STORE_BATCH,
      values: batch.values,
      rowMode: 'array',
    });
    return rows[0]?.[0] ?? null;
  }
}

function storableDelivery(delivery: InboxDelivery): InboxDelivery {
  if (delivery.events.every(isStorable)) return delivery;
  const events = delivery.events.map((event) => (isStorable(event) ? event : unreadable(event, delivery)));
  return { ...delivery, events };
}

function unreadable(event: InboxEvent, delivery: InboxDelivery): InboxEvent {
  return { ...asUnreadable(event), flow: delivery.unreadableFlow };
}

function unavailable(cause: unknown): InboxUnavailable {
  return new InboxUnavailable('Postgres cannot commit', { cause });
}
