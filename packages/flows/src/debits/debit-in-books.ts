import {
  type BookPayment,
  type Candidate,
  type Collection,
  type Debit,
  type FlowContext,
  type FlowResult,
  type InboundEvent,
  type Invoice,
  type Job,
  type Repositories,
  rerunsInvoices,
  step,
} from '@mlc/core';
import { askWhetherBooked, recordFound } from '../booking/found-in-books.ts';
import type { Gathered } from '../booking/find-invoices.ts';
import { type InTheBooks, lookInTheBooks } from '../booking/in-the-books.ts';
import { invoiceLock } from '../running/locks.ts';
import { invoiceSubject } from '../running/subjects.ts';
import { debitMoney } from '../ledger/money-in.ts';
import { type FollowedOn, followingOf } from './follow-debit.ts';

/** A debit that has reached the books' point, the cycle it would be booked as, and what is known of where it belongs. */
interface DueDebit {
  readonly debit: Debit;
  readonly cycle: number;
}

/** Whether a debit nobody here asked for stands in the books already, before it is matched. */
export function lookForForeign(
  context: FlowContext,
  { debit, cycle }: DueDebit,
  { facts, clientIds }: Gathered,
): Promise<InTheBooks> {
  const around = { invoices: facts.byReference, clientIds };
  return lookInTheBooks(context, { money: debitMoney(debit), cycle }, around);
}

/** The same for one that something else than our own collection leads to an invoice: its metadata, a schedule, a link. */
export async function lookForLed(
  context: FlowContext,
  { debit, cycle }: DueDebit,
  { invoiceId }: Pick<FollowedOn, 'invoiceId'>,
): Promise<{ readonly standing: InTheBooks; readonly invoice: Invoice | null }> {
  const invoice = await context.books.getInvoice(invoiceId);
  const invoices = invoice === null ? [] : [invoice];
  const clientIds = invoices.map(({ clientId }) => clientId);
  const sought = { money: debitMoney(debit), cycle };
  return { standing: await lookInTheBooks(context, sought, { invoices, clientIds }), invoice };
}

interface FoundDebit {
  readonly debit: Debit;
  readonly payment: BookPayment;
  /** The collection it was taken for until now. */
  readonly led?: Collection | null;
}

/** It stands in the books by somebody else's entry: the debit is followed on that invoice, and nothing is booked. */
export function recordDebitFound(job: Job, { debit, payment, led = null }: FoundDebit): Promise<FlowResult> {
  const { invoiceId } = payment;
  const money = debitMoney(debit);
  // Money that people entered as a client's credit stands on no invoice.
  if (invoiceId === '') return Promise.resolve(recordFound(job, { money, payment }));
  return job.locks.withLock(invoiceLock(job, invoiceId), async () => {
    const followed = await job.store.collections.byPayment(debit.id);
    const collection = followed?.invoiceId === invoiceId ? followed : null;
    const target: FollowedOn = { invoiceId, collection, origin: 'matched' };
    const followThere = await followingOf(job, { debit, target });
    const follow = step('rows', async (tx) => {
      const taken = (await tx.collections.byPayment(debit.id)) ?? led;
      if (taken === null || taken.invoiceId === invoiceId) return followThere(tx);
      await tx.collections.update(taken.id, { state: 'cancelled', endedBy: 'us', paymentId: null });
      const effects = await followThere(tx);
      await auditLeft(tx, job.event, { taken, debit, invoiceId });
      // The debit was taken for this invoice's until now: it is free to be collected.
      return [...effects, rerunsInvoices([taken.invoiceId])];
    });
    return recordFound(job, { money, payment, follow: [follow] });
  });
}

function auditLeft(
  tx: Repositories,
  { correlationId }: InboundEvent,
  { taken, debit, invoiceId }: { taken: Collection; debit: Debit; invoiceId: string },
): Promise<void> {
  return tx.audit.append({
    actor: 'system',
    action: 'collection.unlinked',
    subject: invoiceSubject(taken.invoiceId),
    correlationId,
    details: { paymentId: debit.id, attempt: taken.attempt, standsOn: invoiceId },
  });
}

/** Nobody can tell whether it stands in the books. */
export function askAboutDebit(
  job: Job,
  { debit, candidates }: { debit: Debit; candidates: readonly Candidate[] },
): Promise<FlowResult> {
  return askWhetherBooked(job, { money: debitMoney(debit), candidates });
}
