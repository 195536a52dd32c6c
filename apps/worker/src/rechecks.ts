import { type Clock, type FlowContext, LockBusyError, type Log } from '@mlc/core';
import { type Database, businessesToRecheck, type InJob } from '@mlc/platform';

/** What the second look at postings takes. */
export interface Rechecks {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly inJob: InJob;
  /** The look itself; rejects when it has to be repeated. */
  recheck(context: FlowContext, postingKey: string): Promise<void>;
}

/** Postings looked at per business and round. */
const POSTINGS_MAX = 100;

/** Looks once more at every posting whose outcome had been unclear and whose time has come. Returns how many. */
export async function recheckPostings(rechecks: Rechecks): Promise<number> {
  const { database, clock } = rechecks;
  let looked = 0;
  for (const businessId of await businessesToRecheck(database, clock.now())) {
    looked += await recheckBusiness(rechecks, businessId);
  }
  return looked;
}

async function recheckBusiness(rechecks: Rechecks, businessId: string): Promise<number> {
  const due = await rechecks.inJob(businessId, ({ store, clock }) =>
    store.postings.dueForRecheck(clock.now(), POSTINGS_MAX),
  );
  let looked = 0;
  for (const { key } of due) if (await lookAgain(rechecks, businessId, key)) looked += 1;
  return looked;
}

/** A posting that cannot be looked at now stays due. */
async function lookAgain(rechecks: Rechecks, businessId: string, key: string): Promise<boolean> {
  try {
    await rechecks.inJob(businessId, (context) => rechecks.recheck(context, key));
    return true;
  } catch (error) {
    if (!(error instanceof LockBusyError)) {
      rechecks.log.warn('posting.recheck_failed', { key, businessId, error });
    }
    return false;
  }
}
