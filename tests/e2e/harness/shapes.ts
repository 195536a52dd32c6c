import { expect } from '@jest/globals';

/** Exact shapes of contract section 6: `toEqual` with one of these allows no key more and no key less. */
const text: unknown = expect.any(String);
const whole: unknown = expect.any(Number);
const rfc3339: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/);
const date: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/);
const currency: unknown = expect.stringMatching(/^[A-Z]{3}$/);
const hash: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);

const counts = { waiting: whole, active: whole, delayed: whole, failed: whole };

export const STATUS = {
  ready: true,
  events: { stored: whole, processed: whole, pending: whole },
  queues: {
    'invoice-to-mandate': counts,
    'payment-to-freshbooks': counts,
    'payout-to-cashflow': counts,
    'paypal-capture-to-freshbooks': counts,
  },
  parked: whole,
  deadLetters: whole,
  reviewsOpen: whole,
};

export const EVENT = {
  id: text,
  provider: expect.stringMatching(/^(freshbooks|gocardless|paypal)$/) as unknown,
  type: text,
  externalEventId: text,
  receivedAt: rfc3339,
  state: expect.stringMatching(/^(stored|queued|done|skipped|parked|dead)$/) as unknown,
};

export const COLLECTION = {
  invoiceId: text,
  invoiceNumber: text,
  paymentId: text,
  mandateId: text,
  amountMinor: whole,
  currency,
  chargeDate: date,
  state: text,
  attempt: whole,
};

export const POSTING = {
  key: text,
  kind: expect.stringMatching(/^(payment|reversal|fee|journal)$/) as unknown,
  invoiceId: text,
  source: { provider: expect.stringMatching(/^(gocardless|paypal)$/) as unknown, id: text },
  amountMinor: whole,
  currency,
  date,
  state: expect.stringMatching(/^(intent|posted|reversed|rejected)$/) as unknown,
  externalId: text,
};

export const PAYOUT = {
  payoutId: text,
  currency,
  grossMinor: whole,
  feesMinor: whole,
  netMinor: whole,
  arrivalDate: date,
  state: text,
  items: whole,
  unexplainedMinor: whole,
};

export const REVIEW = {
  id: text,
  kind: text,
  state: expect.stringMatching(/^(open|resolved)$/) as unknown,
  subject: { provider: text, type: text, id: text },
  amountMinor: whole,
  currency,
  reasons: expect.arrayContaining([text]) as unknown,
  candidates: expect.any(Array) as unknown,
  openedAt: rfc3339,
};

export const DEAD_LETTER = {
  id: text,
  flow: text,
  eventId: text,
  failureKind: text,
  error: text,
  attempts: whole,
  diedAt: rfc3339,
};

export const AUDIT_ENTRY = {
  seq: whole,
  at: rfc3339,
  actor: text,
  action: text,
  subject: { provider: text, type: text, id: text },
  /** Null is written as `none` by the test. */
  correlationId: text,
  details: expect.any(Object) as unknown,
  prevHash: hash,
  hash,
};
