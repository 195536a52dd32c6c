import { listEvents } from '@mlc/platform/views/events';
import { printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

/** `mlc events list` */
export const eventsList: Verb = (call) =>
  withStores(call, async ({ database }) => {
    await printList(call, listEvents(database, await businessFilter(call, database)), [
      { title: 'id', of: ({ id }) => id, align: 'right' },
      { title: 'received', of: ({ receivedAt }) => receivedAt },
      { title: 'provider', of: ({ provider }) => provider },
      { title: 'type', of: ({ type }) => type },
      { title: 'external id', of: ({ externalEventId }) => externalEventId },
      { title: 'state', of: ({ state }) => state },
    ]);
    return 0;
  });
