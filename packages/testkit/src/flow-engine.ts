import type {
  Business,
  DomainEvent,
  Flow,
  FlowContext,
  FlowName,
  FlowResult,
  InboundEvent,
  Log,
  RetryBudget,
} from '@mlc/core';
import {
  type Database,
  type Dispatcher,
  type FlowEngine,
  type FlowQueues,
  type InHand,
  consumeFlow,
  openLocks,
  openQueues,
  type ProcessLocks,
  sha256Hex,
  startDispatcher,
  storeFor,
  sweep,
  systemRandom,
} from '@mlc/platform';

/** The flow the engine's tests run. */
export const TEST_FLOW: FlowName = 'payment-to-freshbooks';

/** What a test lets its flow do. */
export type TestRun = (
  context: FlowContext,
  inbound: InboundEvent,
  event: DomainEvent,
) => Promise<FlowResult>;

/** How a test wants its engine. Times are short, so that failures are over soon. */
export interface TestEngineOptions {
  /** Stays open: the tests of a file share it, as opening one costs more than most of them. */
  readonly database: Database;
  /** null = the Postgres backend. */
  readonly redisUrl: string | null;
  readonly run: TestRun;
  readonly budget?: Partial<RetryBudget>;
  readonly concurrency?: number;
  readonly inHand?: Partial<InHand>;
  readonly translate?: (event: InboundEvent) => DomainEvent;
}

/** A line the engine logged. */
export interface LoggedLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

/** One worker process's engine, inside the test. */
export interface TestEngine {
  readonly engine: FlowEngine;
  readonly database: Database;
  readonly queues: FlowQueues;
  readonly dispatcher: Dispatcher;
  readonly locks: ProcessLocks;
  readonly logged: LoggedLine[];
  /** Moves the engine's clock ahead. */
  advance(ms: number): void;
  sweep(): Promise<{ woken: number; requeued: number } | null>;
  stop(): Promise<void>;
}

const BUDGET: RetryBudget = { backoffBaseMs: 5, backoffCapMs: 20, maxAttempts: 3, settleDelayMs: 30 };
/** A worker that died is noticed after this long; the real one takes 30 s. */
const LOCK_DURATION_MS = 1_500;
const STALLED_INTERVAL_MS = 500;
/** Rows queued longer than this without a job count as lost. */
const SWEEP_MS = 150;

/** Starts queues, dispatcher and one consumer of TEST_FLOW. */
export async function startTestEngine(options: TestEngineOptions): Promise<TestEngine> {
  const logged: LoggedLine[] = [];
  const log = recordingLog(logged);
  const { database } = options;
  const locks = openLocks(database.url, log);
  let aheadMs = 0;
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  const engine: FlowEngine = {
    database,
    clock,
    random: systemRandom,
    log,
    budget: { ...BUDGET, ...options.budget },
    flows: [
      {
        name: TEST_FLOW,
        accepts: () => true,
        run: (job, news) => options.run(job, job.event, news),
      } satisfies Flow,
    ],
    translate:
      options.translate ?? (({ resourceId }) => ({ kind: 'invoice-changed', invoiceId: resourceId })),
    locks,
    storeOf: (businessId, fence) => storeFor(database, businessId, { clock, fence }),
    contextFor: (businessId) => Promise.resolve(contextOf(engine, businessId)),
  };
  const queues = await openQueues({
    queueUrls: options.redisUrl === null ? null : options.redisUrl.split(','),
    databaseUrl: database.url,
    log,
    lockDurationMs: LOCK_DURATION_MS,
    stalledIntervalMs: STALLED_INTERVAL_MS,
  });
  const dispatcher = startDispatcher(engine, queues, options.inHand);
  consumeFlow({ engine, queues, dispatcher }, TEST_FLOW, options.concurrency ?? 10);
  await dispatcher.listening;
  return {
    engine,
    database,
    queues,
    dispatcher,
    locks,
    logged,
    advance: (ms) => (aheadMs += ms),
    sweep: () => sweep(engine, queues, SWEEP_MS),
    stop: async () => {
      await dispatcher.stop();
      await queues.stopConsuming(5_000);
      await queues.close();
      await locks.close();
    },
  };
}

function contextOf(engine: FlowEngine, businessId: string): Omit<FlowContext, 'locks' | 'store'> {
  const absent = new Proxy({}, { get: () => () => Promise.reject(new Error('this test has no provider')) });
  return {
    business: { id: businessId, slug: businessId } as Business,
    books: absent as FlowContext['books'],
    debits: absent as FlowContext['debits'],
    captures: absent as FlowContext['captures'],
    payouts: absent as FlowContext['payouts'],
    clock: engine.clock,
    log: engine.log,
    sha256: sha256Hex,
    settleDelayMs: engine.budget.settleDelayMs,
  };
}

/** A log that keeps its lines. */
export function recordingLog(lines: LoggedLine[]): Log {
  const keep =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      lines.push({ level, message, fields });
    };
  return { error: keep('error'), warn: keep('warn'), info: keep('info'), debug: keep('debug') };
}

/** Columns of stored events a test cares about. */
export interface TestEvents {
  readonly count?: number;
  readonly flow?: FlowName | null;
  readonly type?: string;
  readonly businessId?: string;
  readonly connectionId?: string;
  /** The n-th event's object; by default each has its own. */
  readonly resourceId?: (index: number) => string;
}

let deliveries = 0;

/** Stores events as the ingress does, wake included. Returns their ids in order. */
export async function storeEvents(database: Database, events: TestEvents = {}): Promise<string[]> {
  deliveries += 1;
  const delivery = `${process.pid}-${deliveries}`;
  const resourceId = events.resourceId ?? ((index) => `R${delivery}-${index}`);
  const indexes = Array.from({ length: events.count ?? 1 }, (_, index) => index);
  const { rows } = await database.pool.query<{ id: string }>(
    `INSERT INTO inbound_events (business_id, connection_id, provider, type, external_event_id, resource_id, payload,
       correlation_id, flow)
     SELECT $1, $6, 'gocardless', $2, external_id, resource_id, '{}', 'corr-' || external_id, $3
     FROM unnest($4::text[], $5::text[]) AS event(external_id, resource_id)
     RETURNING id::text`,
    [
      events.businessId ?? 'b1',
      events.type ?? 'payments.confirmed',
      events.flow === undefined ? TEST_FLOW : events.flow,
      indexes.map((index) => `EV${delivery}-${index}`),
      indexes.map(resourceId),
      events.connectionId ?? 'c1',
    ],
  );
  await database.pool.query(`SELECT pg_notify('mlc_wake', '')`);
  return rows.map((row) => row.id);
}

/** Waits for a condition. @throws when it does not come true in time; `what` names it. */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  timeoutMs = 45_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** How many events are in each state. */
export async function eventStates(database: Database): Promise<Record<string, number>> {
  const { rows } = await database.pool.query<{ state: string; count: number }>(
    'SELECT state, count(*)::int AS count FROM inbound_events GROUP BY state ORDER BY state',
  );
  return Object.fromEntries(rows.map((row) => [row.state, row.count]));
}

/** How often the audit log tells of this ending, per event id. */
export async function endings(database: Database, action: string): Promise<Map<string, number>> {
  const { rows } = await database.pool.query<{ id: string; count: number }>(
    `SELECT details->>'eventId' AS id, count(*)::int AS count FROM audit_entries WHERE action = $1 GROUP BY 1`,
    [action],
  );
  return new Map(rows.map((row) => [row.id, row.count]));
}

/**
 * Empties every table, the queue's too; faster than a new database for each test. By DELETE: TRUNCATE makes new files for
 * each table and index, which takes thirty times as long as taking a test's few rows away. As a replica, because the audit log
 * refuses it by a trigger and rows that refer to each other go in any order.
 */
export async function emptyTables({ pool }: Database): Promise<void> {
  await pool.query(`
    DO $$
    DECLARE name text;
    BEGIN
      SET LOCAL session_replication_role = replica;
      FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
        WHERE schemaname IN ('public', 'bullmq') AND tablename NOT IN ('_prisma_migrations', 'migration')
      LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
    END $$`);
}
