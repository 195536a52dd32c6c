import type { ReviewKind } from '../ports/reviews.ts';

/** When a question is asked, when it is over, and what an answer to it stands for. */
export interface QuestionRule {
  /** What opens it. */
  readonly opens: string;
  /** What settles it without a person. */
  readonly settles: string;
  /** The state that an answer covers, besides kind, subject and amount: of another state the question is asked anew. */
  readonly covers: string;
}

/** Every kind of question. docs/decisions.md shows this table. */
export const QUESTIONS: Readonly<Record<ReviewKind, QuestionRule>> = {
  no_mandate: {
    opens: 'an invoice is to be collected and its client has no GoCardless customer or no usable mandate',
    settles: 'a look at the invoice that finds a mandate, another obstacle, or nothing left to collect',
    covers: 'the customer that was found, or that there was none',
  },
  not_collected: {
    opens:
      'a debit failed, was cancelled, refused or charged back for good before its money came to be booked, or its subscription will not take it, and nothing else collects the invoice',
    settles:
      'the debit is tried again; another debit collects the invoice; the invoice is paid in full, deleted, or not ours to collect any more',
    covers: 'this debit, and how often it was tried',
  },
  ambiguous_customer: {
    opens: 'several GoCardless customers fit the client of an invoice',
    settles: 'a look at the invoice that finds one customer, or nothing left to collect',
    covers: 'these customers',
  },
  mandate_limit: {
    opens:
      'an invoice is more than the mandate or the scheme allows per debit, or than the consent has room for in its period',
    settles: 'a look at the invoice that can collect it, or finds nothing left to collect',
    covers: 'this mandate and its limit',
  },
  limit: {
    opens: 'a debit exceeds what the policy allows per debit or per day',
    settles: 'a look at the invoice that can collect it, or finds nothing left to collect',
    covers: 'the limit that is exceeded',
  },
  currency_mismatch: {
    opens:
      'the mandates of the client collect other currencies, or money came in another one than its invoice',
    settles:
      'a look at the invoice that can collect it, or finds nothing left to collect; the money is booked or lost',
    covers: 'the currencies of the mandates; of money, the invoice it was for',
  },
  unmatched_payment: {
    opens: 'money came that no invoice explains, or that a person took off its invoice',
    settles: 'the money is booked, found in the books, linked to an invoice, or lost',
    covers: 'the money; after it was taken off an invoice, that reversal',
  },
  ambiguous_match: {
    opens: 'money came that fits several invoices',
    settles: 'the money is booked, found in the books, linked to an invoice, or lost',
    covers: 'the money',
  },
  amount_mismatch: {
    opens:
      'a debit under way does not fit its invoice any more and cannot be cancelled; a key, an expense or a journal entry stands for something else or twice',
    settles: 'the debit fits again, ended, or another one collects the invoice',
    covers: 'this debit and what is outstanding; of a key, what stands under it',
  },
  overpayment: {
    opens:
      'money came for an invoice of which less is outstanding, or FreshBooks made a client credit of a part',
    settles: 'the money is lost, or the payment is taken back',
    covers: 'the invoice it was for',
  },
  invoice_missing: {
    opens: 'money came, or a debit is under way, for an invoice that was deleted',
    settles: 'the money is booked or lost; the debit ended; the invoice is there again',
    covers: 'the invoice it was for; of a debit under way, this debit and why',
  },
  refund: {
    opens:
      'a provider gave money back, or a fee that is an expense, or what it gave back came to nothing after a person had dealt with it',
    settles: 'the refund fails, is cancelled or comes back before a person dealt with it',
    covers: 'the status of the refund; of a fee, that it came back',
  },
  dispute: {
    opens: 'a payer complained at PayPal, or an invoice is disputed while its debit is under way',
    settles: 'the complaint ends in our favour; the debit ended, or the invoice is not disputed any more',
    covers: 'stage and outcome of the complaint; of a debit under way, this debit',
  },
  chargeback: {
    opens: 'money that was booked is charged back (of a debit by the policy onLateFailure: review)',
    settles: 'the chargeback is cancelled, or the payment is booked again',
    covers: 'this loss: which booking, and how often its money was lost',
  },
  late_failure: {
    opens: 'a debit fails, is cancelled or tried again after it was booked (policy onLateFailure: review)',
    settles: 'the money is there again, or the payment is booked again',
    covers: 'this loss: which booking, and how often its money was lost',
  },
  double_payment_risk: {
    opens:
      'an invoice may be, or was, paid twice: by a debit that cannot be cancelled, by a subscription or debit somebody made on the mandate, or because a payment was taken out of the books by hand',
    settles:
      'the debit ended or fits again; the subscription or the other debit has nothing left; the payment stands in the books again; the invoice is collected, or is paid and no debit is under way',
    covers: 'this debit, these debits, this subscription, or this payment',
  },
  payout_unexplained: {
    opens: 'a payout holds payments that are not ours, does not add up, or its items are gone',
    settles: 'every payment in it is explained',
    covers: 'the payments that are not ours; what its items add up to',
  },
  reauthorise: {
    opens:
      'a provider refuses the credentials of a connection, or FreshBooks a permission; a payment that our PayPal credentials can read names another merchant than the business file',
    settles:
      'credentials work again or new ones are applied; what was refused is taken; another merchant or other credentials are applied',
    covers: 'the connection, the permission (ignore: do without), or the merchant that the payment names',
  },
  period_locked: {
    opens: 'FreshBooks keeps the month, and those after it, closed',
    settles: 'the entry is booked or taken back, or its money is lost',
    covers: 'the booking on this invoice, or the taking back of this entry',
  },
  unreadable_event: {
    opens:
      'an authentic event, or an entry of a provider’s list, cannot be read, or is not shown an hour after it was told of',
    settles: 'what was not shown shows; nothing else: a person looks at it',
    covers: 'the event',
  },
  webhooks_silent: {
    opens:
      'polling finds events that a webhook should have announced, and none did, or cannot read a list twice in a row',
    settles: 'a webhook arrives; the list answers',
    covers: 'the connection: events that are lost later are asked about',
  },
};
