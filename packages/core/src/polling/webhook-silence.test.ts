import { expect, test } from '@jest/globals';
import { judgeSilence } from './webhook-silence.ts';

test.each([
  ['three lost in one run', { lostBefore: 0, lostNow: 3, webhookArrived: false }, 3, 'open'],
  ['one more in each of three runs', { lostBefore: 2, lostNow: 1, webhookArrived: false }, 3, 'open'],
  ['too few yet', { lostBefore: 1, lostNow: 1, webhookArrived: false }, 2, 'leave'],
  ['nothing new is no news', { lostBefore: 5, lostNow: 0, webhookArrived: false }, 5, 'leave'],
  [
    'a webhook arrived, even beside lost ones',
    { lostBefore: 9, lostNow: 9, webhookArrived: true },
    0,
    'settle',
  ],
] as const)('%s', (_case, facts, lost, review) => {
  expect(judgeSilence(facts)).toEqual({ lost, review });
});
