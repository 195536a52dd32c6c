import type { Cents } from './amounts.ts';

/** What becomes of money posted on an invoice. */
export interface PaymentSplit {
  /** Stays on the invoice: the amount the payment comes back with. */
  readonly applied: Cents;
  /** Turned into a credit of the client, silently. */
  readonly overpaid: Cents;
}

/** The overpayment rule of freshbooks.md 3.3: an invoice takes what is outstanding, the rest becomes a credit note. */
export function splitPayment(posted: Cents, outstanding: Cents): PaymentSplit {
  const room = outstanding > 0n ? outstanding : 0n;
  const applied = posted < room ? posted : room;
  return { applied, overpaid: posted - applied };
}
