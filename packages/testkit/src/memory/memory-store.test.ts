import { expect, test } from '@jest/globals';
import { storeSuite } from '../suites/store-suite.ts';
import { testClock } from '../suites/store/subject.ts';
import { memoryStore } from './memory-store.ts';

storeSuite('the store in memory', (clock) => {
  const store = memoryStore({ clock });
  return Promise.resolve({
    store,
    businessId: store.businessId,
    queueEvent: async (event) => {
      store.addEvent(event);
      const queued = await store.claimNext();
      if (queued === null) throw new Error('no event was stored');
      return queued;
    },
    optOut: (kind, id, why) => {
      store.optOut(kind, id, why);
      return Promise.resolve();
    },
    closeMonth: (month) => {
      store.closeMonth(month);
      return Promise.resolve();
    },
    answer: (reviewId, answer) => store.answer(reviewId, answer),
    auditEntries: () => Promise.resolve(store.auditEntries()),
  });
});

test('writing to the store itself inside its transaction is refused instead of hanging', async () => {
  const store = memoryStore({ clock: testClock() });
  const work = store.transaction(() => store.transaction((tx) => tx.clients.link('7', 'CU1', 'why')));
  await expect(work).rejects.toThrow(/inside a transaction/);
  await store.transaction((tx) => tx.clients.link('7', 'CU1', 'why'));
  expect(await store.clients.linkOf('7')).toMatchObject({ customerId: 'CU1' });
});

test('an event that arrives while a transaction runs is not lost', async () => {
  const store = memoryStore({ clock: testClock() });
  await store.transaction(async (tx) => {
    store.addEvent({ type: 'invoice.create', resourceId: '1' });
    await tx.clients.link('7', 'CU1', 'why');
  });
  expect(store.eventRows()).toHaveLength(1);
  expect(await store.claimNext()).toMatchObject({ id: '1', state: 'queued' });
  expect(await store.claimNext()).toBeNull();
});
