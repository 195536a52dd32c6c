import type { Collection, FlowContext, Invoice } from '@mlc/core';
import { inFlight, isWithdrawable, knownCollections } from '../shared/in-flight.ts';
import { decideExisting, type ExistingDecision } from './decide.ts';
import { decideEligibility, type Leave } from './eligibility.ts';

/** Where an invoice and its debits stand: the first three rows of the table in design section 4. */
export type Situation =
  | {
      readonly kind: 'leave';
      readonly eligibility: Leave;
      /** The debit under way that should not be taken any more; null when there is none. */
      readonly current: Collection | null;
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
    const current = inFlight(known)?.collection ?? null;
    return {
      kind: 'leave',
      eligibility,
      current: current !== null && isWithdrawable(current) ? current : null,
    };
  }
  if (invoice === null) throw new Error(`invoice ${invoiceId} does not exist and is to be collected`);
  return { kind: 'advance', invoice, existing: decideExisting(known, invoice.outstanding) };
}
