import type { ReviewAction, ReviewAnswer } from '@mlc/core';
import { checkChoice, ChoiceRefusedError } from '@mlc/flows';
import { resolveReview } from '@mlc/platform/answers/resolve-review';
import { listReviews } from '@mlc/platform/views/reviews';
import { systemClock } from '@mlc/platform/clock/system';
import { printDocument } from '../print.ts';
import { type Call, RefusedError, type Verb } from '../shell.ts';
import { businessFilter, oneBusiness, withStores } from '../stores.ts';
import { withProviders } from '../with-providers.ts';

interface Options {
  readonly action: ReviewAction;
  readonly note: string;
  readonly invoice?: string;
  readonly customer?: string;
}

/** `mlc reviews resolve ID --action A --note T`: a person's answer; prints the closed review. */
export const reviewsResolve: Verb<Options> = async (call) => {
  const { action, note, invoice: invoiceId, customer: customerId } = call.options;
  const given: ReviewAnswer = { action, note, by: 'cli', invoiceId, customerId };
  const isChoice = action === 'match' && (invoiceId !== undefined || customerId !== undefined);
  const answer = isChoice ? await checked(call, given) : given;
  return withStores(call, async ({ database }) => {
    const filter = await businessFilter(call, database);
    const reviewId = call.args[0] ?? '';
    const review = await resolveReview(database, systemClock, { reviewId, ...answer, ...filter });
    for await (const view of listReviews(database, filter)) {
      if (view.id !== review.id) continue;
      await printDocument(call, view, [`review ${view.id} (${view.kind}) is resolved: ${action}`]);
    }
    return 0;
  });
};

/** Looked up before the review is closed. @throws RefusedError */
function checked(call: Call<Options>, answer: ReviewAnswer): Promise<ReviewAnswer> {
  return withProviders(call, async ({ runtime, connections }) => {
    const { id: businessId } = await oneBusiness(call, runtime.database);
    const context = await connections.of(businessId);
    for await (const view of listReviews(runtime.database, { businessId })) {
      if (view.id !== call.args[0] || view.state !== 'open') continue;
      try {
        return await checkChoice(context, answer, view.currency);
      } catch (error) {
        if (error instanceof ChoiceRefusedError) throw new RefusedError(error.message, { cause: error });
        throw error;
      }
    }
    return answer;
  });
}
