import {
  dateIn,
  type FlowContext,
  type FlowResult,
  formatMoney,
  hasArrived,
  type Job,
  PARK_RECHECK_MS,
  type Payout,
  type PayoutChanged,
  type Reruns,
  skipped,
  waitForGoLive,
  wakes,
} from '@mlc/core';
import { orWaitForGoLive } from '../running/go-live.ts';
import { returnedLines } from '../booking/journal-lines.ts';
import { payoutLock } from '../running/locks.ts';
import { notShown } from '../running/not-shown.ts';
import { ask } from '../asking/review.ts';
import { whyOfOthers } from '../debits/whose.ts';
import { bookInLedger, bookReturn, inNumbers } from './book-payout.ts';
import { decidePayout } from './decide.ts';
import type { PayoutFacts } from './decide.ts';
import { askAboutFeesBack, bookPayoutFees } from './fee-expense.ts';
import { journalPosting, mirrorJournal } from '../booking/journal-entries.ts';
import { bookPayoutJournal } from './journal-entry.ts';
import { keepPayout } from './keep-payout.ts';
import { doesNotAddUp, itemsGone } from './questions.ts';

/** What is told of one payout. */
export type PayoutNews = Pick<PayoutChanged, 'happenedAt' | 'action'> & { readonly payoutId: string };

/** The action of an event about a payout the bank sent back. */
export const BOUNCED = 'bounced_payout';

/** What waits for a payout, woken by its next event. */
export function waitingForPayout(payoutId: string): string {
  return `payout:${payoutId}`;
}

/** Fetches one payout, keeps it with its items, and brings the books to where it is now. */
export function payoutChanged(job: Job, news: PayoutNews): Promise<FlowResult> {
  return job.locks.withLock(payoutLock(job, news.payoutId), async () => {
    const payout = await job.payouts.getPayout(news.payoutId);
    if (payout === null) throw notShown({ ...GET_PAYOUT, says: `has no payout ${news.payoutId}` });
    const theirs = whyOfOthers(job, payout);
    if (theirs !== null) return skipped('of-another-business', `payout ${payout.id} is not ours: ${theirs}`);
    if (news.action === BOUNCED && payout.status !== 'bounced')
      throw notShown({
        ...GET_PAYOUT,
        says: `shows payout ${payout.id} as ${payout.status}, and told of it as bounced`,
      });
    const items = await keepPayout(job, payout);
    if (hasArrived(payout) && items?.length === 0 && payout.net.minor !== 0n)
      throw notShown({ ...GET_PAYOUT, says: `shows payout ${payout.id} as paid, and nothing that is in it` });
    const decision = decidePayout(payout, items);
    switch (decision.kind) {
      case 'nothing':
        throw notShown({ ...GET_PAYOUT, says: `shows payout ${payout.id}, but ${decision.why}` });
      case 'wait':
        return wait(job, payout, decision.why);
      case 'items-gone':
        return ask(job, itemsGone(payout));
      case 'does-not-add-up':
        return ask(job, doesNotAddUp(payout, decision.items, decision.sums));
      case 'book':
        return orWaitForGoLive(
          () => book(job, { facts: decision.facts, news }),
          (held) => ({ ...waitForGoLive(held), effects: [wakesWaiting(payout)] }),
        );
    }
  });
}

function wait(context: FlowContext, payout: Payout, why: string): FlowResult {
  return {
    state: 'parked',
    reason: `payout ${payout.id}: ${why}`,
    waitingFor: waitingForPayout(payout.id),
    recheckAt: new Date(context.clock.now().getTime() + PARK_RECHECK_MS),
    effects: [],
  };
}

/** The ledger first: whatever FreshBooks answers, it stands. */
async function book(
  job: Job,
  { facts, news }: { facts: PayoutFacts; news: PayoutNews },
): Promise<FlowResult> {
  const { payout } = facts;
  const { isNew, unexplained } = await bookInLedger(job, facts);
  const said = [
    `payout ${payout.id} of ${formatMoney(payout.net)} ${isNew ? 'booked' : 'was booked already'}`,
    ...(unexplained.minor === 0n
      ? []
      : [`${formatMoney({ ...payout.net, minor: unexplained.minor })} is not ours`]),
    await bookPayoutFees(job, facts),
    await bookPayoutJournal(job, facts),
    ...(news.action === BOUNCED ? await takeBack(job, { facts, news }) : []),
  ].filter((part) => part !== null);
  const question = await askAboutFeesBack(job, facts);
  return {
    state: 'done',
    reason: said.join(', '),
    details: inNumbers(facts, unexplained),
    effects: [...(question?.effects ?? []), wakesWaiting(payout)],
  };
}

/** What waited for the payout sees it now. */
function wakesWaiting({ id }: Payout): Reruns {
  return wakes([waitingForPayout(id)]);
}

/** Dated by the event: the day the bank sent it back. Its fees stay: GoCardless keeps them. */
async function takeBack(
  job: Job,
  { facts: { payout }, news }: { facts: PayoutFacts; news: PayoutNews },
): Promise<string[]> {
  const moment = news.happenedAt ?? job.event.receivedAt.toISOString();
  const date = dateIn(job.business.timezone, new Date(moment));
  await bookReturn(job, { payout, date });
  const said = 'it came back from the bank';
  const original = await journalPosting(job, payout.id);
  if (original?.externalId == null) return [said];
  const title = `GoCardless payout ${payout.id} came back from the bank`;
  return [said, await mirrorJournal(job, { original, date, title, undo: returnedLines })];
}

const GET_PAYOUT = { provider: 'GoCardless', operation: 'getPayout' } as const;
