import { type Debit, type FlowContext, isOfOwnBooks, type Marked, othersReason } from '@mlc/core';

/** Why an object of GoCardless is another business's; null when nothing says so. */
export function whyOfOthers(context: Pick<FlowContext, 'books' | 'debits'>, object: Marked): string | null {
  const { accountId } = context.books;
  return othersReason(object, { accountId, creditorId: context.debits.creditorId });
}

/**
 * Why a debit is another business's on the same GoCardless account. What it says itself counts first, then its mandate and
 * its subscription; null when it may be ours.
 */
export async function whyDebitOfOthers(context: FlowContext, debit: Debit): Promise<string | null> {
  if (isOfOwnBooks(debit.metadata, context.books.accountId)) return null;
  const said = whyOfOthers(context, debit);
  if (said !== null || debit.mandateId === '') return said;
  const mandate = await context.debits.getMandate(debit.mandateId);
  const onMandate = mandate === null ? null : whyOfOthers(context, mandate);
  if (onMandate !== null) return `mandate ${debit.mandateId}: ${onMandate}`;
  return debit.subscriptionId === null
    ? null
    : whyScheduleOfOthers(context, debit.mandateId, debit.subscriptionId);
}

async function whyScheduleOfOthers(
  context: FlowContext,
  mandateId: string,
  subscriptionId: string,
): Promise<string | null> {
  const subscriptions = await context.debits.listSubscriptions(mandateId);
  const subscription = subscriptions.find(({ id }) => id === subscriptionId);
  const why = subscription === undefined ? null : whyOfOthers(context, subscription);
  return why === null ? null : `subscription ${subscriptionId}: ${why}`;
}
