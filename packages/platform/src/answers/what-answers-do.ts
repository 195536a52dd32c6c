import {
  answerProblem,
  type Candidate,
  formatMoney,
  type Money,
  type Review,
  type ReviewAction,
  type ReviewKind,
} from '@mlc/core';

/** What an answer leads to, for the person who is about to give it. */
export interface AnswerOutlook {
  readonly action: ReviewAction;
  /** One sentence. */
  readonly does: string;
  /** What has to be named with it; null: nothing. */
  readonly needs: 'invoice' | 'customer' | null;
}

type Question = Pick<Review, 'kind' | 'subject' | 'amount' | 'candidates'> & {
  readonly eventId: string | null;
};

const ACTIONS: readonly ReviewAction[] = ['match', 'retry', 'done', 'ignore'];

/** Answers this question takes, the most telling first. */
export function answersTo(question: Question): readonly AnswerOutlook[] {
  return ACTIONS.flatMap((action) => {
    const needs = needOf(question, action);
    return needs === undefined ? [] : [{ action, needs, does: SENTENCES[action](question) }];
  });
}

/** Undefined: it does not take this answer. */
function needOf(question: Question, action: ReviewAction): AnswerOutlook['needs'] | undefined {
  const review: Review = {
    ...question,
    id: '',
    state: 'open',
    reasons: [],
    covers: null,
    openedAt: new Date(0),
    resolution: null,
  };
  const given = [
    [null, {}],
    ['invoice', { invoiceId: '1' }],
    ['customer', { customerId: '1' }],
  ] as const;
  const found = given.find(
    ([, named]) => answerProblem(review, { action, note: 'n', by: 'b', ...named }) === null,
  );
  return found?.[0];
}

const SENTENCES: Readonly<Record<ReviewAction, (question: Question) => string>> = {
  match: ({ kind, amount, candidates }) =>
    kind === 'ambiguous_customer' || kind === 'no_mandate'
      ? 'Links the client with the GoCardless customer you name, and looks at its invoices again: they are collected if the customer has a mandate.'
      : `Books ${sum(amount)} on ${invoiceOf(candidates)} in FreshBooks.`,
  retry: ({ kind, amount, subject }) =>
    RETRIES[kind]?.(sum(amount)) ??
    `Looks at ${subject.type} ${subject.id} again as it is now, and decides anew.`,
  done: ({ kind }) => DONE[kind] ?? `Closes the question: you dealt with it. ${ASKED_AGAIN}`,
  ignore: ({ kind }) => IGNORED[kind] ?? `Closes the question: nothing is to be done. ${ASKED_AGAIN}`,
};

const ASKED_AGAIN =
  'Nothing is written at a provider; it is asked again only when something about it changes.';

function sum(amount: Money | null): string {
  return amount === null ? 'the money' : formatMoney(amount);
}

function invoiceOf([first, ...others]: readonly Candidate[]): string {
  return first === undefined || others.length > 0
    ? 'the invoice you choose'
    : `invoice ${first.invoiceNumber}, or another you name,`;
}

/** Where looking again means more than looking again. */
const RETRIES: Partial<Record<ReviewKind, (amount: string) => string>> = {
  no_mandate: () => 'Looks for a mandate again; when there is one now, the invoice is collected.',
  not_collected: (amount) => `Debits the client again for ${amount}.`,
  mandate_limit: () =>
    'Looks at the mandate and its limits again; when there is room now, the invoice is collected.',
  limit: (amount) => `Sends the debit of ${amount} although it is above your limits.`,
  chargeback: (amount) => `Takes the payment of ${amount} out of FreshBooks: the invoice is open again.`,
  late_failure: (amount) => `Takes the payment of ${amount} out of FreshBooks: the invoice is open again.`,
  double_payment_risk: () =>
    'Looks again at what may pay the invoice; where the reasons say so, it is collected all the same.',
  payout_unexplained: () => 'Fetches the items of the payout again and books what they explain.',
  period_locked: (amount) => `Tries to write ${amount} into FreshBooks again: open the period there first.`,
  reauthorise: () => 'Tries the credentials again; what waits for them runs when they work.',
};

const DONE: Partial<Record<ReviewKind, string>> = {
  not_collected: `Leaves the invoice uncollected. ${ASKED_AGAIN}`,
  chargeback: `Leaves the payment in FreshBooks as it is. ${ASKED_AGAIN}`,
  late_failure: `Leaves the payment in FreshBooks as it is. ${ASKED_AGAIN}`,
  overpayment: `Closes the question: you refunded it, or agreed it with the client. ${ASKED_AGAIN}`,
  unreadable_event: 'Closes the question and ends the waiting for what is not shown.',
};

const IGNORED: Partial<Record<ReviewKind, string>> = {
  reauthorise:
    'Closes the question; where it is about a permission, ml-connector does without it from now on.',
};
