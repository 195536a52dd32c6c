import { eventReaders } from '@mlc/connectors';
import type { InboundEvent, Notices } from '@mlc/core';
import { FLOWS, recheck } from '@mlc/flows';
import {
  businessesWithReceipts,
  type FlowEngine,
  type FlowQueues,
  foldReceipts,
  inJob,
  type InJob,
  type ProcessLocks,
  type Runtime,
  sha256Hex,
  storeFor,
  sweep,
  takeDueAnswers,
} from '@mlc/platform';
import { adoptOffers, type OfferAdoption } from '@mlc/platform/set-up/adopt-offers';
import { completeHandshakes, type HandshakeCompletion } from '@mlc/platform/connections/complete-handshakes';
import type { Connections } from './connectors.ts';
import { MIRROR_LOOK_MS, refreshMirrors } from './polling/customer-mirror.ts';
import { BACKFILL_LOOK_MS, backfillMirrors } from './polling/mirror-backfill.ts';
import { lookIntervalMs, pollDue } from './polling/poll-due.ts';
import { recheckPostings } from './rechecks.ts';
import { mailReviews } from './review-mails.ts';
import type { Schedule } from './schedules.ts';

/** The parts a worker is put together from. */
export interface WorkerParts {
  readonly runtime: Runtime;
  readonly queues: FlowQueues;
  readonly locks: ProcessLocks;
  readonly connections: Connections;
  readonly notices: Notices;
}

/** How often mails about new reviews go out, and verifiers back to FreshBooks. */
const PROMPT_MS = 5_000;
/** How often what the ingress saw is moved into the audit log. */
const FOLD_MS = 30_000;

/** The engine over the real flows, stores and providers. */
export function composeEngine({
  runtime,
  locks,
  connections,
}: Omit<WorkerParts, 'queues' | 'notices'>): FlowEngine {
  const { database, clock, random, log, config } = runtime;
  return {
    database,
    clock,
    random,
    log,
    budget: config.retry,
    flows: FLOWS,
    translate,
    locks,
    storeOf: (businessId, fence) => storeFor(database, businessId, { clock, fence }),
    contextFor: async (businessId) => ({
      ...(await connections.of(businessId)),
      clock,
      log,
      sha256: sha256Hex,
      settleDelayMs: config.retry.settleDelayMs,
    }),
  };
}

function translate(event: InboundEvent) {
  const reader = eventReaders.get(event.provider);
  if (reader === undefined)
    return { kind: 'unreadable', why: `this version has no connector for ${event.provider}` } as const;
  return reader.translate(event);
}

/** What any one worker does now and then. */
export function schedulesOf(engine: FlowEngine, parts: WorkerParts): readonly Schedule[] {
  const { runtime, queues, locks, connections, notices } = parts;
  const { config, database, vault, log, clock } = runtime;
  const { sweepIntervalMs } = config;
  const forJobs: InJob = (businessId, work) => inJob(engine, businessId, work);
  const rechecks = {
    database,
    clock,
    log,
    inJob: forJobs,
    recheck,
  };
  const mails = { database, notices, log, consoleUrl: config.consoleUrl };
  const verify: HandshakeCompletion['verify'] = (...verifier) => connections.verifyCallback(...verifier);
  const { publicUrl } = config;
  const listCallbacks = (id: string) => connections.listCallbacks(id);
  const handshakes = { database, vault, log, verify, listCallbacks, publicUrl };
  const mirrors = { database, clock, log, inJob: forJobs };
  return [
    { name: 'sweep', everyMs: sweepIntervalMs, run: () => sweep(engine, queues, sweepIntervalMs) },
    { name: 'rechecks', everyMs: sweepIntervalMs, run: () => recheckPostings(rechecks) },
    { name: 'held-answers', everyMs: PROMPT_MS, run: () => takeDueAnswers(database, clock) },
    { name: 'review-mails', everyMs: PROMPT_MS, run: () => mailReviews(mails) },
    { name: 'handshakes', everyMs: PROMPT_MS, run: () => shakeHands(handshakes) },
    { name: 'fold-receipts', everyMs: FOLD_MS, run: () => foldAll(runtime) },
    {
      name: 'poll',
      everyMs: lookIntervalMs(config.pollIntervalMs),
      run: (stopping) => pollDue({ runtime, locks, connections, stopping }, config.pollIntervalMs),
    },
    {
      name: 'mirror-backfill',
      everyMs: BACKFILL_LOOK_MS,
      run: (stopping) => backfillMirrors(mirrors, stopping),
    },
    {
      name: 'customer-mirror',
      everyMs: MIRROR_LOOK_MS,
      run: (stopping) => refreshMirrors(mirrors, stopping),
    },
  ];
}

async function shakeHands(handshakes: HandshakeCompletion & OfferAdoption): Promise<void> {
  await adoptOffers(handshakes);
  await completeHandshakes(handshakes);
}

async function foldAll({ database, clock }: Runtime): Promise<void> {
  for (const businessId of await businessesWithReceipts(database)) {
    await foldReceipts(database, businessId, clock);
  }
}
