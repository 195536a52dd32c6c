import type { BookClient, Collection, Debit, EndingCode, Invoice, ReviewKind } from '@mlc/core';
import type { Question } from '../asking/review.ts';
import type { DebitPlan } from './debit-plan.ts';
import type { ScheduledDebit } from './decide.ts';
import type { AskClient, Payer } from './find-customer.ts';
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

/** What needs the client; another step when FreshBooks does not show it. */
export async function withClient(
  askClient: AskClient,
  invoice: Invoice,
  work: (client: BookClient) => NextStep,
): Promise<NextStep> {
  const client = await askClient();
  return client === null ? noClient(invoice) : work(client);
}

/** FreshBooks does not show (yet) whose the invoice is. */
export function noClient({ clientId, number }: Invoice): NextStep {
  return { kind: 'not-shown', says: `has no client ${clientId}, for whom invoice ${number} is` };
}
