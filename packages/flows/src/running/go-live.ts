import {
  type FlowContext,
  type FlowResult,
  formatMoney,
  type Invoice,
  type Money,
  type Posting,
  type ProviderWrite,
  waitForGoLive,
  WriteHeldError,
} from '@mlc/core';
import { invoiceName } from './subjects.ts';

/**
 * The gate at the start of every write protocol, before anything is intended: throws WriteHeldError while the business only
 * observes. What was booked, planned or ended by us is then never a half of something.
 */
export function requireLive({ business }: Pick<FlowContext, 'business'>, write: ProviderWrite): void {
  if (business.policy.mode !== 'live') throw new WriteHeldError(write.kind, write);
}

/** The work's result; when it comes to a write while the business observes, the run waits for go-live. */
export async function orWaitForGoLive<Result extends FlowResult | null>(
  work: () => Promise<Result>,
  waiting: (held: WriteHeldError) => FlowResult = waitForGoLive,
): Promise<Result | FlowResult> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof WriteHeldError)) throw error;
    return waiting(error);
  }
}

/** The end of a run that did (or found) something, and of which a part waits as the other run said. */
export function andWaitFor(result: FlowResult, part: FlowResult | null): FlowResult {
  if (part?.state !== 'parked' || result.state === 'parked') return result;
  const { reason, details, effects } = result;
  const { waitingFor, recheckAt } = part;
  return {
    state: 'parked',
    reason: `${reason}; ${part.reason}`,
    waitingFor,
    recheckAt,
    effects,
    ...(details === undefined ? {} : { details }),
  };
}

/** A debit, or what would become of one. */
export function debitWrite(
  kind: 'debit' | 'cancellation',
  {
    invoiceId,
    invoiceNumber,
    amount,
    date,
    debitId,
  }: Pick<ProviderWrite, 'invoiceId' | 'invoiceNumber' | 'date'> & {
    readonly amount: Money;
    readonly debitId: string | null;
  },
): ProviderWrite {
  const invoice = `invoice ${invoiceNumber ?? invoiceId ?? ''}`;
  const what =
    kind === 'debit'
      ? `debit ${formatMoney(amount)} for ${invoice}`
      : `cancel debit ${debitId ?? ''} of ${formatMoney(amount)} for ${invoice}`;
  const source = debitId === null ? null : { provider: 'gocardless', id: debitId };
  return { kind, what, invoiceId, invoiceNumber, source, amount, date };
}

/** A page on which a client sets up a mandate. */
export function mandateWrite({ id, number, outstanding }: Invoice, clientName: string): ProviderWrite {
  return {
    kind: 'mandate-request',
    what: `ask GoCardless for a page on which ${clientName} sets up a mandate, for invoice ${number}`,
    invoiceId: id,
    invoiceNumber: number,
    source: null,
    amount: outstanding,
    date: null,
  };
}

/** A payment on an invoice, or one that goes. */
export function paymentWrite(
  kind: 'payment' | 'reversal',
  of: Pick<Posting, 'invoiceId' | 'invoiceNumber' | 'source' | 'amount' | 'date'>,
): ProviderWrite {
  const { invoiceId, invoiceNumber, source, amount, date } = of;
  const money = `${formatMoney(amount)} of ${source.provider} ${source.id}`;
  const what =
    kind === 'payment'
      ? `book ${money} on invoice ${invoiceName(of)}`
      : `take ${money} back from invoice ${invoiceName(of)}`;
  return { kind, what, invoiceId, invoiceNumber, source, amount, date };
}
