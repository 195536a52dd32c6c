import type { FlowContext, FlowResult, InboundEvent } from '@mlc/core';
import { ask } from '../shared/review.ts';
import { createDebit } from './create-debit.ts';
import { linkSchedule } from './link-schedule.ts';
import { withoutMandate } from './no-mandate.ts';
import { planCollection, type ToCollect } from './plan.ts';

/** Plans how to collect the invoice and carries it out. */
export async function chooseAndCreate(
  context: FlowContext,
  inbound: InboundEvent,
  wanted: ToCollect,
): Promise<FlowResult> {
  const { invoice } = wanted;
  const { customer, step } = await planCollection(context, wanted);
  if (customer !== null) await context.store.clients.link(invoice.clientId, customer.id, customer.why);
  switch (step.kind) {
    case 'leave':
      return { state: 'skipped', reason: step.reason };
    case 'ask':
      return ask(context, inbound, step.question);
    case 'without-mandate':
      return withoutMandate(context, inbound, { invoice, client: step.client, missing: step.missing });
    case 'link':
      return linkSchedule(context, invoice, step.debit);
    case 'create':
      return createDebit(context, inbound, step.plan);
  }
}
