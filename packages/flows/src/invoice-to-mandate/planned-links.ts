import {
  type Collection,
  type DebitSubscription,
  type FlowContext,
  type FlowResult,
  isLive,
  type Job,
  rerunsInvoices,
  sameMoney,
} from '@mlc/core';
import { invoiceSubject } from '../running/subjects.ts';
import { looksAgainAtRisks } from '../asking/under-way.ts';
import { upcomingOf } from './decide.ts';

/** A subscription or instalment schedule moved: invoices that count on it, or might be collected twice by it, are looked at. */
export async function scheduleChanged(context: FlowContext, scheduleId: string): Promise<FlowResult> {
  const links = (await context.store.collections.ofSchedule(scheduleId)).filter(isPlannedLink);
  const invoiceIds = [...new Set(links.map(({ invoiceId }) => invoiceId))];
  return {
    state: 'done',
    reason: `${invoiceIds.length} invoices wait for a debit of ${scheduleId}`,
    details: { scheduleId, invoiceIds },
    effects: [rerunsInvoices(invoiceIds), looksAgainAtRisks(scheduleId)],
  };
}

function isPlannedLink(collection: Collection): boolean {
  return collection.scheduleId !== null && collection.paymentId === null && isLive(collection);
}

/**
 * Ends the links of an invoice to debits that their subscription is not going to take any more: it was cancelled, paused or
 * changed before the payment existed, and no event of a payment will ever say so. True when there were any.
 */
export async function endLostLinks(job: Job, collections: readonly Collection[]): Promise<boolean> {
  let hasEnded = false;
  for (const link of collections.filter(isPlannedLink)) {
    if (await isStillPlanned(job, link)) continue;
    hasEnded = true;
    await job.store.transaction(async (tx) => {
      await tx.collections.update(link.id, { state: 'cancelled' });
      await tx.audit.append({
        actor: 'system',
        action: 'collection.moved',
        subject: invoiceSubject(link.invoiceId),
        correlationId: job.event.correlationId,
        details: { scheduleId: link.scheduleId, attempt: link.attempt, from: link.state, to: 'cancelled' },
      });
    });
  }
  return hasEnded;
}

/** A schedule that is not to be found is not known to have ended: a replaced mandate may have taken it along. */
async function isStillPlanned(context: FlowContext, link: Collection): Promise<boolean> {
  const subscription = await subscriptionOf(context, link);
  if (subscription === null) return true;
  const planned = upcomingOf(subscription, new Set());
  if (
    planned.some(({ chargeDate, amount }) => chargeDate === link.chargeDate && sameMoney(amount, link.amount))
  )
    return true;
  const debits = await context.debits.listDebits(subscription.mandateId);
  return debits.some(
    ({ subscriptionId, chargeDate, amount }) =>
      subscriptionId === link.scheduleId && chargeDate === link.chargeDate && sameMoney(amount, link.amount),
  );
}

async function subscriptionOf(
  { debits }: FlowContext,
  { mandateId, scheduleId }: Collection,
): Promise<DebitSubscription | null> {
  const isMeant = ({ id }: DebitSubscription): boolean => id === scheduleId;
  const found = (await debits.listSubscriptions(mandateId)).find(isMeant);
  if (found !== undefined) return found;
  const successor = (await debits.getMandate(mandateId))?.newMandateId ?? null;
  return successor === null ? null : ((await debits.listSubscriptions(successor)).find(isMeant) ?? null);
}
