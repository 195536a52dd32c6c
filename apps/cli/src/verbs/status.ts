import { openQueues } from '@mlc/platform/queue/queues';
import { statusOf } from '@mlc/platform/queue/status';
import { printDocument } from '../print.ts';
import { quietLog } from '../quiet-log.ts';
import type { Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';
import { documentOf, statusLines } from './status-lines.ts';

/** `mlc status`: exit status 1 when a store does not answer. */
export const status: Verb = (call) =>
  withStores(call, async ({ config, database }) => {
    const filter = await businessFilter(call, database);
    const settings = { queueUrls: config.queueUrls, databaseUrl: database.url, log: quietLog };
    const queues = await openQueues(settings);
    try {
      const now = await statusOf(database, queues, filter);
      await printDocument(call, documentOf(now), statusLines(now));
      return now.ready ? 0 : 1;
    } finally {
      await queues.close();
    }
  });
