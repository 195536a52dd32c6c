import { expect, test } from '@jest/globals';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';
import { backfillMirror, type BackfillProgress } from './backfill-mirror.ts';

const CUSTOMERS = 3_200;

/** Customers and mandates as after years of business. */
function oldWorld(): FlowWorld {
  const world = new FlowWorld(FLOWS);
  for (let index = 1; index <= CUSTOMERS; index += 1) {
    world.debits.addCustomer(`CU${index}`, `payer${index}@client.test`);
    world.debits.addMandate(`MD${index}`, `CU${index}`);
  }
  return world;
}

test('thousands of customers and mandates are mirrored page by page, and each page is told of', async () => {
  const world = oldWorld();
  const told: BackfillProgress[] = [];
  expect(await backfillMirror(world.context(), (progress) => void told.push(progress))).toEqual({
    customers: CUSTOMERS,
    mandates: CUSTOMERS,
  });
  expect(told.length).toBe(14);
  expect(told[0]).toEqual({ customers: 500, mandates: 0 });
  expect(told.at(-1)).toEqual({ customers: CUSTOMERS, mandates: CUSTOMERS });
  const { mirror } = world.store;
  expect(await mirror.customersByEmail('payer3200@client.test')).toMatchObject([{ id: 'CU3200' }]);
  expect(await mirror.mandates('CU3200')).toMatchObject([{ id: 'MD3200' }]);
  expect(await mirror.progress('mandates')).toEqual({
    fullAt: world.clock.now(),
    newestCreatedAt: '2026-01-02T00:00:00.000Z',
  });
});

test('done once: again it reads nothing, and the first invoice does not page through either', async () => {
  const world = oldWorld();
  await backfillMirror(world.context());
  expect(await backfillMirror(world.context())).toEqual({ customers: 0, mandates: 0 });
  expect(world.debits.faults.count('listCustomers')).toBe(1);
  expect(world.debits.faults.count('listAllMandates')).toBe(1);
});

test('ended in the middle, it starts over and finishes', async () => {
  const world = oldWorld();
  const stop = (progress: BackfillProgress): void => {
    if (progress.mandates >= 1_000) throw new Error('the process stops');
  };
  await expect(backfillMirror(world.context(), stop)).rejects.toThrow('the process stops');
  expect(await world.store.mirror.progress('mandates')).toBeNull();
  // The customers were through: only the mandates are read again.
  expect(await backfillMirror(world.context())).toEqual({ customers: 0, mandates: CUSTOMERS });
});

test('an organisation without customers is through at once', async () => {
  const world = new FlowWorld(FLOWS);
  expect(await backfillMirror(world.context())).toEqual({ customers: 0, mandates: 0 });
  expect(await world.store.mirror.progress('customers')).not.toBeNull();
});
