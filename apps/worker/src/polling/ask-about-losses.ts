import { ConnectorError, type EventSource } from '@mlc/core';
import {
  askLossLater,
  forgetOlderLosses,
  lossesToAsk,
  type LossToAsk,
  newestOlderLoss,
} from '@mlc/platform/poll/unasked-losses';
import { hasWebhookArrived } from '@mlc/platform/poll/webhook-arrivals';
import type { SourceRun } from './poll-source.ts';

/** Each costs a request; what is left is asked about by the next run. */
export const ASKED_PER_RUN = 50;

/** One run over one connection, after its lists were read. */
type LossesRun = Omit<SourceRun, 'source'>;

/**
 * Asks the provider of what was lost whether a webhook should have told of it, and adds that to what the run found: the
 * longest waiting first, a bounded number of them. What it cannot say now is asked again once the others were.
 */
export async function askAboutLosses(lossesRun: LossesRun, sources: readonly EventSource[]): Promise<void> {
  const { polling, run } = lossesRun;
  const { database } = polling.runtime;
  await forgetExcused(lossesRun);
  for (const loss of await lossesToAsk(database, run, ASKED_PER_RUN)) {
    if (polling.stopping?.aborted === true) return;
    const source = sources.find(({ name }) => name === loss.source);
    const answer = (await isExcused(lossesRun, loss)) ? false : await isAnnounced(source, loss);
    if (answer === 'not-now') return;
    if (answer === 'not-known') await askLossLater(database, loss);
    else noteAnswer(lossesRun, loss, answer);
  }
}

function noteAnswer({ found }: LossesRun, { eventId, lostAt }: LossToAsk, isLost: boolean): void {
  found.asked.push(eventId);
  if (!isLost) return;
  found.lost += 1;
  if (found.firstLostAt === null || lostAt < found.firstLostAt) found.firstLostAt = lostAt;
}

/** Only what a webhook must have told of says that webhooks are lost; where the provider refuses to say, nothing does. */
async function isAnnounced(
  source: EventSource | undefined,
  loss: LossToAsk,
): Promise<boolean | 'not-known' | 'not-now'> {
  try {
    return (await source?.isAnnounced?.(loss)) ?? false;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (error.kind === 'rejected') return false;
    return error.kind === 'rate-limited' || error.kind === 'unauthorised' ? 'not-now' : 'not-known';
  }
}

/** A webhook that arrived after a loss excuses it; those of this run are judged with the run. */
async function isExcused({ polling, run, clocksAgree }: LossesRun, loss: LossToAsk): Promise<boolean> {
  if (!clocksAgree || !loss.isOlder) return false;
  return hasWebhookArrived(polling.runtime.database.prisma, run, loss.lostAt);
}

/** Webhooks that arrive excuse all that was lost before at once. */
async function forgetExcused({ polling, run, clocksAgree }: LossesRun): Promise<void> {
  if (!clocksAgree) return;
  const { database } = polling.runtime;
  const newest = await newestOlderLoss(database, run);
  if (newest === null || !(await hasWebhookArrived(database.prisma, run, newest))) return;
  await forgetOlderLosses(database, run);
}
