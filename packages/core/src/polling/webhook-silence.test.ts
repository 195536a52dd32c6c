import { expect, test } from '@jest/globals';
import { judgeSilence } from './webhook-silence.ts';

const none = { arrivedSinceLastRun: false, arrivedAfterLoss: false };
const earlier = { arrivedSinceLastRun: true, arrivedAfterLoss: false };
const after = { arrivedSinceLastRun: true, arrivedAfterLoss: true };

test.each([
  ['three lost in one run', { lostBefore: 0, lostNow: 3, ...none }, 3, 'open'],
  ['one more in each of three runs', { lostBefore: 2, lostNow: 1, ...none }, 3, 'open'],
  ['too few yet', { lostBefore: 1, lostNow: 1, ...none }, 2, 'leave'],
  ['nothing new is no news', { lostBefore: 5, lostNow: 0, ...none }, 5, 'leave'],
  [
    'webhooks that came before the loss excuse only what was lost before',
    { lostBefore: 2, lostNow: 1, ...earlier },
    1,
    'leave',
  ],
  [
    'webhooks that came before the loss do not excuse it',
    { lostBefore: 0, lostNow: 3, ...earlier },
    3,
    'open',
  ],
  ['a webhook came after all', { lostBefore: 9, lostNow: 9, ...after }, 0, 'settle'],
] as const)('%s', (_case, facts, lost, review) => {
  expect(judgeSilence(facts)).toEqual({ lost, review });
});
