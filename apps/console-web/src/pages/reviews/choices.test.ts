import { describe, expect, test } from '@jest/globals';
import { answerProblem, REVIEW_KINDS } from '@mlc/core';

import { choicesOf, matchedWith, reasonsOf, waysOf } from './choices.ts';

const payment = { provider: 'paypal', type: 'capture', id: 'P1' };
const money = { amountMinor: 6400, currency: 'GBP' };

describe('what a review can be answered with', () => {
  test('candidates come best first, with every reason', () => {
    const review = {
      kind: 'ambiguous_match',
      subject: payment,
      reasons: ['Two fit.'],
      candidates: [
        { invoiceId: '1', invoiceNumber: '0001', score: 30, why: 'payer e-mail' },
        { invoiceId: '2', invoiceNumber: '0002', score: 50, why: ['payer e-mail', 'same amount'] },
      ],
    } as const;
    const choices = choicesOf({
      ...review,
      reasons: [...review.reasons],
      candidates: review.candidates.map(mutable),
    });
    expect(choices.map(({ name, why }) => [name, why])).toEqual([
      ['0002', 'payer e-mail, same amount'],
      ['0001', 'payer e-mail'],
    ]);
    const [best = null] = choices;
    const [first] = waysOf({ ...review, ...money }, best);
    expect(first).toMatchObject({
      action: 'match',
      effect: 'Books GBP 64.00 on invoice 0002 in FreshBooks.',
    });
  });

  test('customers that fit a client are taken out of the reasons', () => {
    const review = {
      kind: 'ambiguous_customer' as const,
      subject: { provider: 'freshbooks', type: 'invoice', id: '1' },
      reasons: [
        '2 customers.',
        'Possible: CU1 (Client 14 Ltd, a@b.test)',
        'Possible: CU2 (Client 14 Ltd, a@b.test)',
      ],
      candidates: [],
    };
    expect(choicesOf(review).map(({ id }) => id)).toEqual(['CU1', 'CU2']);
    expect(reasonsOf(review)).toEqual(['2 customers.']);
  });

  test.each(REVIEW_KINDS)('%s is offered a match exactly when the core takes one', (kind) => {
    for (const subject of [payment, { provider: 'freshbooks', type: 'invoice', id: '1' }]) {
      const answer = { action: 'match', note: 'n', by: 'ana', invoiceId: '1', customerId: 'CU1' } as const;
      const problem = answerProblem(
        { id: 'r', kind, subject, eventId: 'e', resolution: null } as unknown as Parameters<
          typeof answerProblem
        >[0],
        answer,
      );
      expect(matchedWith({ kind, subject }) === null).toBe(problem !== null);
      expect(waysOf({ kind, subject, ...money }, null).some(({ action }) => action === 'match')).toBe(
        problem === null,
      );
    }
  });
});

function mutable<T extends { readonly why: string | readonly string[] }>(candidate: T) {
  return { ...candidate, why: typeof candidate.why === 'string' ? candidate.why : [...candidate.why] };
}
