import { type FlowResult, type Job, skipped } from '@mlc/core';
import { notShown } from '../running/not-shown.ts';
import { ask } from '../asking/review.ts';
import { adoptDebits } from './adopt-debits.ts';
import { createDebit } from './create-debit.ts';
import { linkDebit } from './link-debit.ts';
import { linkSchedule } from './link-schedule.ts';
import { withoutMandate } from './no-mandate.ts';
import type { Planned, ToCollect } from './next-step.ts';
import { planCollection } from './plan.ts';
import { asking, settling } from './settle-questions.ts';

/**
 * Plans how to collect the invoice and carries it out. Null: debits of the invoice were found and put on record, and where it
 * stands is to be looked at again.
 */
export async function chooseAndCreate(job: Job, wanted: ToCollect): Promise<FlowResult | null> {
  const { invoice } = wanted;
  const { customer, step } = await planCollection(job, wanted);
  if (customer?.isNew === true) await storeLink(job, { clientId: invoice.clientId, customer });
  switch (step.kind) {
    case 'leave':
      return skipped(step.because, step.reason);
    case 'not-shown':
      throw notShown({ provider: 'FreshBooks', operation: 'getClient', says: step.says });
    case 'ask': {
      const result = await ask(job, step.question);
      return settling(result, invoice.id, asking(step.question.kind));
    }
    case 'without-mandate': {
      const { client, missing } = step;
      const result = await withoutMandate(job, { invoice, client, missing });
      return settling(result, invoice.id, asking('no_mandate'));
    }
    case 'link':
      return linkSchedule(job, invoice, step.debit);
    case 'link-debit':
      return linkDebit(job, { invoice, debit: step.debit });
    case 'adopt':
      await adoptDebits(job, { invoice, debits: step.debits });
      return null;
    case 'create':
      return createDebit(job, step.plan);
  }
}

/** A client that becomes another customer is in the audit log: from now on somebody else's mandate is debited. */
function storeLink(
  job: Job,
  { clientId, customer }: { clientId: string; customer: NonNullable<Planned['customer']> },
): Promise<void> {
  const { customerId, why, replaces } = customer;
  return job.store.transaction(async (tx) => {
    await tx.clients.link(clientId, customerId, why);
    if (replaces === null) return;
    await tx.audit.append({
      actor: 'system',
      action: 'client.relinked',
      subject: { provider: 'freshbooks', type: 'client', id: clientId },
      correlationId: job.event.correlationId,
      details: { customerId, replaces, why },
    });
  });
}
