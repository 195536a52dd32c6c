import type { Debit, FlowContext } from '@mlc/core';
import type { FollowedOn } from '../debits/follow-debit.ts';
import { lastMatch } from '../asking/review.ts';
import { debitSubject } from '../running/subjects.ts';

/** The invoice a debit pays, and how that is known. */
export interface Target extends FollowedOn {
  readonly why: string;
  /** `absent`: it stands nowhere in the books yet · `decided`: a person, or our own entry, says where it belongs. */
  readonly lookedFor?: 'absent' | 'decided';
}

/**
 * Which invoice (design section 5): a person's answer → our collection → a linked subscription or instalment →
 * payment metadata → mandate metadata. Null: a foreign payment.
 */
export async function findTarget(context: FlowContext, debit: Debit): Promise<Target | null> {
  return (
    (await answeredByPerson(context, debit)) ??
    (await byCollection(context, debit)) ??
    (await bySchedule(context, debit)) ??
    (await byPaymentMetadata(context, debit)) ??
    (await byMandateMetadata(context, debit))
  );
}

async function answeredByPerson(context: FlowContext, debit: Debit): Promise<Target | null> {
  const said = await lastMatch(context, debitSubject(debit.id));
  if (said === null) return null;
  const { invoiceId, kind } = said;
  const followed = await context.store.collections.byPayment(debit.id);
  const collection = followed?.invoiceId === invoiceId ? followed : null;
  const why = `a person matched it (${kind})`;
  return { invoiceId, collection, origin: 'matched', why, lookedFor: 'decided' };
}

async function byCollection(context: FlowContext, debit: Debit): Promise<Target | null> {
  const collection = await context.store.collections.byPayment(debit.id);
  if (collection === null) return null;
  return { invoiceId: collection.invoiceId, collection, origin: collection.origin, why: 'our collection' };
}

async function bySchedule(context: FlowContext, debit: Debit): Promise<Target | null> {
  const scheduleId = debit.subscriptionId ?? debit.instalmentScheduleId;
  if (scheduleId === null) return null;
  const open = (await context.store.collections.ofSchedule(scheduleId)).filter(
    (link) => link.paymentId === null,
  );
  const collection = open.find(
    (link) => link.chargeDate === debit.chargeDate && link.amount.minor === debit.amount.minor,
  );
  if (collection === undefined) return null;
  return {
    invoiceId: collection.invoiceId,
    collection,
    origin: collection.origin,
    why: `linked ${scheduleId}`,
  };
}

async function byPaymentMetadata(context: FlowContext, debit: Debit): Promise<Target | null> {
  const invoiceId = invoiceNamedIn(context, debit.metadata);
  if (invoiceId === null) return null;
  const planned = (await context.store.collections.ofInvoice(invoiceId)).find(
    (collection) => collection.idempotencyKey === debit.metadata['mlc_collection'],
  );
  const collection = planned?.paymentId === null ? planned : null;
  return { invoiceId, collection, origin: collection?.origin ?? 'metadata', why: 'payment metadata' };
}

async function byMandateMetadata(context: FlowContext, debit: Debit): Promise<Target | null> {
  const mandate = debit.mandateId === '' ? null : await context.debits.getMandate(debit.mandateId);
  const invoiceId = mandate === null ? null : invoiceNamedIn(context, mandate.metadata);
  return invoiceId === null
    ? null
    : { invoiceId, collection: null, origin: 'metadata', why: 'mandate metadata' };
}

/** Metadata counts only when it names this FreshBooks account, or none. */
function invoiceNamedIn(context: FlowContext, metadata: Readonly<Record<string, string>>): string | null {
  const accountId = metadata['freshbooks_account_id'] ?? context.books.accountId;
  if (accountId !== context.books.accountId) return null;
  return metadata['freshbooks_invoice_id'] ?? null;
}
