import type { FlowContext, Posting } from '@mlc/core';
import { reverseByHand, type ReversalWish } from '@mlc/flows';
import { openLocks, type Runtime, sha256Hex, storeFor } from '@mlc/platform';
import { jobLocks } from '@mlc/platform/locks/job-locks';
import { patientLocks } from '@mlc/platform/locks/patient';
import type { Connections } from './connectors.ts';

/** What taking an entry back works with. */
export type Reversing = Pick<Runtime, 'database' | 'clock' | 'log' | 'config'> & {
  readonly connections: () => Connections;
};

/** A worker holds an invoice for as long as its calls take, most often well under this. */
export const REVERSAL_WAIT_MS = 5_000;

/**
 * Takes a posting back by a person's word, once no worker has it in hand.
 * @throws ReversalRefusedError; LockBusyError when it is worked on for longer than REVERSAL_WAIT_MS
 */
export async function reversePosting(
  parts: Reversing,
  businessId: string,
  wish: ReversalWish,
): Promise<Posting> {
  const { database, clock, log, config } = parts;
  const processLocks = openLocks(database.url, log);
  const locks = jobLocks(patientLocks(processLocks, { waitMs: REVERSAL_WAIT_MS }));
  const context: FlowContext = {
    ...(await parts.connections().of(businessId)),
    store: storeFor(database, businessId, { clock, fence: locks.fence }),
    locks,
    clock,
    log,
    sha256: sha256Hex,
    settleDelayMs: config.retry.settleDelayMs,
  };
  try {
    return await reverseByHand(context, wish);
  } finally {
    await locks.release().catch((error: unknown) => log.warn('flow.lock_lost', { businessId, error }));
    await processLocks.close();
  }
}
