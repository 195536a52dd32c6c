import {
  ConnectorError,
  type FlowContext,
  formatMoney,
  PERIOD_LOCKED,
  type Posting,
  type ProviderWrite,
  type Repositories,
} from '@mlc/core';
import { requireLive } from '../running/go-live.ts';
import { postingLock } from '../running/locks.ts';
import { type Look, secondLookOf, type Standing } from './second-looks.ts';

/**
 * The second look after an unclear outcome (design section 8, step 4): an answer that came very late may have put the
 * same entry into the books twice. Every one but the whole one is taken back where FreshBooks deletes such entries, and a
 * person is told. The ledger says what the provider holds, and the money came once: it has one collection per posting,
 * whichever entry in the books stays, so nothing is written to it here. Rejects with ConnectorError, or LockBusyError while
 * a flow works on it: then it stays due.
 */
export async function recheck(context: FlowContext, key: string): Promise<void> {
  const { postings } = context.store;
  const known = await postings.byKey(key);
  if (known === null) return;
  await context.locks.withLock(postingLock(context, known), async () => {
    // It may have been taken back since.
    const posting = (await postings.byKey(key)) ?? known;
    const look = await secondLookOf(context, posting);
    // An intent that is still open is looked for by its own event's retry; this look is over either way.
    if (look !== null && posting.state !== 'intent') await lookAgain(context, posting, look);
    await context.store.transaction((tx) => tx.postings.update(key, { recheckAt: null }));
  });
}

/** What a look found: the entry that stays, and those beside it. */
interface Found {
  readonly posting: Posting;
  readonly look: Look;
  readonly kept: string | null;
  readonly doubles: readonly string[];
}

/** A person is told before anything is taken back: what dies in between is found again, and said once. */
async function lookAgain(context: FlowContext, posting: Posting, look: Look): Promise<void> {
  const standing = await look.find();
  const kept = entryToKeep(posting, look, standing);
  const doubles = standing.map(({ id }) => id).filter((id) => id !== kept);
  const found = { posting, look, kept, doubles };
  if (kept !== null && kept !== posting.externalId)
    await context.store.transaction((tx) => tx.postings.update(posting.key, { externalId: kept }));
  if (doubles.length === 0) return;
  if (look.takeBack !== null) requireLive(context, takingBack(posting, look));
  await tell(context, found);
  if (look.takeBack !== null) await takeBack(context, found, look.takeBack);
}

function takingBack(posting: Posting, { title }: Look): ProviderWrite {
  const { invoiceId, invoiceNumber, source, amount, date } = posting;
  const what = `take a second ${title} of ${formatMoney(amount)} out of FreshBooks`;
  return { kind: 'reversal', what, invoiceId, invoiceNumber, source, amount, date };
}

/**
 * The entry that stays. When the late one came just before ours it is whole, and ours was split: FreshBooks found nothing
 * outstanding any more. Taking the whole one back would reopen the invoice, and its client would be debited again. A journal
 * entry that was taken back has its mirror, and stays.
 */
function entryToKeep(
  { state, externalId }: Posting,
  look: Look,
  standing: readonly Standing[],
): string | null {
  if (state !== 'posted' && look.takeBack !== null) return null;
  const whole = standing.filter(({ isWhole }) => isWhole);
  return (whole.find(({ id }) => id === externalId) ?? whole[0])?.id ?? externalId;
}

function tell(context: FlowContext, found: Found): Promise<void> {
  const { posting, look, kept, doubles } = found;
  return context.store.transaction(async (tx) => {
    await audit(tx, found, { action: 'posting.double-found', details: { kept, doubles } });
    const entry = `FreshBooks carried out the ${look.title} of ${formatMoney(posting.amount)}`;
    const ids = doubles.join(', ');
    const outcome = look.takeBack === null ? `${ids} stands beside it` : `${ids} is taken back`;
    const said =
      kept === null
        ? `${entry} late, when nothing of it was to stay: ${outcome}.`
        : `${entry} twice: ${kept} stays, ${outcome}.`;
    await say(tx, found, `${said} ${look.advice(ids)}`.trim());
  });
}

/** What FreshBooks will not let go of because its month is closed there is for a person. */
async function takeBack(
  context: FlowContext,
  found: Found,
  remove: (id: string) => Promise<void>,
): Promise<void> {
  const removed: string[] = [];
  for (const id of found.doubles) if (await isRemoved(id, remove)) removed.push(id);
  const left = found.doubles.filter((id) => !removed.includes(id)).join(', ');
  await context.store.transaction(async (tx) => {
    if (removed.length > 0)
      await audit(tx, found, { action: 'posting.double-removed', details: { kept: found.kept, removed } });
    if (left === '') return;
    const locked = `FreshBooks keeps the month of ${found.posting.date} closed`;
    await say(tx, found, `${locked}: open it there, delete ${left} by hand, then resolve this with done.`);
  });
}

async function isRemoved(id: string, remove: (id: string) => Promise<void>): Promise<boolean> {
  try {
    await remove(id);
    return true;
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.reason !== PERIOD_LOCKED) throw error;
    return false;
  }
}

function audit(
  tx: Repositories,
  { posting, look }: Found,
  { action, details }: { action: string; details: Readonly<Record<string, unknown>> },
): Promise<void> {
  return tx.audit.append({
    actor: 'system',
    action,
    subject: look.subject,
    correlationId: null,
    details: { key: posting.key, ...details },
  });
}

/** Adds a sentence to the question when it is open: the fees of a payout and its entry may both have come twice. */
async function say(tx: Repositories, { posting, look }: Found, sentence: string): Promise<void> {
  const { kind, subject } = look.question;
  const open = await tx.reviews.openOn(subject);
  const said = open.find((review) => review.kind === kind)?.reasons ?? [];
  const reasons = said.includes(sentence) ? said : [...said, sentence];
  const { amount, eventId } = posting;
  await tx.reviews.open({ kind, subject, amount, reasons, candidates: [], eventId });
}
