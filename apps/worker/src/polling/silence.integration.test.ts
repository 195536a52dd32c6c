import { until } from '@mlc/testkit/flow-engine';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';

jest.setTimeout(60_000);

let business: PolledBusiness;

beforeEach(async () => {
  business = await openPolledBusiness();
});
afterEach(() => business.stop());

const silent = () => business.runtime.database.prisma.review.findMany({ where: { kind: 'webhooks_silent' } });
const aPayer = () => business.sandbox.gocardless.scenarios.addPayer({ email: 'payer@client.test' });
const aClient = () => business.sandbox.freshbooks.desk().createClient({ email: 'client@client.test' });

/** Webhooks of before count until the run after them. */
async function settleIn(): Promise<void> {
  await business.whileWebhooksAre('delivered', aPayer);
  await business.poll();
  // FreshBooks tells whole seconds: what is lost next must not fall into the second of what arrived.
  const second = (): number => Math.floor(Date.now() / 1_000);
  const settledIn = second();
  await until('the next second', () => second() > settledIn);
}

test('webhooks that went silent are asked about once, and the question settles when they arrive again', async () => {
  await settleIn();
  await business.whileWebhooksAre('lost', () => [aPayer(), aPayer()]);
  expect((await business.poll('gocardless'))['gocardless']?.missing).toBeGreaterThanOrEqual(3);
  const [review] = await silent();
  expect(review).toMatchObject({
    state: 'open',
    subjectProvider: 'gocardless',
    subjectType: 'connection',
    subjectId: business.connectionIds.gocardless,
  });
  expect(review?.reasons.join(' ')).toContain('GoCardless dashboard');
  await business.whileWebhooksAre('lost', aPayer);
  await business.poll('gocardless');
  expect(await silent()).toHaveLength(1);
  await business.whileWebhooksAre('delivered', aPayer);
  expect((await business.poll('gocardless'))['gocardless']).toMatchObject({ missing: 0 });
  expect(await silent()).toMatchObject([
    { state: 'resolved', resolvedBy: 'system', note: 'webhooks arrive again' },
  ]);
});

test('webhooks that came before the loss do not hide that they have stopped', async () => {
  await business.whileWebhooksAre('delivered', aPayer);
  await business.whileWebhooksAre('lost', () => [aPayer(), aPayer()]);
  await business.poll('gocardless');
  expect(await silent()).toMatchObject([{ state: 'open', subjectId: business.connectionIds.gocardless }]);
});

test('one lost event after the other adds up over the runs, for each connection by itself', async () => {
  await settleIn();
  for (let runs = 1; runs <= 3; runs += 1) {
    await business.whileWebhooksAre('lost', aClient);
    await business.whileWebhooksAre('delivered', aPayer);
    expect((await business.poll())['freshbooks']).toMatchObject({ missing: 1, recovered: 0 });
    expect(await silent()).toHaveLength(runs < 3 ? 0 : 1);
  }
  expect(await silent()).toMatchObject([{ subjectId: business.connectionIds.freshbooks }]);
});

test('a webhook that polling was faster than has arrived all the same', async () => {
  await settleIn();
  const { deliveries } = business.sandbox.gocardless;
  for (let runs = 0; runs < 2; runs += 1) {
    deliveries.set({ paused: true });
    aPayer();
    await business.poll('gocardless');
    deliveries.set({ paused: false });
    await business.sandbox.idle();
    // The receipt of a duplicate moves into the audit log with the next append, which the poll itself makes.
    await business.poll('freshbooks');
  }
  await business.poll('gocardless');
  expect((await silent()).filter(({ state }) => state === 'open')).toEqual([]);
});

test('what happened before there was a connection was not lost on the way to it', async () => {
  await business.runtime.database.prisma.connection.updateMany({
    data: { createdAt: new Date(Date.now() + 60_000) },
  });
  await business.whileWebhooksAre('lost', () => [aPayer(), aPayer()]);
  expect((await business.poll('gocardless'))['gocardless']?.missing).toBeGreaterThanOrEqual(3);
  expect(await silent()).toEqual([]);
});
