import { expect, test } from '@jest/globals';
import type { Review } from '../ports/reviews.ts';
import { resolutionOf } from './audit-entries.ts';
import { answerProblem, type ReviewAnswer, runsEventAgain } from './resolution.ts';

const REVIEW: Review = {
  id: 'r1',
  kind: 'ambiguous_match',
  state: 'open',
  subject: { provider: 'gocardless', type: 'payment', id: 'PM1' },
  amount: null,
  reasons: [],
  candidates: [],
  covers: null,
  openedAt: new Date(0),
  eventId: '1',
  resolution: null,
};
const ANSWER: ReviewAnswer = { action: 'done', note: 'seen', by: 'mira' };
const CUSTOMER = { kind: 'ambiguous_customer' } as const;

test.each<[string, Partial<Review>, Partial<ReviewAnswer>, RegExp | null]>([
  ['done', { eventId: null }, {}, null],
  ['ignore', { eventId: null }, { action: 'ignore' }, null],
  ['retry', {}, { action: 'retry' }, null],
  ['retry without an event', { eventId: null }, { action: 'retry' }, /resolve it with done or ignore/],
  ['match', {}, { action: 'match', invoiceId: '101' }, null],
  ['match without an invoice', {}, { action: 'match' }, /^--invoice is needed to match/],
  ['match with an empty invoice', {}, { action: 'match', invoiceId: '' }, /^--invoice is needed to match/],
  ['match with a customer only', {}, { action: 'match', customerId: 'CU1' }, /^--invoice is needed to match/],
  ['match of a customer', CUSTOMER, { action: 'match', customerId: 'CU1' }, null],
  [
    'match of a customer without a mandate',
    { kind: 'no_mandate' },
    { action: 'match', customerId: 'CU1' },
    null,
  ],
  ['match of a customer by invoice', CUSTOMER, { action: 'match', invoiceId: '1' }, /^--customer is needed/],
  ['match without an event', { eventId: null }, { action: 'match', invoiceId: '1' }, /no event/],
  [
    'a second answer',
    { state: 'resolved', resolution: resolutionOf(ANSWER) },
    {},
    /already resolved \(done by mira\)/,
  ],
])('%s', (_what, review, answer, problem) => {
  const found = answerProblem({ ...REVIEW, ...review }, { ...ANSWER, ...answer });
  if (problem === null) expect(found).toBeNull();
  else expect(found).toMatch(problem);
});

test('what was chosen is kept for a match only', () => {
  const chosen = { invoiceId: '101', customerId: 'CU1' };
  expect(resolutionOf({ ...ANSWER, ...chosen })).toMatchObject({ invoiceId: null, customerId: null });
  expect(resolutionOf({ ...ANSWER, ...chosen, action: 'match' })).toMatchObject(chosen);
});

test('retry and match run the event again', () => {
  const again = (['match', 'ignore', 'retry', 'done'] as const).filter(runsEventAgain);
  expect(again).toEqual(['match', 'retry']);
});
