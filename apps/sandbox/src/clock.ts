const DAY_MS = 86_400_000;

/** Work a sandbox does when its time moves: whatever is due at `now` and was not done yet. */
export type DayListener = (now: Date) => void | Promise<void>;

/**
 * The sandbox's own time. Starts at a given instant or at the real one; real time keeps flowing on top of the offset,
 * so two calls a second apart are a second apart. Moving it runs the day listeners once per day passed through, in
 * the order they were registered, and resolves when the last one is done.
 */
export class SandboxClock {
  readonly #listeners: DayListener[] = [];
  #offsetMs: number;
  #turn: Promise<void> = Promise.resolve();
  #lastDay: string;

  constructor(options: { start?: Date } = {}) {
    this.#offsetMs = options.start === undefined ? 0 : options.start.getTime() - Date.now();
    this.#lastDay = dayOf(this.now());
  }

  now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }

  /** Today, yyyy-mm-dd in UTC. */
  today(): string {
    return dayOf(this.now());
  }

  /** Registers day work; answers a function that takes it away again. */
  onDay(listener: DayListener): () => void {
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners.indexOf(listener);
      if (at !== -1) this.#listeners.splice(at, 1);
    };
  }

  /** Moves to `date` in steps of at most one day; listeners run after each step. Throws when `date` is in the past. */
  advanceTo(date: Date): Promise<void> {
    return this.#inTurn(() => this.#advance(date.getTime() - this.now().getTime()));
  }

  /** Moves `days` (may be a fraction) ahead. */
  advanceDays(days: number): Promise<void> {
    return this.#inTurn(() => this.#advance(days * DAY_MS));
  }

  /** Runs the listeners if the day has changed by real time alone since they last ran. */
  tick(): Promise<void> {
    return this.#inTurn(async () => {
      if (dayOf(this.now()) !== this.#lastDay) await this.#runListeners();
    });
  }

  async #advance(byMs: number): Promise<void> {
    if (!Number.isFinite(byMs) || byMs < -DAY_MS / 1000)
      throw new RangeError('the sandbox clock only moves forward');
    let leftMs = Math.max(byMs, 0);
    do {
      const stepMs = Math.min(leftMs, DAY_MS);
      this.#offsetMs += stepMs;
      leftMs -= stepMs;
      await this.#runListeners();
    } while (leftMs > 0);
  }

  async #runListeners(): Promise<void> {
    const now = this.now();
    this.#lastDay = dayOf(now);
    for (const listener of [...this.#listeners]) await listener(now);
  }

  /** One move at a time: two callers that advance at once get one after the other. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
