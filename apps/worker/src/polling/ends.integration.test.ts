import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { EventState } from '@mlc/core';
import { until } from '@mlc/testkit/flow-engine';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';
import { pollBusiness } from './poll-business.ts';

jest.setTimeout(60_000);

let business: PolledBusiness;

beforeEach(async () => {
  business = await openPolledBusiness();
});
afterEach(() => business.stop());

const prisma = () => business.runtime.database.prisma;
const poll = async (provider = 'gocardless') => (await business.poll(provider))[provider];
const aPayer = () => business.sandbox.gocardless.scenarios.addPayer({ email: 'payer@client.test' });

interface End {
  readonly state: EventState;
  readonly ending?: string | null;
  readonly waitingFor?: string | null;
  readonly reason?: string | null;
}

/** Every event that GoCardless told of ended like this. */
async function allEnded(end: End): Promise<number> {
  await business.whileWebhooksAre('delivered', aPayer);
  const { count } = await prisma().inboundEvent.updateMany({ data: end });
  expect(count).toBeGreaterThan(0);
  return count;
}

async function bury(failureKind: string): Promise<void> {
  for (const { id, businessId } of await prisma().inboundEvent.findMany()) {
    const letter = { id: `letter-${id}`, businessId, eventId: String(id), flow: 'payment-to-freshbooks' };
    await prisma().deadLetter.create({
      data: { ...letter, failureKind, error: 'no', details: {}, attempts: 1 },
    });
  }
}

const statesOf = async () => {
  const rows = await prisma().inboundEvent.findMany();
  return [...new Set(rows.map(({ state }) => state))];
};

test.each<[string, End]>([
  ['is done', { state: 'done' }],
  ['is still to run', { state: 'queued' }],
  ['ended for a reason that is proven', { state: 'skipped', ending: 'before-go-live' }],
  ['was covered by another before that had a code', { state: 'skipped', reason: 'covered by event 7' }],
  ['waits for a mandate', { state: 'parked', waitingFor: 'mandate:7' }],
])('what was told and %s is seen', async (_case, end) => {
  const told = await allEnded(end);
  expect(await poll()).toMatchObject({ seen: told, missing: 0, recovered: 0 });
  expect(await statesOf()).toEqual([end.state]);
});

test.each<[string, End]>([
  ['is not shown by its provider', { state: 'parked', waitingFor: 'provider' }],
  [
    'ended in silence before that was impossible',
    { state: 'skipped', ending: null, reason: 'a test event?' },
  ],
])('what was told and %s is missing, and runs again; no webhook was lost', async (_case, end) => {
  const told = await allEnded(end);
  const since = new Date('2026-11-30T08:00:00.000Z');
  await prisma().inboundEvent.updateMany({ data: { unseenSince: since, parkedSince: since } });
  expect(await poll()).toMatchObject({ seen: told, missing: told, recovered: 0 });
  expect(await statesOf()).toEqual(['stored']);
  // A person is asked in the end, however often it is looked at.
  expect(await prisma().inboundEvent.findFirst()).toMatchObject({ unseenSince: since, run: 1 });
  expect(await prisma().auditEntry.count({ where: { action: 'event.run_again' } })).toBe(told);
  expect(await prisma().polledConnection.findFirst()).toMatchObject({ lost: 0 });
});

test('what died of a provider that was away runs again; what was rejected waits for a person, and is missing', async () => {
  const told = await allEnded({ state: 'dead' });
  await bury('transient');
  expect(await poll()).toMatchObject({ missing: told });
  expect(await statesOf()).toEqual(['stored']);
  expect(await prisma().deadLetter.count({ where: { replayedAt: null } })).toBe(0);
  await prisma().inboundEvent.updateMany({ data: { state: 'dead' } });
  await prisma().deadLetter.updateMany({ data: { failureKind: 'rejected', replayedAt: null } });
  expect(await poll()).toMatchObject({ missing: told, recovered: 0 });
  expect(await statesOf()).toEqual(['dead']);
});

test('an object that changed and whose look came to nothing is missing', async () => {
  await business.whileWebhooksAre('delivered', () => {
    business.sandbox.freshbooks.desk().createClient({ email: 'payer@client.test' });
  });
  await prisma().inboundEvent.updateMany({
    data: { state: 'parked', waitingFor: 'provider', receivedAt: new Date(Date.now() + 5_000) },
  });
  expect(await poll('freshbooks')).toMatchObject({ seen: 1, missing: 1 });
  expect(await prisma().polledConnection.findFirst()).toMatchObject({ lost: 0 });
});

test('what polling found is recovered once it had its effect, or has proven to need none', async () => {
  await business.whileWebhooksAre('lost', () => [aPayer(), aPayer(), aPayer()]);
  const { businessId } = business;
  const polling = pollBusiness({ ...business.polling, idleMs: 10_000, businessId, provider: 'gocardless' });
  await until('the events', async () => (await prisma().inboundEvent.count()) > 2);
  const [unseen, harmless] = await prisma().inboundEvent.findMany({ orderBy: { id: 'asc' } });
  await prisma().inboundEvent.update({
    where: { id: harmless?.id ?? 0n },
    data: { state: 'skipped', ending: 'before-go-live' },
  });
  await prisma().inboundEvent.update({
    where: { id: unseen?.id ?? 0n },
    data: { state: 'parked', waitingFor: 'provider' },
  });
  await prisma().inboundEvent.updateMany({ where: { state: 'stored' }, data: { state: 'done' } });
  const [report] = await polling;
  expect(report?.missing).toBe(await prisma().inboundEvent.count());
  expect(report?.recovered).toBe((report?.missing ?? 0) - 1);
});
