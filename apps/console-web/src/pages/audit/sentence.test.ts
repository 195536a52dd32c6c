import { expect, test } from '@jest/globals';
import { actionText, whyText } from './sentence.ts';

const subject = { provider: 'gocardless', type: 'payment', id: 'PM1' };

test('an entry says what, how much and why', () => {
  expect(actionText('event.looked_again')).toBe('Polling looked again');
  expect(actionText('mandate.asked-for')).toBe('Mandate asked for');
  const details = {
    amountMinor: 1250,
    currency: 'GBP',
    from: 'submitted',
    to: 'paid_out',
    reason: 'in a payout',
  };
  expect(whyText({ action: 'collection.moved', subject, details })).toBe(
    'GBP 12.50 · submitted → paid out · in a payout',
  );
  expect(whyText({ action: 'poll.finished', subject, details: { seen: 3 } })).toBe('');
});
