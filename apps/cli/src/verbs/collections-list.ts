import { listCollections } from '@mlc/platform/views/collections';
import { amountText } from '../amount-text.ts';
import { printList } from '../print.ts';
import type { Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

/** `mlc collections list` */
export const collectionsList: Verb = (call) =>
  withStores(call, async ({ database }) => {
    await printList(call, listCollections(database, await businessFilter(call, database)), [
      { title: 'invoice', of: ({ invoiceNumber }) => invoiceNumber },
      { title: 'attempt', of: ({ attempt }) => attempt, align: 'right' },
      { title: 'payment', of: ({ paymentId }) => paymentId },
      { title: 'mandate', of: ({ mandateId }) => mandateId },
      { title: 'amount', of: amountText, align: 'right' },
      { title: 'charge date', of: ({ chargeDate }) => chargeDate },
      { title: 'state', of: ({ state }) => state },
    ]);
    return 0;
  });
