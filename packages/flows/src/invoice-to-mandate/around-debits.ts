import type { Creditor, Debit, FlowContext, Invoice, Mandate } from '@mlc/core';
import { toldToGoAhead } from '../asking/review.ts';
import { withClient } from './next-step.ts';
import { decideSchedule } from './decide.ts';
import { decideLive } from './decide-live.ts';
import type { AskClient } from './find-customer.ts';
import { looseDebits } from './find-live.ts';
import { findUnlinkedSchedules } from './find-schedules.ts';
import type { NextStep } from './next-step.ts';
import { creditorQuestion, liveQuestion, scheduleQuestion } from './questions.ts';

/** What the client's mandates hold. */
export interface OnMandates {
  readonly mandates: readonly Mandate[];
  readonly debits: readonly Debit[];
}

/** Whether a debit made elsewhere collects it already, or might; null when none does. */
export async function planAroundLive(
  context: FlowContext,
  invoice: Invoice,
  onMandates: OnMandates,
): Promise<Extract<NextStep, { kind: 'adopt' | 'link-debit' | 'ask' }> | null> {
  const decision = decideLive(await looseDebits(context, invoice, onMandates), invoice);
  switch (decision.kind) {
    case 'none':
      return null;
    case 'adopt':
      return decision;
    case 'link':
      return { kind: 'link-debit', debit: decision.debit };
    case 'risk': {
      const question = liveQuestion(invoice, decision.debits);
      return (await toldToGoAhead(context, question)) ? null : { kind: 'ask', question };
    }
  }
}

/** Whether a subscription or instalment schedule collects it already; null when nothing stands in the way. */
export async function planAroundSchedules(
  context: FlowContext,
  invoice: Invoice,
  { mandates, debits }: OnMandates,
): Promise<NextStep | null> {
  const dueDate = invoice.dueDate ?? invoice.createdDate;
  const inCurrency = mandates.filter((mandate) => mandate.currency === invoice.outstanding.currency);
  const unlinked = await findUnlinkedSchedules(context, inCurrency, {
    outstanding: invoice.outstanding,
    dueDate,
    debits,
  });
  const decision = decideSchedule(unlinked, invoice.outstanding, dueDate);
  if (decision.kind === 'none') return null;
  if (decision.kind === 'link') return { kind: 'link', debit: decision.debit };
  const question = scheduleQuestion(invoice, decision);
  return (await toldToGoAhead(context, question)) ? null : { kind: 'ask', question };
}

/** Whose mandate it is comes before what else may collect the invoice. */
export async function planBeforeDebit(
  context: FlowContext,
  { invoice, askClient }: { readonly invoice: Invoice; readonly askClient: AskClient },
  onMandates: OnMandates,
): Promise<NextStep | null> {
  const creditors = await creditorsToChooseFrom(context);
  if (creditors.length > 0)
    return withClient(askClient, invoice, (client) => ({
      kind: 'ask',
      question: creditorQuestion(invoice, client, creditors),
    }));
  return planAroundSchedules(context, invoice, onMandates);
}

/** The creditors of the account when there are several and the business file names none of them; else none. */
async function creditorsToChooseFrom({ debits }: FlowContext): Promise<readonly Creditor[]> {
  if (debits.creditorId !== null) return [];
  const creditors = await debits.listCreditors();
  return creditors.length > 1 ? creditors : [];
}
