import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { verdictOf } from './overview-verdict.ts';

const none = {
  currency: 'GBP',
  questions: 0,
  unexplainedMinor: 0n,
  refusedEntries: 0,
  deadLetters: 0,
  unknown: [],
};

test('the sentence has three forms', () => {
  expect(verdictOf(none)).toEqual({
    kind: 'right',
    sentence: 'Everything that arrived is in the books.',
    because: [],
  });
  expect(verdictOf({ ...none, questions: 2, unexplainedMinor: 45_100n, deadLetters: 1 }).sentence).toBe(
    'GBP 451.00 are not explained: 2 open questions about money, 1 event that failed for good.',
  );
  expect(verdictOf({ ...none, questions: 1, unknown: ['GoCardless has not answered since 09:10'] })).toEqual({
    kind: 'unknown',
    sentence: 'Cannot be known now: GoCardless has not answered since 09:10.',
    because: ['GoCardless has not answered since 09:10', '1 open question about money'],
  });
});

test('it is right when nothing at all is in the way, and never else', () => {
  const few = fc.integer({ min: 0, max: 2 });
  const facts = fc.record({
    questions: few,
    refusedEntries: few,
    deadLetters: few,
    unknown: fc.array(fc.constant('x'), { maxLength: 1 }),
  });
  fc.assert(
    fc.property(facts, (given) => {
      const clear = given.questions + given.refusedEntries + given.deadLetters + given.unknown.length === 0;
      expect(verdictOf({ ...none, ...given }).kind === 'right').toBe(clear);
    }),
  );
});
