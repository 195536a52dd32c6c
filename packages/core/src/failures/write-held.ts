import type { Money } from '../money/money.ts';
import type { FlowResult } from '../ports/flow.ts';
import { ConnectorError } from './connector-error.ts';

/** Something a run would write at a provider. */
export interface ProviderWrite {
  readonly kind: 'debit' | 'cancellation' | 'mandate-request' | 'payment' | 'reversal' | 'fee' | 'journal';
  /** Ends a sentence that begins with "would": `debit GBP 100.00 for invoice 0000012`. */
  readonly what: string;
  readonly invoiceId: string | null;
  readonly invoiceNumber: string | null;
  /** The payment, capture or payout it is made for. */
  readonly source: { readonly provider: string; readonly id: string } | null;
  readonly amount: Money | null;
  /** YYYY-MM-DD; null = as soon as possible. */
  readonly date: string | null;
}

/** What work waits for that would write at a provider while the business only observes. */
export const WAITING_FOR_GO_LIVE = 'go-live';

/** The business observes, and this was about to be written: nothing was sent and nothing intended. */
export class WriteHeldError extends ConnectorError {
  /** Null: the call was stopped at the door, and nobody had said what it is for. */
  readonly write: ProviderWrite | null;

  constructor(operation: string, write: ProviderWrite | null) {
    const what = write === null ? `call ${operation}` : write.what;
    super({
      kind: 'not-ready',
      provider: 'mlc',
      operation,
      message: `the business observes, nothing is written at a provider: would ${what}`,
    });
    this.write = write;
  }
}

/** The run's end: it waits until the business goes live, however long that takes, and is decided anew then. */
export function waitForGoLive({
  write,
  operation,
}: WriteHeldError): Extract<FlowResult, { state: 'parked' }> {
  return {
    state: 'parked',
    reason: `observing, waits for mlc go-live: would ${write?.what ?? `call ${operation}`}`,
    waitingFor: WAITING_FOR_GO_LIVE,
    recheckAt: null,
    effects: [],
    details: write === null ? { would: operation } : detailsOf(write),
  };
}

/** For the audit log, and for who previews what waits. */
function detailsOf({ kind, invoiceId, invoiceNumber, source, amount, date }: ProviderWrite) {
  const money = amount === null ? {} : { amountMinor: Number(amount.minor), currency: amount.currency };
  return { would: kind, invoiceId, invoiceNumber, source, date, ...money };
}
