import { createHash } from 'node:crypto';
import {
  type Business,
  ConnectorError,
  decideRetry,
  type DomainEvent,
  type Flow,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  guardPorts,
  LockBusyError,
  type Mode,
  NO_LIMITS,
  type Policy,
  type RetryBudget,
  skipped,
  type Store,
  waitForGoLive,
  WAITING_FOR_GO_LIVE,
  WriteHeldError,
} from '@mlc/core';
import { endRun } from '@mlc/platform/queue/end-run';
import { FakeBooks } from './fakes/fake-books.ts';
import { FakeCaptures } from './fakes/fake-captures.ts';
import { FakeDebits } from './fakes/fake-debits.ts';
import { FakePayouts } from './fakes/fake-payouts.ts';
import { memoryStore } from './memory/memory-store.ts';
import { shapeOf } from './event-shapes.ts';
import { silentLog } from './silent-log.ts';

/** The process dies here: nothing after it runs, nothing before it is undone. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

const POLICY: Policy = {
  mode: 'live',
  limits: NO_LIMITS,
  collectFrom: '2026-11-01',
  chargeDate: 'due-date',
  noMandate: 'review',
  recordPaymentAt: 'confirmed',
  onLateFailure: 'reverse',
  paypalFees: 'none',
  gocardlessFees: 'none',
  payoutEntry: 'none',
  accounts: {
    feeExpenseCategoryId: null,
    staffId: null,
    bankAccountUuid: null,
    clearingAccountUuid: null,
    feeAccountUuid: null,
  },
};

const BUDGET: RetryBudget = {
  backoffBaseMs: 1_000,
  backoffCapMs: 900_000,
  maxAttempts: 12,
  settleDelayMs: 20_000,
};
const GO_LIVE_MS = Date.parse('2026-11-05T09:00:00Z');
/** A busy lock is tried again after this long. */
const LOCK_BUSY_MS = 200;
/** A run of the world that takes more steps than this goes round in circles. */
const MAX_STEPS = 5_000;

/** What several worlds may share. */
type Providers = Pick<FlowWorld, 'books' | 'debits' | 'captures' | 'payouts' | 'clock'>;

/** One business with fake providers, a store in memory, and an engine that runs its flows one step at a time. */
export class FlowWorld {
  readonly books: FakeBooks;
  readonly debits: FakeDebits;
  readonly captures: FakeCaptures;
  readonly payouts: FakePayouts;
  readonly store;
  readonly clock;
  readonly #flows: readonly Flow[];
  readonly #meanings = new Map<string, DomainEvent>();
  #business: Business;
  #nowMs: number;
  #crashIn = Infinity;
  #meetIn = Infinity;
  #meet: () => Promise<unknown> = () => this.#runNext();
  #pauseIn = Infinity;
  #pause: () => Promise<void> = () => Promise.resolve();
  /** Who has which lock; who takes it anew takes it from whoever had it before. */
  readonly #holders = new Map<string, symbol>();
  /** What was locked at once at most by one job, and how often a transaction asked for a lock whether it was lost. */
  readonly locking = { heldAtMost: 0, asked: 0 };
  /** Events whose last attempt failed and is to be repeated. */
  readonly #again: InboundEvent[] = [];
  /** How each event ended: its last result, or the error it died of. */
  readonly outcomes = new Map<string, FlowResult | Error>();
  /** Every delay a retry asked for, in ms. */
  readonly delays: number[] = [];

  /** With `others`, it is another business or installation that knows nothing, before providers of theirs. */
  constructor(flows: readonly Flow[], policy: Partial<Policy> = {}, others?: Partial<Providers>) {
    this.#flows = flows;
    this.books = others?.books ?? new FakeBooks();
    this.debits = others?.debits ?? new FakeDebits();
    this.captures = others?.captures ?? new FakeCaptures();
    this.payouts = others?.payouts ?? new FakePayouts();
    this.#nowMs = others?.clock?.now().getTime() ?? GO_LIVE_MS;
    this.clock = { now: () => new Date(this.#nowMs) };
    this.store = memoryStore({
      clock: this.clock,
      ...(others === undefined ? {} : { businessId: 'business-2' }),
    });
    this.#business = {
      id: this.store.businessId,
      slug: others === undefined ? 'acme' : 'acme-again',
      displayName: 'Acme',
      timezone: 'Europe/London',
      notifyEmails: [],
      policy: { ...POLICY, ...policy },
    };
  }

  /** A person applies another policy, or switches the mode: `observe` stops writes, `live` wakes what waited for it. */
  async setPolicy(policy: Partial<Policy>): Promise<number> {
    this.#business = { ...this.#business, policy: { ...this.#business.policy, ...policy } };
    return policy.mode === 'live' ? this.store.transaction((tx) => tx.events.wake(WAITING_FOR_GO_LIVE)) : 0;
  }

  /** Time passes. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  /** Time passes, and what was parked until then runs again; the world is at rest afterwards. */
  async pass(ms: number): Promise<void> {
    this.advance(ms);
    await this.store.wakeDue();
    await this.settle();
  }

  /** A webhook arrived and was stored. */
  deliver(event: DomainEvent): InboundEvent {
    const { provider, type, resourceId } = shapeOf(event);
    const flow = this.#flows.find((candidate) => candidate.accepts(event))?.name ?? null;
    const inbound = this.store.addEvent({ provider, type, resourceId, flow, connectionId: provider });
    this.#meanings.set(inbound.id, event);
    return inbound;
  }

  /** The n-th outside step from now (1 = the next) is the last thing this process does: half of them after the effect. */
  crashAfter(steps: number): void {
    this.#crashIn = steps;
  }

  /** True when a crash that was asked for did not happen: there were fewer steps. */
  get crashPending(): boolean {
    return this.#crashIn !== Infinity;
  }

  /**
   * After the n-th outside step from now (1 = the next) another process runs the next event from start to end, before this
   * one goes on: both had the lock, which went with its connection to Postgres. Or something else happens there.
   */
  meetAfter(steps: number, meet: () => Promise<unknown> = () => this.#runNext()): void {
    this.#meetIn = steps;
    this.#meet = meet;
  }

  /** True when a meeting that was asked for did not happen: there were fewer steps. */
  get meetingPending(): boolean {
    return this.#meetIn !== Infinity;
  }

  /**
   * A run of the event stands still after so many outside steps; another one of the same takes its lock and begins, and after
   * so many steps of that the first one goes on to its end. Returns false when the first one had fewer steps.
   */
  async overtake(event: DomainEvent, pauseAfter: number, resumeAfter: number): Promise<boolean> {
    let goOn = (): void => undefined;
    const stopped = new Promise<'stopped'>((stop) => {
      this.#pause = () => {
        stop('stopped');
        return new Promise((resume) => (goOn = resume));
      };
    });
    this.#pauseIn = pauseAfter;
    this.deliver(event);
    const first = this.#runNext();
    if ((await Promise.race([stopped, first])) !== 'stopped') {
      this.#pauseIn = Infinity;
      return false;
    }
    const finishFirst = (): Promise<unknown> => {
      goOn();
      return first;
    };
    this.#meet = finishFirst;
    this.#meetIn = resumeAfter;
    this.deliver(event);
    await this.#runNext();
    this.#meetIn = Infinity;
    await finishFirst();
    await this.settle();
    return true;
  }

  /** Runs everything that can run, retries and their waits included, until the world is at rest. */
  async settle(): Promise<void> {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      if (!(await this.#runNext())) return;
    }
    throw new Error(`the world does not come to rest in ${MAX_STEPS} steps`);
  }

  /** One attempt of the next event; false when there is none. */
  async #runNext(): Promise<boolean> {
    const inbound = (await this.store.claimNext()) ?? this.#again.shift();
    if (inbound === undefined) return false;
    if (await this.#attempt(inbound)) this.#again.push({ ...inbound, attempts: inbound.attempts + 1 });
    return true;
  }

  /** A single event, delivered and run to its end. */
  async see(event: DomainEvent): Promise<FlowResult> {
    const inbound = this.deliver(event);
    await this.settle();
    const outcome = this.outcomes.get(inbound.id);
    if (outcome === undefined) throw new Error(`event ${inbound.id} never ran`);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  context(): FlowContext {
    const { locks, fence } = this.#jobLocks();
    const business = this.#business;
    const ports = {
      books: this.#watched(this.books),
      debits: this.#watched(this.debits),
      captures: this.#watched(this.captures),
      payouts: this.#watched(this.payouts),
    };
    return {
      business,
      ...guardPorts(ports, () => this.#mayWrite(business.policy.mode)),
      store: this.#watchedStore(this.store.fencedBy(fence)),
      locks,
      clock: this.clock,
      log: silentLog,
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
      settleDelayMs: BUDGET.settleDelayMs,
    };
  }

  /**
   * The locks of one job. Nothing is ever busy: a second run meets a first one only when that lost its locks, and from then
   * on nothing the first one does is recorded.
   */
  #jobLocks(): { locks: FlowContext['locks']; fence: () => void } {
    const job = Symbol('job');
    const taken = new Set<string>();
    const isLost = (): boolean => [...taken].some((key) => this.#holders.get(key) !== job);
    return {
      locks: {
        withLock: (key, work) => {
          if (!taken.has(key)) this.#holders.set(key, job);
          taken.add(key);
          this.locking.heldAtMost = Math.max(this.locking.heldAtMost, taken.size);
          return work();
        },
        letGoAfter: async (work) => {
          const before = new Set(taken);
          try {
            const result = await work();
            if (isLost()) throw lockLost();
            return result;
          } finally {
            for (const key of taken) if (!before.has(key)) taken.delete(key);
          }
        },
      },
      fence: () => {
        this.locking.asked += taken.size;
        if (isLost()) throw lockLost();
      },
    };
  }

  /** Held back when the business was paused in the middle; a write that slips past its gate is a mistake. */
  #mayWrite(begunIn: Mode): boolean {
    if (this.#business.policy.mode === 'live') return true;
    if (begunIn === 'live') return false;
    throw new Error('a write slipped past the gate of its protocol while the business observes');
  }

  /** Returns true when the event has to run again. */
  async #attempt(inbound: InboundEvent): Promise<boolean> {
    // A job whose run ended already (the process died right after it) is stale.
    if ((await this.store.events.get(inbound.id))?.state !== 'queued') return false;
    try {
      const result = await this.#run(inbound);
      this.outcomes.set(inbound.id, result);
      return false;
    } catch (error) {
      if (error instanceof Crash) {
        // A new process picks the job up a little later.
        this.#crashIn = Infinity;
        this.advance(1_000);
        return true;
      }
      if (error instanceof LockBusyError) {
        this.advance(LOCK_BUSY_MS);
        return true;
      }
      if (error instanceof WriteHeldError) return this.#hold(inbound, error);
      if (error instanceof ConnectorError) return this.#retry(inbound, error);
      throw error;
    }
  }

  async #run(inbound: InboundEvent): Promise<FlowResult> {
    const event = this.#meanings.get(inbound.id);
    const flow = this.#flows.find((candidate) => candidate.name === inbound.flow);
    if (event === undefined || flow === undefined) {
      const nothing = skipped('not-followed', 'no flow');
      await this.#finish(this.store, inbound, nothing);
      return nothing;
    }
    const context = this.context();
    const result = await flow.run({ ...context, event: inbound }, event);
    await this.#finish(context.store, inbound, result);
    return result;
  }

  /** As the engine does it. */
  async #finish(store: Store, inbound: InboundEvent, result: FlowResult): Promise<FlowResult> {
    const row = this.store.eventRows().find(({ id }) => id === inbound.id);
    const { run = 0, parkedSince = null, unseenSince = null } = row ?? {};
    const attempt = { event: inbound, run, parkedSince, unseenSince, number: inbound.attempts + 1 };
    const flow = inbound.flow ?? 'invoice-to-mandate';
    await endRun({ clock: this.clock, store }, { ...attempt, flow, goesAheadFor: null }, result);
    return result;
  }

  async #hold(inbound: InboundEvent, held: WriteHeldError): Promise<boolean> {
    const parked = waitForGoLive(held);
    await this.#finish(this.store, inbound, parked);
    this.outcomes.set(inbound.id, parked);
    return false;
  }

  async #retry(inbound: InboundEvent, error: ConnectorError): Promise<boolean> {
    const { kind, retryAfterMs, connectionId } = error;
    const unseenSince = this.store.eventRows().find(({ id }) => id === inbound.id)?.unseenSince ?? null;
    const failed = {
      kind,
      attempt: inbound.attempts + 1,
      ...(unseenSince === null ? {} : { waitedMs: this.#nowMs - unseenSince.getTime() }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(connectionId === undefined ? {} : { connectionId }),
    };
    const decision = decideRetry(failed, BUDGET, 0.5);
    if (decision.action === 'retry') {
      if (kind === 'not-ready') await this.store.noteUnseen(inbound.id);
      this.delays.push(decision.delayMs);
      this.advance(decision.delayMs);
      return true;
    }
    if (decision.action === 'dead') {
      this.outcomes.set(inbound.id, error);
      return false;
    }
    const recheckAt = new Date(this.#nowMs + decision.delayMs);
    const parked: FlowResult = {
      state: 'parked',
      reason: error.message,
      waitingFor: decision.waitingFor,
      recheckAt,
      effects: [],
    };
    await this.#finish(this.store, inbound, parked);
    this.outcomes.set(inbound.id, parked);
    return false;
  }

  /** Counts each call as two boundaries: before its effect and after it. */
  #watched<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const member = Reflect.get(object, name) as unknown;
        if (typeof member !== 'function') return member;
        return (...parameters: unknown[]) =>
          this.#stepped(() => Reflect.apply(member, object, parameters) as unknown);
      },
    });
  }

  #watchedStore(store: Store): Store {
    const watched = Object.fromEntries(
      Object.entries(store).map(([name, part]) => [
        name,
        typeof part === 'object' ? this.#watched(part as object) : part,
      ]),
    );
    return {
      ...(watched as unknown as Store),
      transaction: async (work) => (await this.#stepped(() => store.transaction(work))) as never,
    };
  }

  #stepped(work: () => unknown): unknown {
    this.#boundary();
    const result = work();
    if (!(result instanceof Promise)) return result;
    return result.then(async (value: unknown) => {
      this.#boundary();
      await this.#pausing();
      await this.#meeting();
      return value;
    });
  }

  async #meeting(): Promise<void> {
    this.#meetIn -= 1;
    if (this.#meetIn > 0) return;
    this.#meetIn = Infinity;
    await this.#meet();
  }

  async #pausing(): Promise<void> {
    this.#pauseIn -= 1;
    if (this.#pauseIn > 0) return;
    this.#pauseIn = Infinity;
    await this.#pause();
  }

  #boundary(): void {
    this.#crashIn -= 1;
    if (this.#crashIn <= 0) throw new Crash('the process died here');
  }
}

function lockLost(): ConnectorError {
  const message = 'a lock was lost while it was held';
  return new ConnectorError({ kind: 'transient', provider: 'mlc', operation: 'lock', message });
}
