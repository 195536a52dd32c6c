import type { DomainEvent, Flow, FlowResult, Job } from '@mlc/core';
import { notForFlow } from '../running/not-for-flow.ts';
import { payoutChanged } from './payout-changed.ts';
import { refundChanged } from './refunds.ts';
import { someBounced } from './unnamed-bounce.ts';

/** A payout explained to the penny, in the own ledger and by policy in FreshBooks (design section 6). */
export const payoutToCashflow: Flow = {
  name: 'payout-to-cashflow',
  accepts: ({ kind }) => kind === 'payout-changed' || kind === 'debit-refund-changed',
  run,
};

/** One inbound event of this flow: the payout, or the refund, is fetched and moved to what it is now. */
async function run(job: Job, news: DomainEvent): Promise<FlowResult> {
  if (news.kind === 'debit-refund-changed') return refundChanged(job, news);
  if (news.kind !== 'payout-changed') throw notForFlow(job.event, news);
  const { payoutId } = news;
  if (payoutId === null) return someBounced(job, news);
  return payoutChanged(job, { ...news, payoutId });
}
