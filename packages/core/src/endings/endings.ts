/** Why a run may end without effect, and why nothing is lost by forgetting its event. */
export interface Ending {
  /** What the run found. */
  readonly meaning: string;
  /** Why that is proven to need nothing, now or later. */
  readonly whyHarmless: string;
}

/**
 * The closed table of endings without effect: a run ends `skipped` for one of these reasons and for no other. What an
 * authentic message or a provider's own list says happened and the API does not show (yet) is not among them: that is
 * `not-ready`. docs/decisions.md shows this table.
 */
const TABLE = {
  'not-followed': {
    meaning: 'the event is of a kind that no flow follows',
    whyHarmless: 'such events move no money and change nothing that is collected or booked',
  },
  'covered-by-another': {
    meaning: 'another event about the same object began its look after this one was stored',
    whyHarmless: 'the look saw what this event tells of, and its own ending names this event',
  },
  'already-answered': {
    meaning: 'a person closed this very question, of the same amount',
    whyHarmless: 'the answer is on record; a question about another state or amount is asked anew',
  },
  'already-asked': {
    meaning: 'an open review asks a person where this money belongs',
    whyHarmless: 'the answer runs the event again',
  },
  'left-by-person': {
    meaning: 'a person decided to leave the money or the payment as it is',
    whyHarmless: 'the decision is on record with who took it and why',
  },
  'invoice-removed': {
    meaning: 'the invoice is deleted or archived in FreshBooks',
    whyHarmless:
      'it is not to be collected, no debit of it is under way, and bringing it back is an event of its own',
  },
  'invoice-disputed': {
    meaning: 'the invoice is marked as disputed in FreshBooks',
    whyHarmless: 'it is not to be collected meanwhile, and the end of the dispute is an event of its own',
  },
  'invoice-draft': {
    meaning: 'the invoice is a draft',
    whyHarmless: 'sending it, or marking it as sent, is an event of its own',
  },
  'invoice-settled': {
    meaning: 'nothing is outstanding on the invoice',
    whyHarmless: 'there is nothing to collect, and a payment that is taken out again is an event of its own',
  },
  'invoice-on-other-rail': {
    meaning: 'FreshBooks itself collects the invoice (auto-bill, or a pending order of its gateway)',
    whyHarmless:
      'it would be collected twice, and the end of the order changes the invoice, which is an event',
  },
  'before-go-live': {
    meaning: 'the invoice was created, or the money moved, before the business went live',
    whyHarmless: 'what was there before is part of the opening balance and never collected',
  },
  'opted-out': {
    meaning: 'a person switched collection off for the invoice or its client',
    whyHarmless: 'switching it on again runs the invoice anew',
  },
  'not-repeated': {
    meaning: 'a debit of the invoice ended and nothing differs since',
    whyHarmless:
      'repeating it is a decision: a retry at GoCardless, another mandate or amount, or a release (ADR 4)',
  },
  'money-set-aside': {
    meaning: 'a person took money off the invoice that waits for its place, or was left without one',
    whyHarmless:
      'the question about that money says so; matching it elsewhere, or a release, runs the invoice again',
  },
  'no-open-invoice': {
    meaning: 'the client has no open invoice and no debit under way',
    whyHarmless: 'there is nothing the change could concern; a later invoice reads the client anew',
  },
  'payment-removed': {
    meaning: 'FreshBooks deleted the payment and shows it no more',
    whyHarmless:
      'what it leaves outstanding is a change of its invoice, which is an event and stands in the list polling reads',
  },
  'customer-removed': {
    meaning: 'GoCardless removed the customer for good',
    whyHarmless: 'nothing can be collected from it, and what waited for a mandate of it goes on waiting',
  },
  'bounce-known': {
    meaning: 'every payout that the bank sent back was taken back already',
    whyHarmless: 'there are as many of them as GoCardless told of',
  },
  'foreign-not-due': {
    meaning: 'a debit made elsewhere has not reached the point where it is booked, or failed before it',
    whyHarmless:
      'nothing of it is in the books, and each further step is an event that polling would find too',
  },
  'nothing-moved': {
    meaning: 'PayPal says that the transaction was declined or denied',
    whyHarmless: 'no money moved, and what is pending is not ended with this but looked at until it ends',
  },
  'authorised-only': {
    meaning: 'the PayPal order is authorised and nothing of it is captured',
    whyHarmless: 'no money moved; a capture is told by itself and stands in the list that polling reads',
  },
  'paid-outside': {
    meaning: 'the PayPal invoice was marked as paid with money outside PayPal',
    whyHarmless: 'no money moved at PayPal',
  },
  'recorded-already': {
    meaning: 'PayPal does not show the transaction, and the ledger has it',
    whyHarmless: 'its money was recorded from PayPal’s own list, or when PayPal still showed it',
  },
  'of-another-business': {
    meaning: 'it is of another business on the same GoCardless account: by its metadata, or by its creditor',
    whyHarmless:
      'every event of an account reaches all businesses on it, and the one it belongs to follows it',
  },
} as const satisfies Readonly<Record<string, Ending>>;

/** Names one row of the table; also in the audit entry of the ending. */
export type EndingCode = keyof typeof TABLE;

/** The table, in the order in which documents show it. */
export const ENDINGS: Readonly<Record<EndingCode, Ending>> = TABLE;
