import type { Clock, Log } from '@mlc/core';
import { refreshMirror } from '@mlc/flows';
import type { Database, InJob } from '@mlc/platform';
import { businessesToMirror } from '@mlc/platform/poll/mirror-age';

/** What keeping the mirrors fresh takes. */
export interface CustomerMirrors {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly inJob: InJob;
}

/** How often it is looked whether a mirror is old. */
export const MIRROR_LOOK_MS = 10 * 60 * 1000;
/** A changed e-mail at GoCardless is known after this time at the latest. */
const MIRROR_AGE_MAX_MS = 24 * 60 * 60 * 1000;

/** Reads all customers of the businesses whose mirror is a day old. Returns how many businesses. */
export async function refreshMirrors(mirrors: CustomerMirrors, stopping?: AbortSignal): Promise<number> {
  const { database, clock } = mirrors;
  const before = new Date(clock.now().getTime() - MIRROR_AGE_MAX_MS);
  let refreshed = 0;
  for (const businessId of await businessesToMirror(database, before)) {
    if (stopping?.aborted === true) break;
    if (await refreshOne(mirrors, businessId)) refreshed += 1;
  }
  return refreshed;
}

/** A business whose customers cannot be read now is tried again with the next look. */
async function refreshOne(mirrors: CustomerMirrors, businessId: string): Promise<boolean> {
  const { log } = mirrors;
  try {
    const { customers, changed } = await mirrors.inJob(businessId, refreshMirror);
    log.info('mirror.refreshed', { businessId, customers, changed: changed.length });
    return true;
  } catch (error) {
    log.warn('mirror.refresh_failed', { businessId, error });
    return false;
  }
}
