import type { Debit } from './debits.ts';

/** When debits were first expected to arrive: what the forecast is measured by later. */
export interface ArrivalReads {
  /** YYYY-MM-DD, as first foreseen; null when it was never noted. */
  expectedOn(paymentId: string): Promise<string | null>;
}

/** The same within a transaction. */
export interface ArrivalStore extends ArrivalReads {
  /** Notes the day a debit should arrive by its charge date; one that was noted before stays as it was. */
  expect(debit: Debit): Promise<void>;
}
