import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  ASK_AFTER_MS,
  ConnectorError,
  type ConnectorFailure,
  LockBusyError,
  PARK_LIMIT_MS,
  step,
  WriteHeldError,
} from '@mlc/core';
import {
  emptyTables,
  endings,
  eventStates,
  startTestEngine,
  storeEvents,
  type TestEngine,
  type TestEngineOptions,
  type TestRun,
  until,
} from '@mlc/testkit/flow-engine';
import { QUEUE_BACKENDS, redisCommand, startTestRedis, type TestRedis } from '@mlc/testkit/redis';
import { withDatabase } from '@mlc/testkit/with-database';
import { listDeadLetters, replayDeadLetters, showDeadLetter } from '../answers/dead-letters.ts';
import { resolveReview } from '../answers/resolve-review.ts';
import { drain } from './drain.ts';
import { statusOf } from './status.ts';

// Two queue stores and real time-outs on a shared machine.
jest.setTimeout(30_000);

const DONE: Awaited<ReturnType<TestRun>> = { state: 'done', reason: 'all well', effects: [] };

/** As the flows do it: what waits on the same object is covered when the run ends well. */
async function coveringOthers(...[context, inbound]: Parameters<TestRun>): ReturnType<TestRun> {
  const waiting = await context.store.events.waitingOn(inbound);
  return {
    ...DONE,
    effects: [
      step('covers', async (tx) => {
        await tx.events.cover(inbound, waiting);
      }),
    ],
  };
}

function failure(kind: ConnectorFailure['kind'], more: Partial<ConnectorFailure> = {}): ConnectorError {
  return new ConnectorError({
    kind,
    provider: 'gocardless',
    operation: 'getPayment',
    message: kind,
    ...more,
  });
}

/** Fails with what `errors` says for each attempt, then is done. Counts attempts per event. */
function failing(...errors: Error[]): { run: TestRun; attempts: Map<string, number> } {
  const attempts = new Map<string, number>();
  const run: TestRun = (_context, { id }) => {
    const before = attempts.get(id) ?? 0;
    attempts.set(id, before + 1);
    const error = errors[before];
    return error === undefined ? Promise.resolve(DONE) : Promise.reject(error);
  };
  return { run, attempts };
}

describe.each(QUEUE_BACKENDS)('the engine on %s', (backend) => {
  let redis: TestRedis | null = null;
  const stores = withDatabase();
  let running: TestEngine[] = [];

  beforeAll(async () => {
    if (backend === 'redis') redis = await startTestRedis();
  });
  afterAll(async () => {
    await redis?.stop();
  });
  beforeEach(async () => {
    await emptyTables(stores.database);
    if (redis !== null) await redisCommand(redis.url, 'FLUSHALL');
  });
  afterEach(async () => {
    await Promise.all(running.map((engine) => engine.stop()));
    running = [];
  });

  async function start(run: TestRun, options: Partial<TestEngineOptions> = {}): Promise<TestEngine> {
    const redisUrl = redis?.url ?? null;
    const engine = await startTestEngine({ database: stores.database, redisUrl, run, ...options });
    running.push(engine);
    return engine;
  }

  async function drained(engine: TestEngine, timeoutMs = 15_000) {
    const result = await drain(engine.database, engine.queues, { timeoutMs });
    expect(result.drained).toBe(true);
    return result.status;
  }

  test('runs every stored event once, its effect and its record together', async () => {
    const run: TestRun = (_context, inbound) =>
      Promise.resolve({
        ...DONE,
        details: { amountMinor: 5 },
        effects: [step('rows', (tx) => tx.clients.link(inbound.resourceId, 'CU1', 'test'))],
      });
    const engine = await start(run);
    const ids = await storeEvents(engine.database, { count: 100 });
    const status = await drained(engine);
    expect(status).toMatchObject({
      ready: true,
      events: { stored: 100, processed: 100, pending: 0 },
      parked: 0,
      deadLetters: 0,
      reviewsOpen: 0,
    });
    expect(await engine.database.prisma.clientLink.count()).toBe(100);
    expect(await endings(engine.database, 'event.done')).toEqual(new Map(ids.map((id) => [id, 1])));
    const line = engine.logged.find(({ message }) => message === 'flow.attempted');
    expect(line?.fields).toMatchObject({ decision: 'done', attempt: 1, maxAttempts: 3, failureKind: null });
  });

  test('a job carries its two ids and nothing else', async () => {
    const engine = await start(() => Promise.resolve(DONE));
    await engine.dispatcher.stop();
    const [queue] = engine.queues.boards.filter(({ name }) => name === 'invoice-to-mandate');
    await engine.queues.add('invoice-to-mandate', [{ eventId: '7', correlationId: 'c', run: 2 }]);
    await engine.queues.add('invoice-to-mandate', [{ eventId: '7', correlationId: 'c', run: 2 }]);
    const jobs = await queue?.getJobs(['waiting']);
    expect(jobs?.map(({ id, name, data }) => ({ id, name, data: data as unknown }))).toEqual([
      { id: 'e7-2', name: 'invoice-to-mandate', data: { eventId: '7', correlationId: 'c' } },
    ]);
  });

  test.each(['transient', 'conflict', 'outcome-unknown'] as const)(
    '%s is tried again and counted',
    async (kind) => {
      const { run, attempts } = failing(failure(kind), failure(kind));
      const engine = await start(run);
      const [id] = await storeEvents(engine.database);
      await drained(engine);
      expect(attempts.get(id ?? '')).toBe(3);
      expect(await eventStates(engine.database)).toEqual({ done: 1 });
      const row = await engine.database.prisma.inboundEvent.findFirst();
      expect(row?.attempts).toBe(2);
    },
  );

  test('attempts used up: a dead letter, also on the board; its replay has its attempts anew', async () => {
    const { run } = failing(
      ...[1, 2, 3, 4, 5].map(() => failure('transient', { status: 503, response: 'busy' })),
    );
    const engine = await start(run);
    const [id] = await storeEvents(engine.database);
    const status = await drained(engine);
    expect(status).toMatchObject({ deadLetters: 1, events: { stored: 1, processed: 0, pending: 0 } });
    expect(status.queues['payment-to-freshbooks'].failed).toBe(1);
    const [letter] = await listDeadLetters(engine.database);
    expect(letter).toMatchObject({ eventId: id, failureKind: 'transient', attempts: 3 });
    const shown = await showDeadLetter(engine.database, letter?.id ?? '');
    expect(shown?.details).toMatchObject({ operation: 'getPayment', status: 503, response: 'busy' });

    const clock = engine.engine.clock;
    expect(await replayDeadLetters(engine.database, clock, { ids: 'all', actor: 'cli' })).toBe(1);
    expect(await replayDeadLetters(engine.database, clock, { ids: 'all', actor: 'cli' })).toBe(0);
    const after = await drained(engine);
    expect(after).toMatchObject({ deadLetters: 0, events: { processed: 1 } });
    expect(after.queues['payment-to-freshbooks'].failed).toBe(0);
    expect(await endings(engine.database, 'dead-letter.replayed')).toEqual(new Map([[id, 1]]));
  });

  test('a rate limit waits as told and uses up no attempts', async () => {
    const limited = failure('rate-limited', { retryAfterMs: 10 });
    const { run, attempts } = failing(limited);
    const engine = await start(run, { budget: { maxAttempts: 1 } });
    const [id] = await storeEvents(engine.database);
    await drained(engine);
    expect(attempts.get(id ?? '')).toBe(2);
    expect((await engine.database.prisma.inboundEvent.findFirst())?.attempts).toBe(0);
  });

  test('a busy lock comes back shortly and uses up no attempts', async () => {
    const { run, attempts } = failing(new LockBusyError('k'));
    const engine = await start(run, { budget: { maxAttempts: 1 } });
    const [id] = await storeEvents(engine.database);
    await drained(engine);
    expect(attempts.get(id ?? '')).toBe(2);
    const delays = engine.logged.flatMap(({ fields }) =>
      fields['failureKind'] === 'lock-busy' ? [fields['delayMs']] : [],
    );
    expect(delays.every((delay) => Number(delay) >= 200 && Number(delay) <= 800)).toBe(true);
  });

  test('rejected is dead at once', async () => {
    const { run, attempts } = failing(
      failure('rejected', { status: 422, field: 'amount', request: 'POST /payments {}' }),
    );
    const engine = await start(run);
    const [id] = await storeEvents(engine.database);
    await drained(engine);
    expect(attempts.get(id ?? '')).toBe(1);
    const [letter] = await listDeadLetters(engine.database);
    expect(await showDeadLetter(engine.database, letter?.id ?? '')).toMatchObject({
      failureKind: 'rejected',
      details: { field: 'amount', request: 'POST /payments {}', status: 422 },
      event: { state: 'dead' },
    });
    expect((await endings(engine.database, 'event.dead')).get(id ?? '') ?? 1).toBe(1);
  });

  test('a mistake of ours is an error in the log and tried again like a transient failure', async () => {
    const { run } = failing(new TypeError('x is not a function'));
    const engine = await start(run);
    await storeEvents(engine.database);
    await drained(engine);
    expect(await eventStates(engine.database)).toEqual({ done: 1 });
    expect(engine.logged).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'flow.mistake' }),
    );
  });

  test('unauthorised parks the connection’s events behind one review; a new token wakes them', async () => {
    const { run } = failing(failure('unauthorised', { connectionId: 'c1' }));
    const engine = await start(run);
    await storeEvents(engine.database, { count: 3 });
    expect(await drained(engine)).toMatchObject({ parked: 3, reviewsOpen: 1, events: { pending: 0 } });
    const review = await engine.database.prisma.review.findFirstOrThrow();
    expect(review).toMatchObject({ kind: 'reauthorise', subjectType: 'connection', subjectId: 'c1' });
    expect(await engine.engine.storeOf('b1').transaction((tx) => tx.events.wake('connection:c1'))).toBe(3);
    await until('the woken events to end', async () => (await eventStates(engine.database))['done'] === 3);
    expect(await drained(engine)).toMatchObject({ parked: 0, events: { processed: 3 } });
  });

  test('what does not show yet is looked for again within moments, and uses up no attempts', async () => {
    const { run, attempts } = failing(failure('not-ready'), failure('not-ready'), failure('not-ready'));
    const engine = await start(run, { budget: { maxAttempts: 1 } });
    const [id] = await storeEvents(engine.database);
    await drained(engine);
    expect(attempts.get(id ?? '')).toBe(4);
    expect(await eventStates(engine.database)).toEqual({ done: 1 });
    expect(await engine.database.prisma.inboundEvent.findFirst()).toMatchObject({
      attempts: 0,
      unseenSince: null,
    });
  });

  describe('what does not show', () => {
    /** Parked after a little while of looking; `shows` ends it. */
    async function parked() {
      let shown = false;
      const run: TestRun = () => (shown ? Promise.resolve(DONE) : Promise.reject(failure('not-ready')));
      const engine = await start(run, { budget: { backoffCapMs: 900_000 } });
      await storeEvents(engine.database, { resourceId: () => 'PM9' });
      expect(await drained(engine)).toMatchObject({ parked: 1, reviewsOpen: 0 });
      const row = () => engine.database.prisma.inboundEvent.findFirstOrThrow();
      const later = async (ms: number) => {
        const { run: before } = await row();
        engine.advance(ms);
        expect(await engine.sweep()).toMatchObject({ woken: 1 });
        await until('the look', async () => {
          const { state, run: now } = await row();
          return now === before + 1 && state !== 'queued' && state !== 'stored';
        });
      };
      return { engine, row, later, shows: () => (shown = true) };
    }

    test('is parked, asked about after four hours, and answers its question by showing', async () => {
      const { engine, row, later, shows } = await parked();
      const first = await row();
      expect(await engine.sweep()).toMatchObject({ woken: 0 });
      await later(900_000);
      expect(await engine.database.prisma.review.count()).toBe(0);
      await later(ASK_AFTER_MS);
      expect(await row()).toMatchObject({ state: 'parked', unseenSince: first.unseenSince });
      expect(await engine.database.prisma.review.findMany()).toMatchObject([
        {
          kind: 'unreadable_event',
          subjectType: 'payment',
          subjectId: 'PM9',
          state: 'open',
          reasons: [
            expect.stringMatching(/^gocardless told of payments.confirmed on .*, and does not show it since/),
            expect.stringMatching(/test event never shows: resolve it with ignore/),
          ],
        },
      ]);
      shows();
      await later(ASK_AFTER_MS);
      expect(await row()).toMatchObject({ state: 'done', unseenSince: null });
      expect(await drained(engine)).toMatchObject({ parked: 0, reviewsOpen: 0, events: { processed: 1 } });
    });

    test('is left when a person says so', async () => {
      const { engine, row, later } = await parked();
      await later(ASK_AFTER_MS);
      const { id } = await engine.database.prisma.review.findFirstOrThrow();
      const answer = { reviewId: id, action: 'ignore', note: 'a test event', by: 'finance' } as const;
      await resolveReview(engine.database, engine.engine.clock, answer);
      await later(900_000);
      expect(await row()).toMatchObject({ state: 'skipped', ending: 'already-answered' });
      expect(await drained(engine)).toMatchObject({ parked: 0, reviewsOpen: 0 });
    });

    test('is no longer looked at after 30 days: the question stays', async () => {
      const { engine, row, later } = await parked();
      await later(PARK_LIMIT_MS + 60_000);
      expect(await row()).toMatchObject({ state: 'done' });
      expect(await drained(engine)).toMatchObject({ parked: 0, reviewsOpen: 1, events: { processed: 1 } });
      expect(await engine.database.prisma.review.findFirst()).toMatchObject({
        kind: 'unreadable_event',
        subjectType: 'payment',
        reasons: [expect.any(String), expect.stringMatching(/retry looks once more/)],
      });
    });
  });

  test('a flow that parks for a mandate runs again when it appears', async () => {
    let mandate = false;
    const run: TestRun = (context) =>
      Promise.resolve(
        mandate
          ? DONE
          : {
              state: 'parked',
              reason: 'no mandate yet',
              waitingFor: 'mandate:7',
              recheckAt: new Date(context.clock.now().getTime() + 3_600_000),
              effects: [],
            },
      );
    const engine = await start(run);
    await storeEvents(engine.database);
    await until('the park', async () => (await eventStates(engine.database))['parked'] === 1);
    mandate = true;
    expect(await engine.engine.storeOf('b1').transaction((tx) => tx.events.wake('mandate:8'))).toBe(0);
    expect(await engine.engine.storeOf('b1').transaction((tx) => tx.events.wake('mandate:7'))).toBe(1);
    await until('its run', async () => (await eventStates(engine.database))['done'] === 1);
  });

  test('what would write while its business observes waits for go-live, for 40 days without a question', async () => {
    let isLive = false;
    const run: TestRun = () =>
      isLive ? Promise.resolve(DONE) : Promise.reject(new WriteHeldError('createDebit', null));
    const engine = await start(run);
    await storeEvents(engine.database);
    await until('the park', async () => (await eventStates(engine.database))['parked'] === 1);
    expect(await engine.database.prisma.inboundEvent.findFirst()).toMatchObject({
      waitingFor: 'go-live',
      recheckAt: null,
      attempts: 0,
      reason: 'observing, waits for mlc go-live: would call createDebit',
    });
    for (let day = 0; day < 40; day += 10) {
      engine.advance(10 * 86_400_000);
      expect(await engine.sweep()).toMatchObject({ woken: 0 });
    }
    expect(await drained(engine)).toMatchObject({ parked: 1, reviewsOpen: 0, deadLetters: 0 });
    // Something else about the same runs it again while the business still observes.
    await engine.engine.storeOf('b1').transaction((tx) => tx.events.wake('go-live'));
    await until('the second park', async () => {
      const row = await engine.database.prisma.inboundEvent.findFirstOrThrow();
      return row.state === 'parked' && row.run === 1;
    });
    expect(await drained(engine)).toMatchObject({ parked: 1, reviewsOpen: 0 });
    isLive = true;
    await engine.engine.storeOf('b1').transaction((tx) => tx.events.wake('go-live'));
    await until('its run', async () => (await eventStates(engine.database))['done'] === 1);
  });

  test('one poison event among 250 loses only itself', async () => {
    const poison = new Set<string>();
    const run: TestRun = (_context, { resourceId }) =>
      resourceId === 'POISON' ? Promise.reject(new Error('cannot digest')) : Promise.resolve(DONE);
    const engine = await start(run);
    const ids = await storeEvents(engine.database, {
      count: 250,
      resourceId: (index) => (index === 100 ? 'POISON' : `R${index}`),
    });
    poison.add(ids[100] ?? '');
    await drained(engine);
    expect(await eventStates(engine.database)).toEqual({ dead: 1, done: 249 });
    expect((await listDeadLetters(engine.database)).map(({ eventId }) => eventId)).toEqual([...poison]);
  });

  test('events no flow takes are skipped with their reason, unreadable ones become reviews', async () => {
    const engine = await start(() => Promise.reject(new Error('never run')), {
      translate: ({ type }) =>
        type === 'unreadable'
          ? { kind: 'unreadable', why: 'not JSON' }
          : { kind: 'irrelevant', why: 'nothing of ours' },
    });
    const [skipped] = await storeEvents(engine.database, { flow: null, type: 'creditors.updated' });
    const [unreadable] = await storeEvents(engine.database, {
      flow: null,
      type: 'unreadable',
      resourceId: () => '',
    });
    const status = await drained(engine);
    expect(status).toMatchObject({ reviewsOpen: 1, events: { processed: 2 } });
    expect(await endings(engine.database, 'event.skipped')).toEqual(new Map([[skipped, 1]]));
    expect(await endings(engine.database, 'event.done')).toEqual(new Map([[unreadable, 1]]));
    const row = await engine.database.prisma.inboundEvent.findUniqueOrThrow({
      where: { id: BigInt(skipped ?? 0) },
    });
    expect(row.reason).toBe('nothing of ours');
    expect(await engine.database.prisma.review.findFirst()).toMatchObject({
      kind: 'unreadable_event',
      subjectType: 'event',
    });
  });

  test('an event covered by another one on the same object is skipped, whatever its own retry', async () => {
    const run: TestRun = async (context, inbound, event) => {
      if (inbound.type === 'payments.failed') throw failure('rate-limited', { retryAfterMs: 3_600_000 });
      return coveringOthers(context, inbound, event);
    };
    const engine = await start(run);
    await storeEvents(engine.database, { type: 'payments.failed', resourceId: () => 'PM1' });
    await storeEvents(engine.database, { type: 'mandates.failed', resourceId: () => 'PM2' });
    await until('the delayed retries', async () => {
      const counts = await engine.queues.counts();
      return counts['payment-to-freshbooks'].delayed === 1;
    });
    await storeEvents(engine.database, { resourceId: () => 'PM1' });
    const status = await drained(engine);
    expect(await eventStates(engine.database)).toEqual({ done: 2, skipped: 1 });
    expect(status.queues['payment-to-freshbooks']).toMatchObject({ waiting: 0, active: 0, delayed: 0 });
  });

  test('two events that would cover each other and both fail at first are not lost', async () => {
    const looked: string[] = [];
    const run: TestRun = async (context, inbound, event) => {
      const result = await coveringOthers(context, inbound, event);
      looked.push(inbound.id);
      if (looked.length > 2) return result;
      await until('both have looked', () => looked.length >= 2);
      throw failure('transient');
    };
    const engine = await start(run);
    // The dispatcher gives out one after the other.
    await engine.dispatcher.stop();
    await storeEvents(engine.database, { count: 2, resourceId: () => 'PM1' });
    const rows = await engine.database.prisma.inboundEvent.updateManyAndReturn({ data: { state: 'queued' } });
    await engine.queues.add(
      'payment-to-freshbooks',
      rows.map(({ id, correlationId, run: number }) => ({ eventId: String(id), correlationId, run: number })),
    );
    await drained(engine);
    const { done = 0, skipped = 0 } = await eventStates(engine.database);
    expect(done).toBeGreaterThan(0);
    expect(done + skipped).toBe(2);
  });

  test('two workers share the work without doing any twice', async () => {
    const ran: string[] = [];
    const run: TestRun = (_context, { id }) => {
      ran.push(id);
      return Promise.resolve(DONE);
    };
    const first = await start(run);
    await start(run);
    const ids = await storeEvents(first.database, { count: 120 });
    await drained(first);
    expect(ran.toSorted()).toEqual(ids.toSorted());
    expect(running.every(({ logged }) => logged.some(({ message }) => message === 'flow.attempted'))).toBe(
      true,
    );
  });

  test('no more of a connection is in hand than may be; the rest waits in Postgres', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const engine = await start(() => gate.then(() => DONE), {
      inHand: { perConnection: 30 },
      concurrency: 5,
    });
    await storeEvents(engine.database, { count: 120 });
    await until(
      'a full queue',
      async () => (await engine.queues.counts())['payment-to-freshbooks'].waiting >= 25,
    );
    await until('a look at the full queue', async () => {
      engine.dispatcher.wake();
      const states = await eventStates(engine.database);
      return (states['queued'] ?? 0) >= 30;
    });
    const states = await eventStates(engine.database);
    expect(states['queued']).toBe(30);
    expect((states['stored'] ?? 0) + (states['queued'] ?? 0)).toBe(120);
    release();
    expect(await drained(engine)).toMatchObject({ events: { processed: 120 } });
  });

  test('drain never reports a pause between two states as the end', async () => {
    // Each event brings the next back from its park: there is always something between two states.
    const run: TestRun = async (context, inbound) => {
      const next = Number(inbound.resourceId) + 1;
      await context.store.transaction((tx) => tx.events.wake(`mandate:${next}`));
      return DONE;
    };
    const engine = await start(run);
    await engine.database.pool.query(
      `INSERT INTO inbound_events (business_id, connection_id, provider, type, external_event_id, resource_id, payload,
         correlation_id, flow, state, waiting_for, parked_since, recheck_at)
       SELECT 'b1', 'c1', 'gocardless', 'mandates.created', 'chain' || n, n::text, '{}', 'corr', 'payment-to-freshbooks',
         'parked', 'mandate:' || n, now(), now() + interval '1 day' FROM generate_series(1, 40) n`,
    );
    await storeEvents(engine.database, { resourceId: () => '0' });
    await drained(engine);
    expect(await eventStates(engine.database)).toEqual({ done: 41 });
  });

  test('status narrows to one business and says when the queue is away', async () => {
    const engine = await start(() => Promise.resolve(DONE));
    await storeEvents(engine.database, { count: 2, businessId: 'b2' });
    await storeEvents(engine.database, { count: 3 });
    await drained(engine);
    expect((await statusOf(engine.database, engine.queues, { businessId: 'b2' })).events.stored).toBe(2);
    const away = { counts: () => Promise.reject(new Error('away')) };
    expect(await statusOf(engine.database, away)).toMatchObject({ ready: false, events: { stored: 5 } });
  });
});
