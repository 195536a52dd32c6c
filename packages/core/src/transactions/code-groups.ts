import type { PaypalTransaction } from '../ports/captures.ts';

/**
 * What is done about a row that moved the balance.
 * - `payment`: booked like a capture (reference, else e-mail and amount, else a review).
 * - `given-back`: in the ledger as a refund of its payment, and review `refund`.
 * - `charged-back`: the same, and review `chargeback`.
 * - `won-back`: in the ledger as a refund that came back; the question about it is settled or asked the other way round.
 * - `to-bank`: in the ledger as a payout.
 * - `ledger`: in the ledger as a movement, nothing else.
 * - `unknown`: in the ledger as a movement, and review `unreadable_event`: somebody has to say what it was.
 * - `nothing`: no money of the account; not even in the ledger.
 */
export type RowTreatment =
  'payment' | 'given-back' | 'charged-back' | 'won-back' | 'to-bank' | 'ledger' | 'unknown' | 'nothing';

/** A group of T-codes (`T11`) or one code of it that is treated otherwise (`T1105`). */
export interface CodeGroup {
  /** PayPal's words, shortened. */
  readonly meaning: string;
  /** Money that came in (amount above 0). */
  readonly received: RowTreatment;
  /** Money that left. */
  readonly sent: RowTreatment;
}

const only = (meaning: string, treatment: RowTreatment): CodeGroup => ({
  meaning,
  received: treatment,
  sent: treatment,
});

/**
 * PayPal's groups of transaction event codes ("Transaction event codes", developer.paypal.com), and what is done about
 * them. A code is looked for before its group. What is not here is `unknown`. docs/decisions.md shows this table.
 */
export const CODE_GROUPS: Readonly<Record<string, CodeGroup>> = {
  T00: { meaning: 'payment from account to account', received: 'payment', sent: 'ledger' },
  T01: only('fee that belongs to no payment', 'ledger'),
  T02: only('currency conversion', 'ledger'),
  T03: only('deposit from the bank', 'ledger'),
  T04: { meaning: 'withdrawal to the bank', received: 'ledger', sent: 'to-bank' },
  T05: only('debit card of the account', 'ledger'),
  T06: only('withdrawal to a credit card', 'ledger'),
  T07: only('deposit from a credit card', 'ledger'),
  T08: only('bonus', 'ledger'),
  T09: only('incentive', 'ledger'),
  T10: only('bill pay', 'ledger'),
  T11: { meaning: 'reversal or refund of a payment', received: 'ledger', sent: 'given-back' },
  T1101: only('reversal of a bank withdrawal', 'ledger'),
  T1102: only('reversal of a debit card payment', 'ledger'),
  T1103: only('reversal of points', 'ledger'),
  T1104: only('reversal of a bank deposit', 'ledger'),
  T1105: only('release of a hold on the account', 'ledger'),
  T1108: only('reversal of a fee', 'ledger'),
  T1109: only('refund of a fee', 'ledger'),
  T1110: only('hold for a dispute', 'ledger'),
  T1111: only('release of a hold for a dispute', 'ledger'),
  T1112: only('MAM reversal', 'ledger'),
  T1117: only('reversal of a rebate', 'ledger'),
  T12: { meaning: 'chargeback and adjustment', received: 'won-back', sent: 'charged-back' },
  T13: only('authorisation', 'nothing'),
  T14: only('dividend', 'ledger'),
  T15: only('temporary hold', 'ledger'),
  T16: only('deposit from buyer credit', 'ledger'),
  T17: only('withdrawal to elsewhere than a bank', 'ledger'),
  T18: only('withdrawal from buyer credit', 'ledger'),
  T19: only('correction of the account', 'ledger'),
  T20: only('transfer between accounts of the same owner', 'ledger'),
  T21: only('reserve, hold and release', 'ledger'),
  T22: only('transfer to or from a restricted balance', 'ledger'),
  T30: { meaning: 'payment through a wallet', received: 'payment', sent: 'ledger' },
  T50: only('funds collected for somebody', 'ledger'),
  T97: only('payables and receivables', 'ledger'),
  T98: only('display only', 'nothing'),
};

/** The row of the table a code falls under: its own, else its group's; null when there is none. */
export function groupOf(eventCode: string): CodeGroup | null {
  const known = (name: string): CodeGroup | null =>
    Object.hasOwn(CODE_GROUPS, name) ? (CODE_GROUPS[name] ?? null) : null;
  return known(eventCode) ?? known(eventCode.slice(0, 3));
}

/** What is done about a row, by its code and the sign of its amount. */
export function treatmentOf({
  eventCode,
  amount,
}: Pick<PaypalTransaction, 'eventCode' | 'amount'>): RowTreatment {
  const group = groupOf(eventCode);
  if (group === null) return 'unknown';
  return amount.minor < 0n ? group.sent : group.received;
}

/** Statuses of rows that moved the balance: one that was reversed did, and its reversal is a row of its own (paypal.md 4.4). */
const MOVED: ReadonlySet<string> = new Set(['S', 'V']);

/** True for a row that moved the balance. */
export function hasMoved({ status }: Pick<PaypalTransaction, 'status'>): boolean {
  return MOVED.has(status);
}
