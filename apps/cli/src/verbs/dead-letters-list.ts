import { listDeadLetters } from '@mlc/platform/answers/dead-letters';
import { deadLetterView } from '../dead-letter-view.ts';
import { printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

/** `mlc dead-letters list` */
export const deadLettersList: Verb = (call) =>
  withStores(call, async ({ database }) => {
    const letters = await listDeadLetters(database, await businessFilter(call, database));
    await printList(call, letters.map(deadLetterView), [
      { title: 'id', of: ({ id }) => id },
      { title: 'died', of: ({ diedAt }) => diedAt },
      { title: 'flow', of: ({ flow }) => flow },
      { title: 'event', of: ({ eventId }) => eventId, align: 'right' },
      { title: 'failure', of: ({ failureKind }) => failureKind },
      { title: 'attempts', of: ({ attempts }) => attempts, align: 'right' },
      { title: 'error', of: ({ error }) => error },
    ]);
    return 0;
  });
