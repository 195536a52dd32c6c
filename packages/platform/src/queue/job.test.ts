import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { jobIdFor, parseJob } from './job.ts';

test('what goes into the queue comes out the same', () => {
  const ids = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String);
  fc.assert(
    fc.property(ids, fc.nat(1_000_000), fc.uuid(), (eventId, run, correlationId) => {
      const jobId = jobIdFor(eventId, run);
      expect(jobId).not.toMatch(/:|^\d+$/);
      expect(parseJob(jobId, { eventId, correlationId })).toEqual({ eventId, correlationId, run });
    }),
  );
});

test.each([
  ['e1-0', { eventId: '1' }],
  ['e1-0', { eventId: '1', correlationId: 'c', body: 'no' }],
  ['e1-0', { eventId: 1, correlationId: 'c' }],
  ['e2-0', { eventId: '1', correlationId: 'c' }],
  ['17', { eventId: '17', correlationId: 'c' }],
  [undefined, { eventId: '1', correlationId: 'c' }],
  ['e1-0', null],
])('%s with %j is not one of our jobs', (jobId, payload) => {
  expect(parseJob(jobId, payload)).toBeNull();
});
