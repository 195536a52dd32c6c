import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { until } from '@mlc/testkit/flow-engine';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';
import { type RunningWorker, startWorker } from '../start-worker.ts';

jest.setTimeout(60_000);

const PAYERS = 2_100;

let business: PolledBusiness;
let worker: RunningWorker | undefined;

beforeEach(async () => {
  business = await openPolledBusiness();
});
afterEach(async () => {
  await worker?.stop();
  await business.stop();
});

const mirrored = async () => {
  const { prisma } = business.runtime.database;
  const progress = await prisma.mirrorProgress.findMany({ orderBy: { resource: 'asc' } });
  return {
    customers: await prisma.mirroredCustomer.count(),
    mandates: await prisma.mirroredMandate.count(),
    through: progress.map(({ resource }) => resource),
  };
};

test('a worker reads all customers and mandates of a new connection, and its log says how far it is', async () => {
  await business.whileWebhooksAre('lost', () => {
    for (let index = 0; index < PAYERS; index += 1)
      business.sandbox.gocardless.scenarios.addPayer({ email: `payer${index}@client.test` });
  });
  worker = await startWorker(business.runtime, { healthPort: 0 });
  const isThrough = () => business.logged.some(({ message }) => message === 'mirror.backfilled');
  await until('the mirror', isThrough);
  expect(await mirrored()).toEqual({
    customers: PAYERS,
    mandates: PAYERS,
    through: ['customers', 'mandates'],
  });
  const lines = business.logged.filter(({ message }) => message.startsWith('mirror.'));
  const { businessId } = business;
  expect(lines[0]).toMatchObject({ message: 'mirror.backfill', fields: { businessId, customers: 500 } });
  expect(lines.filter(({ message }) => message === 'mirror.backfill')).toHaveLength(10);
  expect(lines.at(-1)).toMatchObject({
    message: 'mirror.backfilled',
    fields: { businessId, customers: PAYERS, mandates: PAYERS },
  });
});
