import type { FlowContext } from '@mlc/core';
import { jobLocks } from '../locks/job-locks.ts';
import type { FlowEngine } from './engine.ts';

/** `inJob` of one engine. */
export type InJob = <T>(businessId: string, work: (context: FlowContext) => Promise<T>) => Promise<T>;

/**
 * Work of one business with everything flows need. What it locks stays locked until the work has ended; once a lock was
 * lost, because the connection to Postgres broke, nothing it does is recorded any more (ADR 10).
 */
export async function inJob<T>(
  engine: Pick<FlowEngine, 'locks' | 'contextFor' | 'storeOf' | 'log'>,
  businessId: string,
  work: (context: FlowContext) => Promise<T>,
): Promise<T> {
  const locks = jobLocks(engine.locks);
  const store = engine.storeOf(businessId, locks.fence);
  try {
    return await work({ ...(await engine.contextFor(businessId)), store, locks });
  } finally {
    await locks.release().catch((error: unknown) => {
      engine.log.warn('flow.lock_lost', { businessId, error });
    });
  }
}
