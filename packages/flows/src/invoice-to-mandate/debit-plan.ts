import {
  type Invoice,
  type Money,
  type ProviderWrite,
  type FlowContext,
  type NewCollection,
  collectionKey,
} from '@mlc/core';
import { debitWrite } from '../running/go-live.ts';
import type { Measured } from './consent-room.ts';

/** Everything decided about the debit to create. */
export interface DebitPlan {
  readonly invoice: Invoice;
  readonly attempt: number;
  readonly mandateId: string;
  /** The creditor the mandate was given to; null when GoCardless does not say. */
  readonly creditorId: string | null;
  /** YYYY-MM-DD or null = as soon as the mandate allows. */
  readonly chargeDate: string | null;
  /** The due date behind it, '' when there was none; null when due dates do not count (policy). */
  readonly wantedDate: string | null;
  readonly measured: Measured;
  /** Choices behind it, for the audit log. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a person is shown of it while the business observes. */
export function writeOf({ id, number }: Invoice, amount: Money, date: string | null): ProviderWrite {
  return debitWrite('debit', { invoiceId: id, invoiceNumber: number, amount, date, debitId: null });
}

/** The collection of a debit that is about to be sent. */
export function plannedCollection(context: FlowContext, plan: DebitPlan): NewCollection {
  const { invoice, attempt, mandateId, chargeDate, wantedDate, creditorId } = plan;
  return {
    invoiceId: invoice.id,
    invoiceNumber: invoice.number,
    clientId: invoice.clientId,
    attempt,
    origin: 'ours',
    paymentId: null,
    mandateId,
    amount: invoice.outstanding,
    chargeDate,
    wantedDate,
    creditorId,
    state: 'planned',
    idempotencyKey: collectionKey(context.sha256, context.books.accountId, invoice.id, attempt),
    scheduleId: null,
    willAttemptRetry: false,
    calledAt: context.clock.now(),
    endedBy: null,
  };
}
