import type { BookClient, Collection, Debit, EndingCode, Invoice, ReviewKind } from '@mlc/core';
import type { Question } from '../shared/review.ts';
import type { DebitPlan } from './create-debit.ts';
import type { ScheduledDebit } from './decide.ts';
import type { Payer } from './find-customer.ts';
import type { Missing } from './no-mandate.ts';

/** An invoice to collect, the number its debit gets, and the debit before it. */
export interface ToCollect {
  readonly invoice: Invoice;
  readonly attempt: number;
  readonly last: Collection | null;
}

/** What is next for an invoice that is to be collected and has no debit under way. */
export type NextStep =
  | {
      readonly kind: 'leave';
      readonly because: EndingCode;
      readonly reason: string;
      /** What a preview calls it. */
      readonly obstacle: ReviewKind;
    }
  /** FreshBooks does not show (yet) what the invoice names. */
  | { readonly kind: 'not-shown'; readonly says: string }
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'without-mandate'; readonly client: BookClient; readonly missing: Missing }
  | { readonly kind: 'link'; readonly debit: ScheduledDebit }
  | { readonly kind: 'link-debit'; readonly debit: Debit }
  | { readonly kind: 'adopt'; readonly debits: readonly Debit[] }
  | {
      readonly kind: 'create';
      readonly plan: DebitPlan;
      /** What "as soon as possible" is for this mandate, YYYY-MM-DD; null when GoCardless does not say. */
      readonly earliestDate: string | null;
    };

/** The next step, and the customer it was found for (to be kept when it is new; null when none is certain). */
export interface Planned {
  readonly customer: Pick<Payer, 'customerId' | 'why' | 'isNew' | 'replaces'> | null;
  readonly step: NextStep;
}
