import {
  type Debit,
  type FlowContext,
  type FlowResult,
  formatMoney,
  type InboundEvent,
  textsOf,
  type UnmatchedPayment,
} from '@mlc/core';
import { gather, type Gathered } from '../shared/gather.ts';
import { ask, debitSubject } from '../shared/review.ts';

/** Everything in the books that could belong to a debit nobody here asked for, as for a PayPal capture (design section 7). */
export function gatherForeign(context: FlowContext, debit: Debit): Promise<Gathered> {
  const payerEmail = async (): Promise<string | null> => {
    const mandate = debit.mandateId === '' ? null : await context.debits.getMandate(debit.mandateId);
    const customer = mandate === null ? null : await context.debits.getCustomer(mandate.customerId);
    return customer?.email ?? null;
  };
  return gather(context, { amount: debit.amount, references: textsOf(debit), payerEmail });
}

/** The question when a foreign debit has no single exact invoice. */
export function askForeign(
  context: FlowContext,
  inbound: InboundEvent,
  { debit, match }: { debit: Debit; match: UnmatchedPayment },
): Promise<FlowResult> {
  return ask(context, inbound, {
    kind: match.kind,
    subject: debitSubject(debit.id),
    amount: debit.amount,
    reasons: [
      `GoCardless payment ${debit.id} of ${formatMoney(debit.amount)} was not made here: ${match.why}.`,
    ],
    candidates: match.candidates,
  });
}
