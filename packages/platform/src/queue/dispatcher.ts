import type { Log } from '@mlc/core';
import { WAKE_CHANNEL } from '../inbox/events.ts';
import { listenTo } from '../postgres/listener.ts';
import type { InHand } from './take.ts';
import { type Dispatching, dispatchRound, IN_HAND } from './dispatch-batch.ts';
import type { FlowEngine } from './engine.ts';
import type { FlowQueues } from './queues.ts';

/** Moves stored events into the queues whenever it is woken. */
export interface Dispatcher {
  /** Something may be stored. Any number of calls while a round runs makes one more round. */
  wake(): void;
  /** A job has ended: whatever was held back for it may go. */
  jobEnded(): void;
  /** Listens to the ingress; resolves with the first connection. */
  readonly listening: Promise<void>;
  /** Finishes the round in hand. */
  stop(): Promise<void>;
}

/** Waits this long between two rounds of a steady trickle, so that they move more at once. */
const COALESCE_MS = 20;
/** Looks again this soon while more is stored than may be in hand: jobs of other processes end unheard. */
const HELD_MS = 500;

/** Starts one; every worker process has one, and they share the work row by row. */
export function startDispatcher(
  engine: FlowEngine,
  queues: FlowQueues,
  inHand: Partial<InHand> = {},
): Dispatcher {
  const loop = new DispatchLoop({ engine, queues, inHand: { ...IN_HAND, ...inHand } });
  const listener = listenTo({
    databaseUrl: engine.database.url,
    channel: WAKE_CHANNEL,
    onNotice: () => loop.wake(),
    log: engine.log,
  });
  queues.onUsable(() => loop.wake());
  loop.wake();
  return {
    wake: () => loop.wake(),
    jobEnded: () => loop.jobEnded(),
    listening: listener.ready,
    stop: async () => {
      await listener.close();
      await loop.stop();
    },
  };
}

/** One round at a time; wakes during a round are one wake after it. */
class DispatchLoop {
  readonly #dispatching: Dispatching;
  readonly #log: Log;
  #running: Promise<void> | undefined;
  #woken = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #failing = false;
  #held = false;

  constructor(dispatching: Dispatching) {
    this.#dispatching = dispatching;
    this.#log = dispatching.engine.log;
  }

  wake(): void {
    this.#woken = true;
    if (this.#stopped || this.#running !== undefined) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#woken) this.#later(COALESCE_MS);
    });
  }

  jobEnded(): void {
    if (this.#held) this.#later(COALESCE_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#woken = false;
    try {
      for (;;) {
        const round = await dispatchRound(this.#dispatching);
        this.#failing = false;
        this.#held = round.held;
        if (round.held) this.#later(HELD_MS);
        if (this.#stopped || !round.more) return;
      }
    } catch (error) {
      // The next sweep, or the queue's return, looks again: say it once, not with every webhook.
      if (!this.#failing) this.#log.warn('dispatch.failed', { error });
      this.#failing = true;
    }
  }

  /** The sooner of what was asked for. */
  #later(delayMs: number): void {
    const due = performance.now() + delayMs;
    if (this.#stopped || (this.#timer !== undefined && this.#due <= due)) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.wake();
    }, delayMs);
  }
}
