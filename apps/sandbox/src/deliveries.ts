import type { SandboxClock } from './clock.ts';
import { shuffled } from './shuffle.ts';

/** One webhook to send, complete with its signature. */
export interface Delivery {
  /** The provider's id of it, or one of ours. Kept over retries. */
  readonly id: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Attempt {
  readonly at: string;
  /** null: no answer (refused, cut, timed out), see `error`. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly error?: string;
}

export interface DeliveryRecord {
  readonly delivery: Delivery;
  readonly attempts: Attempt[];
  state: 'waiting' | 'delivered' | 'given-up' | 'dropped';
}

export type Count = number | 'always';

export interface DeliveryOptions {
  /** Waits between attempts; one attempt more than there are entries. */
  retryDelaysMs: readonly number[];
  /** `real`: waits are milliseconds of this machine. `virtual`: of the sandbox clock, so moving it releases them. */
  retryTime: 'real' | 'virtual';
  timeoutMs: number;
  /** Keeps everything back until set to false again. */
  paused: boolean;
  /** Real milliseconds every first attempt is held back. */
  delayMs: number;
  /** So many next deliveries are lost for good. */
  drop: Count;
  /** So many next deliveries are sent twice. */
  duplicate: Count;
  /** What waits together leaves in another order. */
  shuffle: boolean;
}

const DEFAULTS: DeliveryOptions = {
  retryDelaysMs: [100, 250, 500, 1000, 2500, 5000, 10_000, 30_000],
  retryTime: 'real',
  timeoutMs: 10_000,
  paused: false,
  delayMs: 0,
  drop: 0,
  duplicate: 0,
  shuffle: false,
};

interface Waiting {
  readonly record: DeliveryRecord;
  readonly dueAtMs: number;
}

/** The webhook sender of one sandboxed provider: at least once, in no promised order. */
export class Deliveries {
  readonly log: DeliveryRecord[] = [];
  readonly #clock: SandboxClock;
  readonly #onAttempt: (record: DeliveryRecord) => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  #options: DeliveryOptions;
  #fresh: DeliveryRecord[] = [];
  #virtualRetries: Waiting[] = [];
  #inFlight = 0;
  #isFlushPlanned = false;
  #isClosed = false;
  #idleWaiters: (() => void)[] = [];

  /** `onAttempt` is told after each attempt, for the provider's own delivery log. */
  constructor(
    clock: SandboxClock,
    options: Partial<DeliveryOptions> = {},
    onAttempt: (record: DeliveryRecord) => void = () => undefined,
  ) {
    this.#clock = clock;
    this.#options = { ...DEFAULTS, ...options };
    this.#onAttempt = onAttempt;
    clock.onDay(() => this.#releaseDueRetries());
  }

  get options(): Readonly<DeliveryOptions> {
    return this.#options;
  }

  /** Changes options; un-pausing sends what was kept back. */
  set(options: Partial<DeliveryOptions>): void {
    this.#options = { ...this.#options, ...options };
    this.#planFlush();
  }

  /** Takes deliveries over; they leave in the background. */
  send(...deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      const record: DeliveryRecord = { delivery, attempts: [], state: 'waiting' };
      this.log.push(record);
      if (this.#takeOne('drop')) record.state = 'dropped';
      else this.#fresh.push(...(this.#takeOne('duplicate') ? [record, record] : [record]));
    }
    this.#planFlush();
  }

  /** Sends a logged delivery once more, body and headers unchanged; false when the id is unknown. */
  resend(id: string): boolean {
    const record = this.log.find((entry) => entry.delivery.id === id);
    if (record === undefined) return false;
    record.state = 'waiting';
    this.#fresh.push(record);
    this.#planFlush();
    return true;
  }

  /** Resolves when nothing is left to send or to retry. What is paused or waits for virtual time does not count. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Stops sending; what still waits stays in the log. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#wakeIdleWaiters();
  }

  #takeOne(option: 'drop' | 'duplicate'): boolean {
    const left = this.#options[option];
    if (left === 'always') return true;
    if (left <= 0) return false;
    this.#options = { ...this.#options, [option]: left - 1 };
    return true;
  }

  #planFlush(): void {
    if (this.#isFlushPlanned || this.#options.paused || this.#fresh.length === 0) return;
    this.#isFlushPlanned = true;
    this.#later(this.#options.delayMs, () => this.#flush());
  }

  #flush(): void {
    this.#isFlushPlanned = false;
    if (this.#options.paused) return;
    const batch = this.#options.shuffle ? shuffled(this.#fresh) : this.#fresh;
    this.#fresh = [];
    for (const record of batch) void this.#attempt(record);
  }

  async #attempt(record: DeliveryRecord): Promise<void> {
    this.#inFlight += 1;
    const attempt = await post(record.delivery, this.#options.timeoutMs, this.#clock);
    this.#inFlight -= 1;
    record.attempts.push(attempt);
    if (isAccepted(attempt)) record.state = 'delivered';
    else this.#planRetry(record);
    this.#onAttempt(record);
    this.#wakeIdleWaiters();
  }

  #planRetry(record: DeliveryRecord): void {
    const delayMs = this.#options.retryDelaysMs[record.attempts.length - 1];
    if (this.#isClosed) return;
    if (delayMs === undefined) record.state = 'given-up';
    else if (this.#options.retryTime === 'real') this.#later(delayMs, () => void this.#attempt(record));
    else this.#virtualRetries.push({ record, dueAtMs: this.#clock.now().getTime() + delayMs });
  }

  async #releaseDueRetries(): Promise<void> {
    const nowMs = this.#clock.now().getTime();
    const due = this.#virtualRetries.filter((waiting) => waiting.dueAtMs <= nowMs);
    this.#virtualRetries = this.#virtualRetries.filter((waiting) => waiting.dueAtMs > nowMs);
    await Promise.all(due.map(({ record }) => this.#attempt(record)));
  }

  #later(delayMs: number, work: () => void): void {
    if (this.#isClosed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
      this.#wakeIdleWaiters();
    }, delayMs);
    this.#timers.add(timer);
  }

  #isIdle(): boolean {
    return this.#isClosed || (this.#inFlight === 0 && this.#timers.size === 0);
  }

  #wakeIdleWaiters(): void {
    if (!this.#isIdle()) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}

function isAccepted(attempt: Attempt): boolean {
  return attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
}

/** A redirect counts as a failure, as at the real providers. */
async function post(delivery: Delivery, timeoutMs: number, clock: SandboxClock): Promise<Attempt> {
  const at = clock.now().toISOString();
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      headers: delivery.headers,
      body: delivery.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const headers = Object.fromEntries(response.headers.entries());
    return { at, status: response.status, headers, body: await response.text() };
  } catch (error) {
    return { at, status: null, headers: {}, body: '', error: describe(error) };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
