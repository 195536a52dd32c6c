import type { ReviewAction } from '@mlc/core';
import { resolveReview } from '@mlc/platform/db/resolve-review';
import { listReviews } from '@mlc/platform/db/views/reviews';
import { systemClock } from '@mlc/platform/lifecycle/system';
import { printDocument } from '../print.ts';
import type { Verb } from '../shell.ts';
import { businessFilter, withStores } from '../stores.ts';

interface Options {
  readonly action: ReviewAction;
  readonly note: string;
  readonly invoice?: string;
  readonly customer?: string;
}

/** `mlc reviews resolve ID --action A --note T`: a person's answer; prints the closed review. */
export const reviewsResolve: Verb<Options> = (call) =>
  withStores(call, async ({ database }) => {
    const { action, note, invoice: invoiceId, customer: customerId } = call.options;
    const filter = await businessFilter(call, database);
    const reviewId = call.args[0] ?? '';
    const answer = { action, note, by: 'cli', invoiceId, customerId };
    const review = await resolveReview(database, systemClock, { reviewId, ...answer, ...filter });
    for await (const view of listReviews(database, filter)) {
      if (view.id !== review.id) continue;
      await printDocument(call, view, [`review ${view.id} (${view.kind}) is resolved: ${action}`]);
    }
    return 0;
  });
