import { expect, test } from '@jest/globals';
import { changesOf } from './changes-of.ts';

const invoice = { provider: 'freshbooks', type: 'invoice', id: '10' };
const payment = { provider: 'gocardless', type: 'payment', id: 'PM1' };

test('an audit entry says which pages are to be read again, by id and never with data', () => {
  const changes = changesOf([
    { action: 'review.opened', subject: invoice, details: { reviewId: 'r1', amountMinor: 5 } },
    { action: 'collection.moved', subject: payment, details: { invoiceId: '10', to: 'failed' } },
    { action: 'posting.intended', subject: invoice, details: { key: 'k1' } },
    { action: 'event.dead', subject: { provider: 'mlc', type: 'event', id: '7' }, details: {} },
    { action: 'session.signed-in', subject: { provider: 'mlc', type: 'session', id: 's' }, details: {} },
  ]);
  expect([...changes].map(([kind, ids]) => [kind, [...ids]])).toEqual([
    ['review.changed', ['r1']],
    ['invoice.changed', ['10']],
    ['collection.changed', ['PM1']],
    ['posting.changed', ['k1']],
    ['dead-letter.changed', ['7']],
  ]);
});
