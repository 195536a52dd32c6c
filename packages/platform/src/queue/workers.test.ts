import { expect, test } from '@jest/globals';
import { silentLog } from '@mlc/testkit';
import { DelayedError, type Job, type Processor, type Worker } from 'bullmq';
import type { QueueBackend } from './backend.ts';
import { type JobOutcome, openWorker } from './workers.ts';

/** What BullMQ would be told after an attempt that ended in `outcome`, when moving the job does `move`. */
async function toldAfter(outcome: JobOutcome, move: () => Promise<void>): Promise<unknown> {
  let processor: Processor | undefined;
  const backend = {
    openWorker: (_name: string, taken: Processor) => {
      processor = taken;
      return { on: () => undefined } as unknown as Worker;
    },
  } as unknown as QueueBackend;
  openWorker(backend, {
    flow: 'invoice-to-mandate',
    processor: () => Promise.resolve(outcome),
    concurrency: 1,
    settings: { queueUrls: null, databaseUrl: '', log: silentLog },
  });
  const data = { eventId: '1', correlationId: 'c' };
  const job = { id: 'e1-0', data, stalledCounter: 0, moveToDelayed: move } as unknown as Job;
  return processor?.(job, 'token').catch((error: unknown) => error);
}

test('a job to come back later is moved, and BullMQ told that it was', async () => {
  expect(await toldAfter({ then: 'delay', delayMs: 5 }, () => Promise.resolve())).toBeInstanceOf(
    DelayedError,
  );
});

test('when the queue breaks over that, the job is not failed: nobody would run it again', async () => {
  const broken = () => Promise.reject(new Error('terminating connection due to administrator command'));
  expect(await toldAfter({ then: 'delay', delayMs: 5 }, broken)).toBeInstanceOf(DelayedError);
});
