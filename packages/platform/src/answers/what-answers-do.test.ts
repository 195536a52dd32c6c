import { describe, expect, test } from '@jest/globals';
import { REVIEW_KINDS } from '@mlc/core';
import { answersTo } from './what-answers-do.ts';

const payment = { provider: 'gocardless', type: 'payment', id: 'PM1' };
const amount = { minor: 21_500n, currency: 'GBP' };
const candidates = [
  { invoiceId: '28', invoiceNumber: '0000028', score: 90, why: 'same amount' },
  { invoiceId: '29', invoiceNumber: '0000029', score: 40, why: 'same client' },
];

describe('what an answer does', () => {
  test('is said with its amount, and with what has to be named', () => {
    const question = { kind: 'ambiguous_match', subject: payment, amount, candidates, eventId: '1' } as const;
    expect(answersTo(question).map(({ action, needs, does }) => [action, needs, does])).toEqual([
      ['match', 'invoice', 'Books GBP 215.00 on the invoice you choose in FreshBooks.'],
      ['retry', null, 'Looks at payment PM1 again as it is now, and decides anew.'],
      ['done', null, expect.stringContaining('you dealt with it')],
      ['ignore', null, expect.stringContaining('nothing is to be done')],
    ]);
  });

  test('a client is matched with a customer; without an event nothing can run again', () => {
    const subject = { provider: 'freshbooks', type: 'invoice', id: '10' };
    const question = { kind: 'no_mandate', subject, amount, candidates: [], eventId: '1' } as const;
    expect(answersTo(question)[0]).toMatchObject({ action: 'match', needs: 'customer' });
    expect(answersTo({ ...question, eventId: null }).map(({ action }) => action)).toEqual(['done', 'ignore']);
  });

  test.each(REVIEW_KINDS)('every answer to %s is a sentence', (kind) => {
    for (const { does } of answersTo({ kind, subject: payment, amount: null, candidates, eventId: '1' }))
      expect(does).toMatch(/^[A-Z].*\.$/);
  });
});
