import type { Sandbox } from '@mlc/sandbox';

/** How an invoice of the demo must stand in the sandbox's books when the month is over. */
export interface Expected {
  /** Decimal string of what is still outstanding. */
  readonly outstanding: string;
  /** Payments in the books that were not taken back. */
  readonly payments: number;
  /** GoCardless payments made for it, by final status, in the order they were made. */
  readonly debits: readonly string[];
  /** Kinds of reviews left open about it, its debits or its PayPal papers, sorted. */
  readonly asked?: readonly string[];
}

/** One invoice of the month and what happens to it. */
export interface Story {
  readonly title: string;
  readonly currency: 'GBP' | 'EUR';
  readonly amount: string;
  /** Day of October the invoice is created. */
  readonly createdOn: number;
  readonly dueInDays: number;
  readonly payer: 'mandate' | 'none' | 'twins';
  readonly draft?: boolean;
  /** Before the invoice exists. */
  readonly before?: (props: Props) => void | Promise<void>;
  /** Day of October → what happens that day; 0 is September. */
  readonly then?: Readonly<Record<number, (props: Props) => unknown>>;
  readonly expected: Expected;
}

/** What a story may touch: the sandbox and its own people and papers. */
export interface Props {
  readonly sandbox: Sandbox;
  readonly email: string;
  readonly clientId: number;
  readonly mandateId: string | null;
  /** Set once the invoice exists. */
  readonly invoiceId: number;
  readonly invoiceNumber: string;
  /** PayPal captures, refunds and disputes of the story, by id, as they come about. */
  readonly papers: string[];
}

/** An invoice that one payment settles; by default one debit that is paid out. */
export function paidBy(debits: readonly string[] = ['paid_out']): Expected {
  return { outstanding: '0.00', payments: 1, debits };
}
