import { type Collection, type FlowResult, type Job } from '@mlc/core';
import { requireLive } from '../running/go-live.ts';
import { ask, type Question } from '../asking/review.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { roomQuestion } from './consent-room.ts';
import { type DayLimit, dayLimit, isUsedUp, waitForRoom } from './limits.ts';
import { asking, settling } from './settle-questions.ts';
import { type DebitPlan, writeOf, plannedCollection } from './debit-plan.ts';
import { sendDebit } from './send-debit.ts';

/**
 * Intent first, then the call, then the record: a crash in between is found again under the same key. Null as `sendDebit`.
 */
export async function createDebit(job: Job, plan: DebitPlan): Promise<FlowResult | null> {
  const { invoice, chargeDate } = plan;
  requireLive(job, writeOf(invoice, invoice.outstanding, chargeDate));
  const limit = await dayLimit(job, invoice);
  const intent = await recordIntent(job, { plan, limit });
  switch (intent.kind) {
    case 'day-is-full':
      return waitForRoom(job, intent.limit);
    case 'no-room':
      return settling(await ask(job, intent.question), invoice.id, asking(intent.question.kind));
    case 'planned':
      return sendDebit(job, { collection: intent.collection, invoice });
  }
}

/** What became of the intent: it is on record, or other debits took the last room meanwhile. */
type Intent =
  | { readonly kind: 'planned'; readonly collection: Collection }
  | { readonly kind: 'day-is-full'; readonly limit: DayLimit }
  | { readonly kind: 'no-room'; readonly question: Question };

async function recordIntent(
  job: Job,
  { plan, limit }: { plan: DebitPlan; limit: DayLimit | null },
): Promise<Intent> {
  const { invoice, attempt, mandateId, chargeDate } = plan;
  const wanted = plannedCollection(job, plan);
  const { clientId, amount, wantedDate, creditorId, calledAt } = wanted;
  const facts = { clientId, amount, mandateId, chargeDate, wantedDate, creditorId, calledAt };
  return job.store.transaction(async (tx) => {
    if (limit !== null && (await isUsedUp(tx, limit))) return { kind: 'day-is-full', limit };
    const question = await roomQuestion(tx, invoice, plan.measured);
    if (question !== null) return { kind: 'no-room', question };
    const planned = (await tx.collections.ofInvoice(invoice.id)).find(
      (earlier) => earlier.attempt === attempt && earlier.state === 'planned',
    );
    await tx.audit.append({
      actor: 'system',
      action: 'collection.planned',
      subject: invoiceSubject(invoice.id),
      correlationId: job.event.correlationId,
      details: {
        attempt,
        mandateId,
        chargeDate,
        amountMinor: Number(invoice.outstanding.minor),
        currency: invoice.outstanding.currency,
        ...plan.details,
      },
    });
    if (planned === undefined) return { kind: 'planned', collection: await tx.collections.insert(wanted) };
    await tx.collections.update(planned.id, facts);
    return { kind: 'planned', collection: { ...planned, ...facts } };
  });
}
