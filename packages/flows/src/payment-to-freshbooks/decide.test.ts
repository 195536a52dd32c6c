import { describe, expect, test } from '@jest/globals';
import type { DebitStatus, Posting, PostingState } from '@mlc/core';
import { decideBooks } from './decide.ts';

function posting(state: PostingState, cycle = 1): Posting {
  return {
    key: `k${cycle}`,
    kind: 'payment',
    invoiceId: '1',
    invoiceNumber: 'INV-1',
    source: { provider: 'gocardless', id: 'PM1' },
    cycle,
    amount: { minor: 10_000n, currency: 'GBP' },
    date: '2026-11-20',
    note: '',
    state,
    externalId: '900',
    reversesKey: null,
    calledAt: null,
    recheckAt: null,
    eventId: '1',
  };
}

const atConfirmed = { recordPaymentAt: 'confirmed' } as const;
const atPaidOut = { recordPaymentAt: 'paid_out' } as const;

describe('nothing booked yet', () => {
  test.each<[DebitStatus, string, string]>([
    ['pending_customer_approval', 'nothing', 'nothing'],
    ['pending_submission', 'nothing', 'nothing'],
    ['submitted', 'nothing', 'nothing'],
    ['confirmed', 'post', 'nothing'],
    ['paid_out', 'post', 'post'],
    ['failed', 'nothing', 'nothing'],
    ['charged_back', 'nothing', 'nothing'],
    ['cancelled', 'nothing', 'nothing'],
    ['customer_approval_denied', 'nothing', 'nothing'],
  ])('%s: %s at confirmed, %s at paid_out', (status, whenConfirmed, whenPaidOut) => {
    expect(decideBooks({ status, policy: atConfirmed, postings: [] }).kind).toBe(whenConfirmed);
    expect(decideBooks({ status, policy: atPaidOut, postings: [] }).kind).toBe(whenPaidOut);
  });
});

describe('booked', () => {
  test.each<[DebitStatus, string, string | undefined]>([
    ['confirmed', 'nothing', undefined],
    ['paid_out', 'nothing', undefined],
    ['failed', 'reverse', 'late_failure'],
    ['charged_back', 'reverse', 'chargeback'],
    ['cancelled', 'reverse', 'cancelled'],
    ['pending_submission', 'reverse', 'resubmitted'],
    ['submitted', 'reverse', 'resubmitted'],
  ])('%s: %s', (status, kind, because) => {
    const decision = decideBooks({ status, policy: atConfirmed, postings: [posting('posted')] });
    expect(decision.kind).toBe(kind);
    expect('because' in decision ? decision.because : undefined).toBe(because);
  });
});

test('an interrupted entry is finished under its own key, or settled before it is taken back', () => {
  const postings = [posting('intent')];
  expect(decideBooks({ status: 'confirmed', policy: atConfirmed, postings }).kind).toBe('finish-post');
  expect(decideBooks({ status: 'failed', policy: atConfirmed, postings }).kind).toBe('settle-then-reverse');
});

test('a rejected entry is tried again only while the money is there', () => {
  const postings = [posting('rejected')];
  expect(decideBooks({ status: 'confirmed', policy: atConfirmed, postings }).kind).toBe('finish-post');
  expect(decideBooks({ status: 'failed', policy: atConfirmed, postings }).kind).toBe('nothing');
});

test('after a reversal the same payment id is booked again as the next cycle', () => {
  const postings = [posting('reversed'), { ...posting('posted'), kind: 'reversal' as const, key: 'r1' }];
  expect(decideBooks({ status: 'failed', policy: atConfirmed, postings }).kind).toBe('nothing');
  expect(decideBooks({ status: 'paid_out', policy: atConfirmed, postings })).toEqual({
    kind: 'post',
    cycle: 2,
  });
});
