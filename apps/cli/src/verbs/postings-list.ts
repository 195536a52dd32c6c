import { listPostings } from '@mlc/platform/views/postings';
import { amountText } from '../amount-text.ts';
import { printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

/** `mlc postings list` */
export const postingsList: Verb = (call) =>
  withStores(call, async ({ database }) => {
    await printList(call, listPostings(database, await businessFilter(call, database)), [
      { title: 'date', of: ({ date }) => date },
      { title: 'kind', of: ({ kind }) => kind },
      { title: 'invoice', of: ({ invoiceId }) => invoiceId },
      { title: 'source', of: ({ source }) => `${source.provider} ${source.id}` },
      { title: 'amount', of: amountText, align: 'right' },
      { title: 'state', of: ({ state }) => state },
      { title: 'in the books', of: ({ externalId }) => externalId },
      { title: 'key', of: ({ key }) => key },
    ]);
    return 0;
  });
