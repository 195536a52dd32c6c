import { withinMs } from '../clock/within-ms.ts';

/** A connection as the ingress needs it. `secrets` are all that are valid now, decrypted; none refuses everything. */
export interface WebhookConnection {
  readonly connectionId: string;
  readonly provider: string;
  readonly businessId: string;
  /** `live` or `sandbox`; left out: live. */
  readonly environment?: string;
  /** For one event path (FreshBooks: every callback has a verifier of its own), or for all paths of the connection. */
  secretsFor(pathEvent: string): readonly string[];
}

/** Reads what is current. `null`: there is no such connection of this provider. */
export type LoadConnection = (provider: string, connectionId: string) => Promise<WebhookConnection | null>;

/** Limits of the cache; times in ms. */
export interface CacheLimits {
  readonly connectionsMax: number;
  /** A change made anywhere is seen after this time at the latest. */
  readonly ttlMs: number;
  /** The same for connections that do not exist: one that was just created must be found. */
  readonly unknownTtlMs: number;
  /** A wrong signature makes the connection be read again, as it may have got a new secret: so often in a row… */
  readonly rereadBurst: number;
  /** …and then once in this time. */
  readonly rereadMs: number;
  readonly readsMax: number;
  /** A read that takes longer has failed: Postgres may be frozen. */
  readonly readMsMax: number;
}

const LIMITS: CacheLimits = {
  connectionsMax: 10_000,
  ttlMs: 5_000,
  unknownTtlMs: 1_000,
  rereadBurst: 20,
  rereadMs: 50,
  readsMax: 1_000,
  readMsMax: 3_000,
};

/** Looks connections up for the ingress: by id and provider, in memory while fresh. */
export interface ConnectionCache {
  /** What is known and fresh enough, without waiting; undefined when it has to be read. */
  peek(provider: string, connectionId: string): WebhookConnection | null | undefined;
  /**
   * Reads it, one read at a time per connection.
   * @throws whatever reading throws: Postgres may be down.
   */
  read(provider: string, connectionId: string): Promise<WebhookConnection | null>;
  /**
   * After a wrong signature: reads it again. Answers null without reading when that has been done too often: a flood
   * of wrong signatures must not become a flood of queries.
   */
  reread(provider: string, connectionId: string): Promise<WebhookConnection | null>;
  /** It was changed, its secrets perhaps: what is known of it, or of all when left out, is read again when next asked for. */
  forget(connectionId?: string): void;
}

interface Entry {
  readonly connection: WebhookConnection | null;
  readonly readAtMs: number;
  /** The allowance for reading again is used up to this moment (a leaky bucket in one number). */
  rereadsUpToMs: number;
}

/** A cache over `load`. `nowMs` is a monotonic clock. */
export function connectionCache(
  load: LoadConnection,
  limits: Partial<CacheLimits> = {},
  nowMs: () => number = () => performance.now(),
): ConnectionCache {
  return new BoundedConnectionCache(load, { ...LIMITS, ...limits }, nowMs);
}

class BoundedConnectionCache implements ConnectionCache {
  readonly #load: LoadConnection;
  readonly #limits: CacheLimits;
  readonly #nowMs: () => number;
  /** In the order of reading: the first is the oldest. */
  readonly #entries = new Map<string, Entry>();
  readonly #reading = new Map<string, Promise<WebhookConnection | null>>();
  /** Counts `forget`: a read that began before one may have read what has just been changed. */
  #forgotten = 0;

  constructor(load: LoadConnection, limits: CacheLimits, nowMs: () => number) {
    this.#load = load;
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  peek(provider: string, connectionId: string): WebhookConnection | null | undefined {
    const entry = this.#entries.get(`${provider}/${connectionId}`);
    if (entry === undefined) return undefined;
    const ttlMs = entry.connection === null ? this.#limits.unknownTtlMs : this.#limits.ttlMs;
    return this.#nowMs() - entry.readAtMs < ttlMs ? entry.connection : undefined;
  }

  read(provider: string, connectionId: string): Promise<WebhookConnection | null> {
    const key = `${provider}/${connectionId}`;
    const underWay = this.#reading.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#reading.size >= this.#limits.readsMax)
      return Promise.reject(new Error('too many connections are being looked up'));
    const read = this.#readNow(provider, connectionId).finally(() => this.#reading.delete(key));
    this.#reading.set(key, read);
    return read;
  }

  async reread(provider: string, connectionId: string): Promise<WebhookConnection | null> {
    const entry = this.#entries.get(`${provider}/${connectionId}`);
    if (entry !== undefined) {
      const { rereadMs, rereadBurst } = this.#limits;
      const upToMs = Math.max(entry.rereadsUpToMs, this.#nowMs()) + rereadMs;
      if (upToMs - this.#nowMs() > rereadMs * rereadBurst) return null;
      entry.rereadsUpToMs = upToMs;
    }
    return this.read(provider, connectionId);
  }

  forget(connectionId?: string): void {
    this.#forgotten += 1;
    for (const [key, entry] of this.#entries) {
      if (connectionId === undefined || key.endsWith(`/${connectionId}`))
        this.#entries.set(key, { ...entry, readAtMs: -Infinity });
    }
  }

  async #readNow(provider: string, connectionId: string): Promise<WebhookConnection | null> {
    const forgotten = this.#forgotten;
    // The age counts from before the read: a change made while it ran must not be missed for longer than the limit.
    const startedMs = this.#nowMs();
    const connection = await withinMs(this.#load(provider, connectionId), this.#limits.readMsMax);
    const readAtMs = forgotten === this.#forgotten ? startedMs : -Infinity;
    const key = `${provider}/${connectionId}`;
    const rereadsUpToMs = this.#entries.get(key)?.rereadsUpToMs ?? 0;
    this.#entries.delete(key);
    this.#entries.set(key, { connection, readAtMs, rereadsUpToMs });
    if (this.#entries.size > this.#limits.connectionsMax) this.#forgetOldest();
    return connection;
  }

  #forgetOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key);
      return;
    }
  }
}
