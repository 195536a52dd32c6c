import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { resolveReview } from '@mlc/platform/answers/resolve-review';
import { statusOf } from '@mlc/platform/queue/status';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';

jest.setTimeout(60_000);

let business: PolledBusiness;

beforeEach(async () => {
  business = await openPolledBusiness(undefined, 'everybody, PayPal too');
});
afterEach(() => business.stop());

const NO_QUEUES = { counts: () => Promise.reject(new Error('no queues here')) };
const status = () => statusOf(business.runtime.database, NO_QUEUES);
const reviews = (state: 'open' | 'resolved') =>
  business.runtime.database.prisma.review.findMany({
    where: { kind: 'webhooks_silent', state },
    orderBy: { subjectId: 'asc' },
  });

/** Every list that polling reads, by what its path has in it. */
const LISTS = [
  ['freshbooks', 'client', '/users/clients'],
  ['freshbooks', 'invoice', '/invoices/invoices'],
  ['freshbooks', 'payment', '/payments/payments'],
  ['gocardless', 'events', '/events'],
  ['paypal', 'webhooks-events', '/v1/notifications/webhooks-events'],
  ['paypal', 'transactions', '/v1/reporting/transactions'],
  ['paypal', 'disputes', '/v1/customer/disputes'],
] as const;

function everyListAnswers(with500: boolean): void {
  for (const [provider, , path] of LISTS) {
    const { faults } = business.sandbox[provider];
    if (with500) faults.add({ kind: 'status', status: 500, path, times: 'always' });
    else faults.clear();
  }
}

test('a list that fails again and again is asked about and stands in the status, until it answers', async () => {
  await business.poll();
  expect(await status()).not.toHaveProperty('lists');
  everyListAnswers(true);
  await business.poll();
  expect(await reviews('open')).toEqual([]);
  await business.poll();
  const open = await reviews('open');
  expect(
    open.map(({ subjectProvider, subjectType, subjectId }) => [subjectProvider, subjectType, subjectId]),
  ).toEqual(
    LISTS.map(([provider, name]) => [provider, 'list', name]).toSorted((left, right) =>
      (left[2] ?? '') < (right[2] ?? '') ? -1 : 1,
    ),
  );
  expect(open[0]?.reasons[0]).toMatch(
    /^The list of clients at FreshBooks could not be read 2 times in a row, since \d{4}-/,
  );
  const { lists } = await status();
  expect(lists).toHaveLength(LISTS.length);
  expect(lists?.[0]).toEqual({
    business: 'acme',
    provider: 'freshbooks',
    list: 'client',
    failures: 2,
    since: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    failure: expect.stringContaining('listChangedClients'),
  });
  everyListAnswers(false);
  await business.poll();
  expect(await reviews('open')).toEqual([]);
  expect((await reviews('resolved')).map(({ note }) => note)).toEqual(
    LISTS.map(() => 'the list answers again'),
  );
  expect(await status()).not.toHaveProperty('lists');
});

test('an answered question is not put again while the list goes on failing', async () => {
  business.sandbox.gocardless.faults.add({ kind: 'status', status: 500, path: '/events', times: 'always' });
  await business.poll('gocardless');
  await business.poll('gocardless');
  const { database, clock } = business.runtime;
  const [review] = await reviews('open');
  await resolveReview(database, clock, {
    reviewId: review?.id ?? '',
    action: 'done',
    note: 'known',
    by: 'mira',
  });
  await business.poll('gocardless');
  expect(await reviews('open')).toEqual([]);
  business.sandbox.gocardless.faults.clear();
  await business.poll('gocardless');
  business.sandbox.gocardless.faults.add({ kind: 'status', status: 500, path: '/events', times: 'always' });
  for (let run = 0; run < 2; run += 1) await business.poll('gocardless');
  expect(await reviews('open')).toHaveLength(1);
});

test('credentials that no longer work are one question about the connection, none about its lists', async () => {
  business.sandbox.gocardless.faults.add({ kind: 'status', status: 401, path: '/events', times: 'always' });
  for (let run = 0; run < 3; run += 1) await business.poll('gocardless');
  expect(await reviews('open')).toEqual([]);
  const open = await business.runtime.database.prisma.review.findMany({ where: { state: 'open' } });
  expect(open.map(({ kind }) => kind)).toEqual(['reauthorise']);
});
