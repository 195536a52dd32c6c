import { type Clock, type Flow, type FlowContext, LockBusyError, type Log } from '@mlc/core';
import { type Database, businessesToRecheck } from '@mlc/platform';

/** What the second look at postings takes. */
export interface Rechecks {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly flows: readonly Flow[];
  contextFor(businessId: string): Promise<FlowContext>;
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
  const context = await rechecks.contextFor(businessId);
  const due = await context.store.postings.dueForRecheck(rechecks.clock.now(), POSTINGS_MAX);
  let looked = 0;
  for (const { key } of due) if (await lookAgain(rechecks, context, key)) looked += 1;
  return looked;
}

/** A posting that cannot be looked at now stays due. */
async function lookAgain(rechecks: Rechecks, context: FlowContext, key: string): Promise<boolean> {
  try {
    for (const flow of rechecks.flows) await flow.recheck?.(context, key);
    return true;
  } catch (error) {
    if (!(error instanceof LockBusyError)) {
      rechecks.log.warn('posting.recheck_failed', { key, businessId: context.business.id, error });
    }
    return false;
  }
}
