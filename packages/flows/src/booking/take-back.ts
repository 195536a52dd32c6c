import type { FlowContext, Posting } from '@mlc/core';
import { paymentWrite } from '../running/go-live.ts';
import type { BookedEntry, BookingJob, Entry } from './entry.ts';

/** A payment or expense of ours that goes out of the books again. */
export interface ToTakeBack {
  readonly posting: Posting;
  /** Of the reversal. */
  readonly key: string;
  /** YYYY-MM-DD: the day the reversal belongs to. */
  readonly date: string;
  /** How its note begins. */
  readonly title: string;
  readonly intended: Entry['intended'];
}

/** Deleting it may be repeated: what is deleted stays so. FreshBooks lets it go in its own month only. */
export function takeBackEntry(job: BookingJob, { posting, key, date, title, intended }: ToTakeBack): Entry {
  const { invoiceId, invoiceNumber, source, cycle, amount, key: reversesKey } = posting;
  const about = { invoiceId, source, cycle, amount, reversesKey, eventId: job.event.id };
  return {
    posting: { key, kind: 'reversal', ...about },
    invoiceNumber: () => Promise.resolve(invoiceNumber),
    date,
    named: { as: 'booked', date: posting.date },
    title,
    operation: posting.kind === 'fee' ? 'deleteExpense' : 'deletePayment',
    months: 1,
    intended,
    write: () => Promise.resolve(paymentWrite('reversal', posting)),
    look: null,
    prepare: () => Promise.resolve(() => remove(job, posting)),
  };
}

async function remove({ books }: FlowContext, { kind, externalId }: Posting): Promise<BookedEntry> {
  const id = externalId ?? '';
  await (kind === 'fee' ? books.deleteExpense(id) : books.deletePayment(id));
  return { id };
}
