import { listReviews } from '@mlc/platform/views/reviews';
import { amountText } from '../amount-text.ts';
import { printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

/** `mlc reviews list` */
export const reviewsList: Verb<{ state?: 'open' | 'resolved' }> = (call) =>
  withStores(call, async ({ database }) => {
    const filter = { ...(await businessFilter(call, database)), state: call.options.state };
    await printList(call, listReviews(database, filter), [
      { title: 'id', of: ({ id }) => id },
      { title: 'opened', of: ({ openedAt }) => openedAt },
      { title: 'kind', of: ({ kind }) => kind },
      { title: 'state', of: ({ state }) => state },
      { title: 'about', of: ({ subject }) => `${subject.provider} ${subject.type} ${subject.id}` },
      { title: 'amount', of: amountText, align: 'right' },
      { title: 'why', of: ({ reasons }) => reasons.join(' ') },
    ]);
    return 0;
  });
