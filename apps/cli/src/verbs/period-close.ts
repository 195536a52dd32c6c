import { closePeriod, closingNotices } from '@mlc/platform/db/close-period';
import { systemClock } from '@mlc/platform/lifecycle/system';
import { printDocument } from '../print.ts';
import { proofsOf } from '../proofs.ts';
import type { Verb } from '../shell.ts';
import { oneBusiness, withStores } from '../stores.ts';

/** `mlc period close --month M`: keeps the month's report; later facts go into the first open month. */
export const periodClose: Verb<{ month: string }> = (call) =>
  withStores(call, async ({ database }) => {
    const business = await oneBusiness(call, database);
    const { month } = call.options;
    for (const notice of await closingNotices(database, systemClock, { business, month }))
      call.shell.err(`${notice}\n`);
    const proofs = await proofsOf(call, business, month);
    const closed = await closePeriod(database, systemClock, { business, month, proofs, by: 'cli' });
    await printDocument(call, closed, [
      `${closed.month} of ${closed.business} is closed`,
      `sha256:${closed.sha256}`,
    ]);
    return 0;
  });
