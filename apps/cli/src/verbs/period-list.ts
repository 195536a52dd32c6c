import { listClosed } from '@mlc/platform/month/reopen-period';
import { printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

/** `mlc period list`: closed months. */
export const periodList: Verb = (call) =>
  withStores(call, async ({ database }) => {
    await printList(call, listClosed(database, await businessFilter(call, database)), [
      { title: 'business', of: ({ business }) => business },
      { title: 'month', of: ({ month }) => month },
      { title: 'closed', of: ({ closedAt }) => closedAt },
      { title: 'by', of: ({ closedBy }) => closedBy },
      { title: 'sha256', of: ({ sha256 }) => sha256 },
    ]);
    return 0;
  });
