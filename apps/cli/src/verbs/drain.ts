import { drain } from '@mlc/platform/queue/drain';
import { openQueues } from '@mlc/platform/queue/queues';
import { printDocument } from '../print.ts';
import { quietLog } from '../quiet-log.ts';
import type { Shell, Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';
import { documentOf, statusLines } from './status-lines.ts';

/** One line that is rewritten for a watching person; elsewhere a line whenever the number changed. */
function progress(shell: Shell): { look: (pending: number) => void; end: () => void } {
  let last = -1;
  return {
    look: (pending) => {
      if (pending === last) return;
      last = pending;
      shell.err(shell.isWatched ? `\r${pending} events still to run ` : `${pending} events still to run\n`);
    },
    end: () => {
      if (shell.isWatched && last >= 0) shell.err('\n');
    },
  };
}

/** `mlc drain`: waits until nothing can run any more; exit status 1 when time is up. */
export const drainVerb: Verb<{ timeout: number }> = (call) =>
  withStores(call, async ({ config, database }) => {
    const filter = await businessFilter(call, database);
    const settings = { queueUrls: config.queueUrls, databaseUrl: database.url, log: quietLog };
    const queues = await openQueues(settings);
    const { look, end } = progress(call.shell);
    try {
      const timeoutMs = call.options.timeout * 1_000;
      const { drained, status } = await drain(database, queues, { timeoutMs, onLook: look, ...filter });
      end();
      await printDocument(call, documentOf(status), statusLines(status));
      if (!drained) call.shell.err(`mlc: not drained within ${call.options.timeout} s\n`);
      return drained ? 0 : 1;
    } finally {
      await queues.close();
    }
  });
