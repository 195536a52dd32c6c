import { type Collection, firstChargeDate, type FlowContext, type Invoice } from '@mlc/core';
import {
  allInFlight,
  isWithdrawable,
  type KnownCollection,
  knownCollections,
  runningOf,
} from '../shared/in-flight.ts';
import { decideExisting, type ExistingDecision } from './decide.ts';
import { decideEligibility, type Leave } from './eligibility.ts';
import { wasDueOtherwise, type Wanted } from './fit.ts';

/** Where an invoice and its debits stand: the first three rows of the table in design section 4. */
export type Situation =
  | {
      readonly kind: 'leave';
      /** Null: FreshBooks has none of that id. */
      readonly invoice: Invoice | null;
      readonly eligibility: Leave;
      /** The debits under way that should not be taken any more, oldest first. */
      readonly current: readonly Collection[];
    }
  | { readonly kind: 'advance'; readonly invoice: Invoice; readonly existing: ExistingDecision };

/**
 * Looks without changing anything. First at what is booked, then at the invoice: the other way round a payment that
 * arrives in between would count as booked and still stand in the outstanding amount, which would be collected again.
 */
export async function situationOf(
  context: FlowContext,
  invoiceId: string,
  readInvoice: () => Promise<Invoice | null> = () => context.books.getInvoice(invoiceId),
): Promise<Situation> {
  const known = await knownCollections(context, invoiceId);
  const invoice = await readInvoice();
  const optOut = invoice === null ? null : await context.store.clients.optOut(invoiceId, invoice.clientId);
  const eligibility = decideEligibility({ invoice, policy: context.business.policy, optOut });
  if (eligibility.kind === 'leave') {
    const current = allInFlight(known).map(({ collection }) => collection);
    return { kind: 'leave', invoice, eligibility, current: current.filter(isWithdrawable) };
  }
  if (invoice === null) throw new Error(`invoice ${invoiceId} does not exist and is to be collected`);
  const wanted = await wantedBy(context, invoice, known);
  return { kind: 'advance', invoice, existing: decideExisting(known, wanted) };
}

async function wantedBy(
  context: FlowContext,
  { outstanding, clientId, dueDate }: Invoice,
  known: readonly KnownCollection[],
): Promise<Wanted> {
  const isByDate = context.business.policy.chargeDate === 'due-date';
  const charge = isByDate ? { dueDate, earliest: await earliestOf(context, dueDate, known) } : null;
  return { outstanding, clientId, creditorId: null, charge };
}

/** The first day the mandate of the running debit allows; asked for only when the due date moved. */
async function earliestOf(
  context: FlowContext,
  dueDate: string | null,
  known: readonly KnownCollection[],
): Promise<string | null> {
  const moved = runningOf(known).find((collection) => wasDueOtherwise(collection, dueDate));
  if (moved === undefined) return null;
  const mandate = await context.debits.getMandate(moved.mandateId);
  return mandate === null ? null : firstChargeDate(mandate);
}
