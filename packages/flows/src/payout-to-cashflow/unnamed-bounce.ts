import {
  addDays,
  dateIn,
  type FlowContext,
  type FlowResult,
  type Job,
  type Payout,
  skipped,
} from '@mlc/core';
import { andWaitFor } from '../running/go-live.ts';
import { notShown } from '../running/not-shown.ts';
import { recordOne } from '../running/record.ts';
import { whyOfOthers } from '../debits/whose.ts';
import { journalPosting } from '../booking/journal-entries.ts';
import { BOUNCED, payoutChanged, type PayoutNews } from './payout-changed.ts';

/** A transfer comes back within days; older ones are looked through to be sure. */
const LOOK_BACK_DAYS = 60;

/** A payout came back, and the event does not say which: every bounced one that was not taken back yet is looked at. */
export async function someBounced(
  job: Job,
  { happenedAt }: { readonly happenedAt?: string },
): Promise<FlowResult> {
  const told = happenedAt ?? job.event.receivedAt.toISOString();
  const { open, isBehind } = await notTakenBack(job, told);
  const reasons: string[] = [];
  let waiting: FlowResult | null = null;
  for (const news of open) {
    const result = await recordOne(job, () => payoutChanged(job, news));
    reasons.push(`${news.payoutId}: ${result.reason}`);
    if (result.state === 'parked') waiting = result;
  }
  if (isBehind) {
    const says = 'told of a payout that bounced, and shows fewer bounced ones than it told of';
    throw notShown({ provider: 'GoCardless', operation: 'listPayouts', says });
  }
  if (reasons.length === 0)
    return skipped('bounce-known', 'no payout is bounced that was not taken back already');
  return andWaitFor(
    { state: 'done', reason: reasons.join('; '), details: { reasons }, effects: [] },
    waiting,
  );
}

/**
 * Bounced payouts whose return is not booked, and whether there are fewer bounced ones than events about them. The events that name none are given to them oldest to oldest, so that
 * the day does not depend on which of them is looked at first.
 */
async function notTakenBack(
  context: FlowContext,
  told: string,
): Promise<{ readonly open: readonly PayoutNews[]; readonly isBehind: boolean }> {
  const since = addDays(dateIn('UTC', new Date(told)), -LOOK_BACK_DAYS);
  const from = `${since}T00:00:00.000Z`;
  const named = new Set<string>();
  const unnamed: string[] = [];
  for await (const { payoutId, at } of context.payouts.listBounces(from)) {
    if (payoutId === null) unnamed.push(at);
    else named.add(payoutId);
  }
  const moments = unnamed.toSorted((left, right) => Date.parse(left) - Date.parse(right));
  const bounced = (await bouncedSince(context, from)).filter(({ id }) => !named.has(id));
  const news: PayoutNews[] = [];
  for (const [index, { id }] of bounced.entries()) {
    if (await isTakenBack(context, id)) continue;
    const happenedAt = moments[Math.min(index, moments.length - 1)] ?? told;
    news.push({ payoutId: id, action: BOUNCED, happenedAt });
  }
  // This event is one of them, even where the list of events does not have it yet.
  return { open: news, isBehind: bounced.length < Math.max(moments.length, 1) };
}

/** In the ledger and, when it stands there, in FreshBooks: a run may have died between the two. */
async function isTakenBack(context: FlowContext, payoutId: string): Promise<boolean> {
  const entries = await context.store.ledger.ofPayout(payoutId);
  if (!entries.some(({ kind }) => kind === 'payout-return')) return false;
  const journal = await journalPosting(context, payoutId);
  return journal?.state !== 'posted';
}

/** Oldest first. */
async function bouncedSince(context: FlowContext, from: string): Promise<Payout[]> {
  const found: Payout[] = [];
  for await (const payout of context.payouts.listPayouts(from))
    if (payout.status === 'bounced' && whyOfOthers(context, payout) === null) found.push(payout);
  const age = ({ createdAt, id }: Payout): string => `${createdAt} ${id}`;
  return found.toSorted((left, right) => (age(left) < age(right) ? -1 : 1));
}
