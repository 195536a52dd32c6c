import type { Review, ReviewAction, ReviewKind } from '../../api/types.ts';
import { moneyText } from '../../format/money.ts';

/** One thing that a review can be matched with. */
export interface Choice {
  readonly id: string;
  readonly name: string;
  /** Why it could be the one. */
  readonly why: string;
  /** 0 to 100; null when nothing is scored. */
  readonly score: number | null;
  readonly is: 'invoice' | 'customer';
}

/** One way to answer. */
export interface Way {
  readonly action: ReviewAction;
  readonly text: string;
  /** What happens then. */
  readonly effect: string;
}

const ABOUT_CUSTOMER: readonly ReviewKind[] = ['ambiguous_customer', 'no_mandate'];
const ABOUT_INVOICE: readonly ReviewKind[] = [
  'unmatched_payment',
  'ambiguous_match',
  'overpayment',
  'invoice_missing',
  'currency_mismatch',
];

/** What a match of this review names: as the core's rule for answers has it; null when it cannot be matched. */
export function matchedWith({ kind, subject }: Pick<Review, 'kind' | 'subject'>): Choice['is'] | null {
  if (ABOUT_CUSTOMER.includes(kind)) return 'customer';
  return ABOUT_INVOICE.includes(kind) && subject.provider !== 'freshbooks' ? 'invoice' : null;
}

/** A reason that names a customer: "Possible: CU1 (Client 14 Ltd, a@b.test)". */
const POSSIBLE = /^Possible: (\S+) \((.*)\)$/;

/** What it could be, best first. */
export function choicesOf(review: Pick<Review, 'kind' | 'subject' | 'candidates' | 'reasons'>): Choice[] {
  const is = matchedWith(review);
  if (is === 'invoice')
    return review.candidates
      .toSorted((one, other) => other.score - one.score)
      .map(({ invoiceId, invoiceNumber, score, why }) => ({
        id: invoiceId,
        name: invoiceNumber,
        why: typeof why === 'string' ? why : why.join(', '),
        score,
        is,
      }));
  if (is === null) return [];
  return review.reasons
    .map((reason) => POSSIBLE.exec(reason))
    .filter((found) => found !== null)
    .map(([, id = '', why = '']) => ({ id, name: id, why, score: null, is }));
}

/** What is told beside the choices. */
export function reasonsOf({ reasons }: Pick<Review, 'reasons'>): string[] {
  return reasons.filter((reason) => !POSSIBLE.test(reason));
}

const RETRY_FIRST: readonly ReviewKind[] = [
  'no_mandate',
  'not_collected',
  'mandate_limit',
  'limit',
  'reauthorise',
  'period_locked',
];

const RETRY_EFFECTS: Partial<Record<ReviewKind, string>> = {
  not_collected: 'Debits the mandate again.',
  limit: 'Collects it in spite of the limit.',
  no_mandate: 'Looks again whether there is a mandate now.',
  reauthorise: 'Tries again with the credentials as they are now.',
  period_locked: 'Tries to book it again.',
};

const OTHER_EFFECTS: Readonly<Record<'retry' | 'done' | 'ignore', string>> = {
  retry: 'Looks at it again as it is now.',
  done: 'You have dealt with it yourself. Nothing is booked.',
  ignore: 'It stays as it is. Nothing is booked.',
};

function matchEffect(
  { amountMinor, currency }: Pick<Review, 'amountMinor' | 'currency'>,
  choice: Choice | null,
): string {
  if (choice === null) return 'Choose what it belongs to first.';
  if (choice.is === 'customer')
    return `The client is ${choice.name} from now on, and the invoice is collected.`;
  const money = amountMinor === null || currency === null ? 'the money' : moneyText(amountMinor, currency);
  return `Books ${money} on invoice ${choice.name} in FreshBooks.`;
}

/** The ways to answer a review, the one its kind calls for first. */
export function waysOf(
  review: Pick<Review, 'kind' | 'subject' | 'amountMinor' | 'currency'>,
  choice: Choice | null,
): Way[] {
  const retry = RETRY_EFFECTS[review.kind] ?? OTHER_EFFECTS.retry;
  const ways: Way[] = [
    { action: 'retry', text: 'Try again', effect: retry },
    { action: 'done', text: 'Done', effect: OTHER_EFFECTS.done },
    { action: 'ignore', text: 'Ignore', effect: OTHER_EFFECTS.ignore },
  ];
  if (matchedWith(review) !== null)
    ways.unshift({ action: 'match', text: 'Match', effect: matchEffect(review, choice) });
  const first = firstOf(review, choice);
  return ways.toSorted((one, other) => Number(other.action === first) - Number(one.action === first));
}

function firstOf(review: Pick<Review, 'kind' | 'subject'>, choice: Choice | null): ReviewAction {
  const is = matchedWith(review);
  if (is === 'invoice' || (is === 'customer' && (choice !== null || review.kind === 'ambiguous_customer')))
    return 'match';
  return RETRY_FIRST.includes(review.kind) ? 'retry' : 'done';
}
