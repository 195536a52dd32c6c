import type { DomainEvent, FlowResult, Job } from '@mlc/core';
import { notForFlow } from '../running/not-for-flow.ts';
import { payoutChanged } from './payout-changed.ts';
import { refundChanged } from './refunds.ts';
import { someBounced } from './unnamed-bounce.ts';

/** One inbound event of this flow: the payout, or the refund, is fetched and moved to what it is now. */
export async function run(job: Job, news: DomainEvent): Promise<FlowResult> {
  if (news.kind === 'debit-refund-changed') return refundChanged(job, news);
  if (news.kind !== 'payout-changed') throw notForFlow(job.event, news);
  const { payoutId } = news;
  if (payoutId === null) return someBounced(job, news);
  return payoutChanged(job, { ...news, payoutId });
}
