import { LockBusyError, type Log } from '@mlc/core';
import { backfillMirror, type BackfillProgress } from '@mlc/flows';
import type { Database, InJob } from '@mlc/platform';
import { businessesToBackfill } from '@mlc/platform/poll/mirror-backlog';

/** What filling new mirrors takes. */
export interface MirrorBackfills {
  readonly database: Database;
  readonly log: Log;
  readonly inJob: InJob;
}

/** How often it is looked whether a GoCardless connection is new. */
export const BACKFILL_LOOK_MS = 5_000;

/** Reads all customers and mandates of businesses that never had them read; returns how many businesses are through. */
export async function backfillMirrors(backfills: MirrorBackfills, stopping?: AbortSignal): Promise<number> {
  let through = 0;
  for (const businessId of await businessesToBackfill(backfills.database)) {
    if (stopping?.aborted === true) break;
    if (await backfillOne(backfills, businessId, stopping)) through += 1;
  }
  return through;
}

/** A business whose list cannot be read now is tried again with the next look. */
async function backfillOne(
  { log, ...backfills }: MirrorBackfills,
  businessId: string,
  stopping?: AbortSignal,
): Promise<boolean> {
  const onProgress = (progress: BackfillProgress): void => {
    log.info('mirror.backfill', { businessId, ...progress });
    stopping?.throwIfAborted();
  };
  try {
    const read = await backfills.inJob(businessId, (context) => backfillMirror(context, onProgress));
    log.info('mirror.backfilled', { businessId, ...read });
    return true;
  } catch (error) {
    // A flow reads them already, or the process stops.
    if (!(error instanceof LockBusyError) && stopping?.aborted !== true)
      log.warn('mirror.backfill_failed', { businessId, error });
    return false;
  }
}
