import { describe, expect, test } from '@jest/globals';
import { type Asked, choicesOf, matchedWith, reasonsOf, waysOf } from './choices.ts';

const review = (changes: Partial<Asked>): Asked => ({
  kind: 'ambiguous_match',
  amountMinor: 6400,
  currency: 'GBP',
  reasons: ['Two fit.'],
  candidates: [],
  answers: [
    { action: 'retry', does: 'Looks again.', needs: null },
    { action: 'match', does: 'Books it.', needs: 'invoice' },
    { action: 'done', does: 'Nothing is booked.', needs: null },
  ],
  ...changes,
});

describe('what a review can be answered with', () => {
  test('candidates come best first, with every reason; the match says what it books where', () => {
    const asked = review({
      candidates: [
        { invoiceId: '1', invoiceNumber: '0001', score: 30, why: 'payer e-mail' },
        { invoiceId: '2', invoiceNumber: '0002', score: 50, why: ['payer e-mail', 'same amount'] },
      ],
    });
    const choices = choicesOf(asked);
    expect(choices.map(({ name, why }) => [name, why])).toEqual([
      ['0002', 'payer e-mail, same amount'],
      ['0001', 'payer e-mail'],
    ]);
    const [best = null] = choices;
    expect(waysOf(asked, best).map(({ action, effect }) => [action, effect])).toEqual([
      ['match', 'Books GBP 64.00 on invoice 0002 in FreshBooks.'],
      ['retry', 'Looks again.'],
      ['done', 'Nothing is booked.'],
    ]);
    expect(waysOf(asked, null)[0]?.effect).toBe('Books it.');
  });

  test('customers that fit a client are taken out of the reasons', () => {
    const asked = review({
      kind: 'ambiguous_customer',
      reasons: [
        '2 customers.',
        'Possible: CU1 (Client 14 Ltd, a@b.test)',
        'Possible: CU2 (Client 14 Ltd, a@b.test)',
      ],
      answers: [{ action: 'match', does: 'Links them.', needs: 'customer' }],
    });
    expect(choicesOf(asked).map(({ id }) => id)).toEqual(['CU1', 'CU2']);
    expect(reasonsOf(asked)).toEqual(['2 customers.']);
  });

  test('where the API takes no match, none is offered', () => {
    const asked = review({ kind: 'refund', answers: [{ action: 'done', does: 'Ends it.', needs: null }] });
    expect([matchedWith(asked), choicesOf(asked)]).toEqual([null, []]);
    expect(waysOf(asked, null).map(({ action }) => action)).toEqual(['done']);
  });
});
