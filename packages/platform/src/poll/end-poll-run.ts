import { type Clock, judgeSilence, type Log, type Silence } from '@mlc/core';
import { connectionSubject } from '../inbox/subjects.ts';
import type { Database } from '../postgres/database.ts';
import { repositoriesOn } from '../store/store.ts';
import type { PollRun } from './runs.ts';
import { forgetLosses } from './unasked-losses.ts';
import { hasWebhookArrived } from './webhook-arrivals.ts';

/** What one run did. */
export interface PollTally {
  /** Events and objects read. */
  readonly seen: number;
  /** Those nothing had told us of, or whose event had come to nothing. */
  readonly missing: number;
  /** Those of them that had their effect since. */
  readonly recovered: number;
  /** Not certain to be missing, looked at again all the same; not counted above. */
  readonly lookedAgain: number;
}

/** How a run ended. */
export interface PollEnding {
  readonly tally: PollTally;
  /** Ids of events that are asked about no more, this run's answers counted in `lost`. */
  readonly asked: readonly string[];
  /** Of those nothing had told us of: how many happened since there is a connection. */
  readonly lost: number;
  /** When the first of these happened; null when there is none or its moment is not one of our time. */
  readonly firstLostAt: Date | null;
  /** What went wrong, null when nothing did. */
  readonly failure: string | null;
}

/** Before the first run of a connection webhooks count for this long. */
const FIRST_SINCE_MS = 24 * 60 * 60 * 1000;

/** Records the end of a run: the audit entry, and the question whether webhooks have gone silent. */
export async function endPollRun(
  { database, clock, log }: { readonly database: Database; readonly clock: Clock; readonly log: Log },
  run: PollRun,
  { tally, asked, lost, firstLostAt, failure }: PollEnding,
): Promise<void> {
  const { connectionId, businessId, provider, lostBefore } = run;
  const since = run.lastRunAt ?? new Date(run.startedAt.getTime() - FIRST_SINCE_MS);
  const silence = await database.transaction(async (executor) => {
    const arrivedSinceLastRun = await hasWebhookArrived(executor, run, since);
    const arrivedAfterLoss =
      arrivedSinceLastRun && firstLostAt !== null && firstLostAt > since
        ? await hasWebhookArrived(executor, run, firstLostAt)
        : arrivedSinceLastRun;
    const judged = judgeSilence({ lostBefore, lostNow: lost, arrivedSinceLastRun, arrivedAfterLoss });
    await forgetLosses(executor, asked);
    await executor.polledConnection.updateMany({ where: { connectionId }, data: { lost: judged.lost } });
    const { reviews, audit } = repositoriesOn(executor, businessId, clock);
    const subject = connectionSubject(provider, connectionId);
    if (judged.review === 'open') {
      await reviews.open({
        kind: 'webhooks_silent',
        subject,
        amount: null,
        reasons: reasonsOf(run, judged, firstLostAt ?? since),
        candidates: [],
        eventId: null,
      });
    }
    if (judged.review === 'settle') {
      await reviews.settle(['webhooks_silent'], subject, 'webhooks arrive again');
    }
    await audit.append({
      actor: 'system',
      action: 'poll.finished',
      subject,
      correlationId: null,
      details: { ...tally, failure, webhookArrived: arrivedSinceLastRun },
    });
    return judged;
  });
  if (silence.review === 'open')
    log.warn('poll.webhooks_silent', { connectionId, provider, lost: silence.lost });
}

function reasonsOf(run: PollRun, { lost }: Silence, since: Date): string[] {
  const how =
    run.provider === 'gocardless'
      ? 'compare the endpoint in the GoCardless dashboard (URL, secret, enabled) with what mlc webhooks register prints'
      : 'run mlc webhooks register, which finds and repairs it';
  return [
    `Polling found ${lost} changes that no webhook had told us of, and none has arrived since ${since.toISOString()}.`,
    `Nothing was lost, it only takes longer. The webhook at ${run.provider} seems to be switched off or to point elsewhere: ${how}.`,
  ];
}
