import type { PostingView } from '@mlc/platform';
import type { Story } from './fates.ts';
import { standingOf } from './invoices.ts';

/** What differs between the providers' books and what the stories say; empty when all is right. */
export function wrongStandings(stories: readonly Story[]): unknown[] {
  return stories.flatMap(({ invoice, fate }) => {
    const is = standingOf(invoice);
    const same = JSON.stringify(is) === JSON.stringify(fate.expected);
    return same ? [] : [{ invoice: invoice.number, fate: fate.name, is, shouldBe: fate.expected }];
  });
}

/** Payments that stand or stood in the books without a posting of ours that says so: doubles, even removed ones. */
export function unexplainedPayments(stories: readonly Story[], postings: readonly PostingView[]): unknown[] {
  const known = new Set(
    postings.filter(({ kind }) => kind === 'payment').map(({ externalId }) => externalId),
  );
  return stories.flatMap(({ invoice }) =>
    invoice.business.desk.paymentsOf(invoice.id).filter(({ id }) => !known.has(String(id))),
  );
}
