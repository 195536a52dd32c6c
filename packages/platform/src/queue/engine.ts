import type {
  Clock,
  DomainEvent,
  Flow,
  FlowContext,
  FlowName,
  InboundEvent,
  Log,
  Random,
  RetryBudget,
  Store,
} from '@mlc/core';
import type { Database } from '../postgres/database.ts';
import type { LoadedRun } from './load-run.ts';
import type { Fence } from '../locks/fence.ts';
import type { ProcessLocks } from '../locks/locks.ts';
import type { JobOutcome } from './workers.ts';

/** What the engine needs to run flows; put together in `apps/worker`. */
export interface FlowEngine {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly budget: RetryBudget;
  readonly flows: readonly Flow[];
  /** The provider's words into ours. */
  translate(event: InboundEvent): DomainEvent;
  readonly locks: ProcessLocks;
  /** What is there for a business, whoever runs. */
  contextFor(businessId: string): Promise<Omit<FlowContext, 'locks' | 'store'>>;
  storeOf(businessId: string, fence?: Fence): Store;
  /** Told about every attempt, for metrics. */
  onAttempt?(attempt: AttemptReport): void;
}

/** How one attempt went; also the fields of the log line `flow.attempted`. */
export interface AttemptReport {
  readonly flow: string;
  readonly decision: 'done' | 'skipped' | 'parked' | 'retry' | 'dead' | 'stale';
  readonly durationMs: number;
  readonly failureKind: string | null;
  readonly delayMs: number | null;
}

/** One try of one event, from load to decision. `number` counts from 1 and includes tries that took their worker down. */
export interface Attempt extends LoadedRun {
  readonly flow: FlowName;
  readonly number: number;
}

/** How an attempt ended, for the queue and for the log. */
export interface Ended {
  readonly outcome: JobOutcome;
  readonly report: Omit<AttemptReport, 'flow' | 'durationMs'>;
  readonly reason: string;
}
