import { listAudit } from '@mlc/platform/views/audit';
import { foldAll } from '../fold-all.ts';
import { printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

/** `mlc audit list`, with what the ingress saw up to now. */
export const auditList: Verb<{ limit?: number }> = (call) =>
  withStores(call, async ({ database }) => {
    const filter = await businessFilter(call, database);
    await foldAll(database, filter);
    await printList(call, listAudit(database, { ...filter, limit: call.options.limit }), [
      { title: 'seq', of: ({ seq }) => seq, align: 'right' },
      { title: 'at', of: ({ at }) => at },
      { title: 'actor', of: ({ actor }) => actor },
      { title: 'action', of: ({ action }) => action },
      { title: 'subject', of: ({ subject }) => `${subject.provider} ${subject.type} ${subject.id}` },
      { title: 'details', of: ({ details }) => JSON.stringify(details).slice(0, 200) },
    ]);
    return 0;
  });
