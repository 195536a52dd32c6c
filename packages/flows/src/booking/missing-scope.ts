import {
  type ConnectorError,
  type FlowContext,
  type InboundEvent,
  opens,
  type PostingKind,
  type Repositories,
  reruns,
  type Review,
  settles,
  type Step,
  step,
  type Subject,
} from '@mlc/core';
import { record } from '../running/record.ts';
import type { BookingJob } from './entry.ts';

/** FreshBooks' word for a permission (freshbooks.md 1.7), as in `user:expenses:write`. */
export type BookScope = 'expenses' | 'journal_entries';

/** What a booking needs permission for. */
interface Needing {
  readonly scope: BookScope;
  readonly kind: PostingKind;
  readonly title: string;
}

const IN_WORDS: Readonly<Record<BookScope, string>> = {
  expenses: 'expenses',
  journal_entries: 'journal entries',
};
/** More names than this would not be read. */
const NAMED_MAX = 20;

/** The permission a question is about. */
function scopeSubject(scope: BookScope): Subject {
  return { provider: 'freshbooks', type: 'scope', id: scope };
}

/**
 * One question for all bookings that FreshBooks refuses by plan or scope; a person who said `ignore` is not asked again.
 * Returns it in words.
 */
export async function askForScope(
  job: BookingJob,
  { entry, refusal }: { entry: Needing; refusal: ConnectorError },
): Promise<string> {
  const subject = scopeSubject(entry.scope);
  const what = IN_WORDS[entry.scope];
  const answer = await job.store.reviews.lastAnswer('reauthorise', subject);
  if (answer?.resolution?.action === 'ignore') return `FreshBooks refuses ${what}, which a person knows`;
  const reasons = [
    `FreshBooks refuses ${what}: ${refusal.message}.`,
    `Authorise FreshBooks again with user:${entry.scope}:read and user:${entry.scope}:write (or choose a plan that has ` +
      `${what}) and resolve this with retry: what was refused is then booked. To do without, set the policy to none.`,
    await refusedSoFar(job, entry),
  ];
  const rest = { amount: null, candidates: [], eventId: job.event.id };
  await record(job, [opens({ kind: 'reauthorise', subject, reasons, ...rest })]);
  return `review reauthorise: FreshBooks refuses ${what}`;
}

async function refusedSoFar(context: FlowContext, { kind }: Needing): Promise<string> {
  const refused = await context.store.postings.rejectedOfKind(kind);
  const names = refused.slice(0, NAMED_MAX).map(({ source }) => source.id);
  const more = refused.length > NAMED_MAX ? ` and ${refused.length - NAMED_MAX} more` : '';
  return `Not booked so far: ${names.join(', ')}${more}.`;
}

/** The first booking that FreshBooks takes again answers the question, and the others that were refused run again. */
export function runsRefusedAgain(event: Pick<InboundEvent, 'id'>, { scope, kind }: Needing): Step {
  const subject = scopeSubject(scope);
  return step('looks', async (tx) => {
    const isAsked = (await tx.reviews.openOn(subject)).length > 0;
    if (!isAsked && !isToldToRetry(await tx.reviews.lastAnswer('reauthorise', subject), event)) return [];
    const over = settles(['reauthorise'], subject, `FreshBooks takes ${IN_WORDS[scope]} again`);
    return [over, reruns(await endedRefused(tx, kind, event))];
  });
}

/** What died of something else is for a person to replay. */
async function endedRefused(
  tx: Repositories,
  kind: PostingKind,
  { id }: Pick<InboundEvent, 'id'>,
): Promise<readonly string[]> {
  const eventIds = new Set((await tx.postings.rejectedOfKind(kind)).map(({ eventId }) => eventId));
  const ended: string[] = [];
  for (const eventId of eventIds)
    if (eventId !== id && (await tx.events.get(eventId))?.state === 'done') ended.push(eventId);
  return ended;
}

function isToldToRetry(answer: Review | null, { id }: Pick<InboundEvent, 'id'>): boolean {
  return answer?.resolution?.action === 'retry' && answer.eventId === id;
}
