import { renameBusiness } from '@mlc/platform/set-up/rename-business';
import { businessViews } from '@mlc/platform/views/businesses';
import { systemClock } from '@mlc/platform/clock/system';
import { printDocument } from '../print.ts';
import { UsageError, type Verb } from '../shell.ts';
import { withStores } from '../stores.ts';

/** `mlc business rename OLD NEW`: another short name; everything that was recorded, and every address, stays. */
export const businessRename: Verb = (call) =>
  withStores(call, async ({ database }) => {
    const [from = '', to = ''] = call.args;
    const { business } = call.options;
    if (business !== undefined && business !== from)
      throw new UsageError(`--business ${business} is not the business to rename, ${from}`);
    const businessId = await renameBusiness(database, systemClock, { from, to, by: 'cli' });
    const [view] = await businessViews(database.prisma, { businessId });
    await printDocument(call, view, [
      `business ${from} is called ${to} now: change "business" in its file before it is applied again`,
    ]);
    return 0;
  });
