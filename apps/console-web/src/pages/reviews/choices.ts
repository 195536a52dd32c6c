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

/** A question with the answers it takes. */
export type Asked = Pick<Review, 'kind' | 'amountMinor' | 'currency' | 'candidates' | 'reasons' | 'answers'>;

/** What a match of this review names; null when it cannot be matched. */
export function matchedWith({ answers }: Pick<Review, 'answers'>): Choice['is'] | null {
  return answers.find(({ action }) => action === 'match')?.needs ?? null;
}

/** A reason that names a customer: "Possible: CU1 (Client 14 Ltd, a@b.test)". */
const POSSIBLE = /^Possible: (\S+) \((.*)\)$/;

/** What it could be, best first. */
export function choicesOf(review: Pick<Asked, 'candidates' | 'reasons' | 'answers'>): Choice[] {
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

const TEXTS: Readonly<Record<ReviewAction, string>> = {
  match: 'Match',
  retry: 'Try again',
  done: 'Done',
  ignore: 'Ignore',
};

/** With a choice made, a match says what it books where. */
function matchEffect(
  { amountMinor, currency }: Pick<Asked, 'amountMinor' | 'currency'>,
  choice: Choice,
): string {
  if (choice.is === 'customer')
    return `The client is ${choice.name} from now on, and the invoice is collected.`;
  const money = amountMinor === null || currency === null ? 'the money' : moneyText(amountMinor, currency);
  return `Books ${money} on invoice ${choice.name} in FreshBooks.`;
}

/** The ways to answer a review, the one its kind calls for first. */
export function waysOf(review: Asked, choice: Choice | null): Way[] {
  const first = firstOf(review, choice);
  return review.answers
    .map(({ action, does }) => ({
      action,
      text: TEXTS[action],
      effect: action === 'match' && choice !== null ? matchEffect(review, choice) : does,
    }))
    .toSorted((one, other) => Number(other.action === first) - Number(one.action === first));
}

function firstOf(review: Asked, choice: Choice | null): ReviewAction {
  const is = matchedWith(review);
  if (is === 'invoice' || (is === 'customer' && (choice !== null || review.kind === 'ambiguous_customer')))
    return 'match';
  return RETRY_FIRST.includes(review.kind) ? 'retry' : 'done';
}
