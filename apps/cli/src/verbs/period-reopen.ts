import { reopenPeriod } from '@mlc/platform/month/reopen-period';
import { systemClock } from '@mlc/platform/clock/system';
import { printDocument } from '../print.ts';
import { requireAdmin } from '../require-admin.ts';
import type { Verb } from '../shell.ts';
import { oneBusiness, withStores } from '../stores.ts';

interface Options {
  readonly month: string;
  readonly note: string;
  readonly adminToken?: string;
}

/** `mlc period reopen --month M --note T`: for an admin; what went into a later month meanwhile stays there. */
export const periodReopen: Verb<Options> = (call) =>
  withStores(call, async ({ config, database }) => {
    const { month, note, adminToken } = call.options;
    await requireAdmin(call.shell, config.dataDir, adminToken);
    const business = await oneBusiness(call, database);
    const sha256 = await reopenPeriod(database, systemClock, { business, month, note, by: 'cli' });
    await printDocument(call, { business: business.slug, month, sha256, reopenedBy: 'cli', note }, [
      `${month} of ${business.slug} is open again; it had been closed with sha256:${sha256}`,
    ]);
    return 0;
  });
