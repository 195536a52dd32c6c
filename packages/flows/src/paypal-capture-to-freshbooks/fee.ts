import {
  type BookExpense,
  type Capture,
  ConnectorError,
  dateIn,
  type FlowContext,
  type InboundEvent,
  keyInNote,
  type Money,
  noteCarriesKey,
  postingKey,
} from '@mlc/core';
import { captureSubject } from '../shared/review.ts';

const VENDOR = 'PayPal';

/** By policy `paypalFees: expense` the fee of a capture becomes a FreshBooks expense, once (design section 8). */
export async function bookFee(context: FlowContext, inbound: InboundEvent, capture: Capture): Promise<void> {
  const fee = feeToBook(context, capture);
  if (fee === null) return;
  const key = postingKey(context.sha256, {
    businessId: context.business.id,
    kind: 'fee',
    provider: 'paypal',
    sourceId: capture.id,
    cycle: 1,
  });
  const earlier = await context.store.postings.byKey(key);
  if (earlier?.state === 'posted') return;
  if (earlier?.calledAt != null) waitOutSettling(context, earlier.calledAt);
  const date = earlier?.date ?? (await openDate(context, capture));
  const found = await findExpense(context, date, key);
  const expense = found ?? (await createExpense(context, inbound, { capture, fee, key, date }));
  await record(context, inbound, { key, capture, expense });
}

/** Null when nothing is to be booked: policy, no fee, or accounts that were never chosen. */
function feeToBook(context: FlowContext, capture: Capture): Money | null {
  const { paypalFees } = context.business.policy;
  if (paypalFees !== 'expense' || capture.fee === null || capture.fee.minor <= 0n) return null;
  return capture.fee;
}

function waitOutSettling(context: FlowContext, calledAt: Date): void {
  const sinceMs = context.clock.now().getTime() - calledAt.getTime();
  if (sinceMs >= context.settleDelayMs) return;
  throw new ConnectorError({
    kind: 'outcome-unknown',
    provider: 'freshbooks',
    operation: 'createExpense',
    message: 'an earlier call may still be carried out; looking for it after the settle delay',
  });
}

function openDate(context: FlowContext, capture: Capture): Promise<string> {
  return context.store.periods.firstOpenDate(dateIn(context.business.timezone, new Date(capture.createdAt)));
}

async function findExpense(context: FlowContext, date: string, key: string): Promise<BookExpense | null> {
  const expenses = await context.books.listExpenses(VENDOR, date);
  return expenses.find((expense) => noteCarriesKey(expense.notes, key)) ?? null;
}

async function createExpense(
  context: FlowContext,
  inbound: InboundEvent,
  { capture, fee, key, date }: { capture: Capture; fee: Money; key: string; date: string },
): Promise<BookExpense> {
  const { feeExpenseCategoryId, staffId } = context.business.policy.accounts;
  if (feeExpenseCategoryId === null || staffId === null) {
    throw new ConnectorError({
      kind: 'rejected',
      provider: 'mlc',
      operation: 'createExpense',
      message:
        'policy.paypalFees is "expense": set policy.accounts.feeExpenseCategoryId and staffId, apply, then replay',
    });
  }
  const notes = `PayPal fee ${capture.id} · ${keyInNote(key)}`;
  await context.store.transaction(async (tx) => {
    await tx.postings.insertIntent({
      key,
      kind: 'fee',
      invoiceId: null,
      source: { provider: 'paypal', id: capture.id },
      cycle: 1,
      amount: fee,
      date,
      note: notes,
      reversesKey: null,
      eventId: inbound.id,
    });
    await tx.postings.update(key, { state: 'intent', calledAt: context.clock.now() });
  });
  return send(context, key, {
    amount: fee,
    categoryId: feeExpenseCategoryId,
    staffId,
    date,
    vendor: VENDOR,
    notes,
  });
}

async function send(
  context: FlowContext,
  key: string,
  expense: Parameters<FlowContext['books']['createExpense']>[0],
): Promise<BookExpense> {
  try {
    return await context.books.createExpense(expense);
  } catch (error) {
    if (error instanceof ConnectorError && error.kind !== 'outcome-unknown') {
      const refused = error.kind === 'rejected' ? { state: 'rejected' as const } : {};
      await context.store.postings.update(key, { calledAt: null, ...refused });
    }
    throw error;
  }
}

function record(
  context: FlowContext,
  inbound: InboundEvent,
  { key, capture, expense }: { key: string; capture: Capture; expense: BookExpense },
): Promise<void> {
  return context.store.transaction(async (tx) => {
    await tx.postings.update(key, { state: 'posted', externalId: expense.id });
    await tx.audit.append({
      actor: 'system',
      action: 'fee.booked',
      subject: captureSubject(capture.id),
      correlationId: inbound.correlationId,
      details: {
        key,
        expenseId: expense.id,
        amountMinor: Number(expense.amount.minor),
        currency: expense.amount.currency,
      },
    });
  });
}
