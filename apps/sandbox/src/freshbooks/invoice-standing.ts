import type { Cents } from './amounts.ts';

/** 0 disputed, 1 draft, 2 sent, 3 viewed: the only values that can be written (freshbooks.md 3.2). */
export type BaseStatus = 0 | 1 | 2 | 3;

/** What an invoice's four status fields are made of. */
export interface StandingFacts {
  readonly base: BaseStatus;
  readonly amount: Cents;
  readonly paid: Cents;
  /** YYYY-MM-DD, no zone. */
  readonly dueDate: string;
  /** The day in New York, YYYY-MM-DD. */
  readonly today: string;
  readonly autobillStatus: string | null;
  readonly lastOrderStatus: string | null;
  /** Null without a deposit. */
  readonly deposit: Cents | null;
  /** Paid by FreshBooks itself. */
  readonly autoPaid: boolean;
}

/** The four status fields and the deposit's. */
export interface Standing {
  readonly status: number;
  readonly display_status: string;
  readonly v3_status: string;
  readonly payment_status: string;
  readonly deposit_status: string;
}

const DISPLAY = ['disputed', 'draft', 'sent', 'viewed'] as const;

/** The status fields by freshbooks.md 3.2: `status` stays 2 on a partial payment, a draft is never overdue. */
export function standingOf(facts: StandingFacts): Standing {
  const settled = isSettled(facts);
  return {
    status: settled ? (facts.autoPaid ? 5 : 4) : facts.base,
    display_status: settled ? 'paid' : DISPLAY[facts.base],
    v3_status: v3Status(facts, settled),
    payment_status: paymentStatus(facts, settled),
    deposit_status: depositStatus(facts),
  };
}

/** Nothing is due any more. A draft of 0.00 counts as unpaid until it is sent. */
function isSettled({ base, amount, paid }: StandingFacts): boolean {
  return paid >= amount && (paid > 0n || base > 1);
}

function v3Status(facts: StandingFacts, settled: boolean): string {
  if (facts.base === 0) return 'disputed';
  if (facts.base === 1 && !settled) return 'draft';
  if (settled) return facts.autoPaid ? 'autopaid' : 'paid';
  if (facts.lastOrderStatus === 'pending' || facts.lastOrderStatus === 'declined')
    return facts.lastOrderStatus;
  if (facts.autobillStatus === 'retry' || facts.autobillStatus === 'failed') return facts.autobillStatus;
  if (facts.today > facts.dueDate) return 'overdue';
  return openStatus(facts);
}

function openStatus(facts: StandingFacts): string {
  const viewed = facts.base === 3 ? 'viewed' : 'sent';
  if (facts.paid <= 0n) return viewed;
  if (facts.deposit === null) return 'partial';
  return facts.paid >= facts.deposit ? 'deposit-paid' : 'deposit-partial';
}

function paymentStatus({ paid, autoPaid }: StandingFacts, settled: boolean): string {
  if (settled) return autoPaid ? 'auto-paid' : 'paid';
  return paid > 0n ? 'partial' : 'unpaid';
}

function depositStatus({ deposit, paid }: StandingFacts): string {
  if (deposit === null) return 'none';
  if (paid <= 0n) return 'unpaid';
  return paid >= deposit ? 'paid' : 'partial';
}
