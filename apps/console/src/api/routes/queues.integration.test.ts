import { beforeAll, expect, jest, test } from '@jest/globals';
import { type SignedInBrowser, withConsole } from '../../../../../tests/support/console-under-test.ts';

jest.setTimeout(60_000);

const under = withConsole();
const FLOW = 'payment-to-freshbooks';
let operator: SignedInBrowser;

beforeAll(async () => {
  operator = await under.person([{ businessId: '*', roles: ['operator'] }]);
});

const strip = async () => {
  const came = await under.ask('/api/v1/queues', { browser: operator });
  return (came.json['items'] as { flow: string }[]).find(({ flow }) => flow === FLOW);
};

test('a queue is held and let go by a person who is named, however often it is asked for', async () => {
  expect(await strip()).toEqual({
    flow: FLOW,
    waiting: 0,
    active: 0,
    delayed: 0,
    failed: 0,
    oldestAt: null,
    paused: null,
  });
  const pause = (method: string) => under.ask(`/api/v1/queues/${FLOW}/pause`, { method, browser: operator });
  const held = await pause('PUT');
  expect(held.json).toMatchObject({ paused: { by: 'p1@a.test' } });
  await pause('PUT');
  expect(await strip()).toEqual(held.json);
  expect((await pause('DELETE')).json).toMatchObject({ paused: null });
  const entries = await under.runtime.database.prisma.auditEntry.findMany({
    where: { action: { startsWith: 'queue.' } },
    orderBy: { seq: 'asc' },
  });
  expect(entries.map(({ action, actor }) => [action, actor])).toEqual([
    ['queue.paused', 'p1@a.test'],
    ['queue.resumed', 'p1@a.test'],
  ]);
});
