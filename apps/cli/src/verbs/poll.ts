import { openLocks } from '@mlc/platform';
import { pollBusiness, type PollReport } from '@mlc/worker';
import { quietLog } from '../quiet-log.ts';
import { printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { chosenBusinesses, withProviders } from '../with-providers.ts';

interface Options {
  readonly provider?: string;
}

/** `mlc poll`: the safety net now, one line per connection; exit status 1 when a provider could not be read to the end. */
export const poll: Verb<Options> = (call) =>
  withProviders(call, async ({ runtime, connections }) => {
    const locks = openLocks(runtime.database.url, quietLog);
    try {
      const reports: PollReport[] = [];
      for (const { id } of await chosenBusinesses(call, runtime)) {
        const { provider } = call.options;
        reports.push(...(await pollBusiness({ runtime, locks, connections, businessId: id, provider })));
      }
      const lines = reports.map(({ provider, seen, missing, recovered }) => ({
        provider,
        seen,
        missing,
        recovered,
      }));
      await printList(call, lines, [
        { title: 'provider', of: ({ provider }) => provider },
        { title: 'seen', of: ({ seen }) => seen, align: 'right' },
        { title: 'missing', of: ({ missing }) => missing, align: 'right' },
        { title: 'recovered', of: ({ recovered }) => recovered, align: 'right' },
      ]);
      const failed = reports.filter(({ failure }) => failure !== null);
      for (const { provider, failure } of failed) call.shell.err(`${provider}: ${failure ?? ''}\n`);
      return failed.length === 0 ? 0 : 1;
    } finally {
      await locks.close();
    }
  });
