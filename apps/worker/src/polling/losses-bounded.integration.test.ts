import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';
import type { Connections } from '../connectors.ts';
import { ASKED_PER_RUN } from './ask-about-losses.ts';
import { pollBusiness } from './poll-business.ts';

jest.setTimeout(60_000);

let business: PolledBusiness;
/** Objects that PayPal's API was asked for, in order. */
let asked: string[];
let connections: Connections;

beforeEach(async () => {
  business = await openPolledBusiness(undefined, 'everybody, PayPal too');
  business.sandbox.paypal.settings.searchDelayMinutes = 0;
  // Connected yesterday: what happened since is no history.
  await prisma().connection.updateMany({ data: { createdAt: new Date(Date.now() - 24 * 60 * 60 * 1000) } });
  asked = [];
  connections = await counted(business.polling.connections);
});
afterEach(() => business.stop());

const scenarios = () => business.sandbox.paypal.scenarios;
const prisma = () => business.runtime.database.prisma;
const silent = () => prisma().review.findMany({ where: { kind: 'webhooks_silent', state: 'open' } });

async function counted(all: Connections): Promise<Connections> {
  const known = await all.of(business.businessId);
  const { captures } = known;
  const notes = {
    getCapture: (id: string) => {
      asked.push(id);
      return captures.getCapture(id);
    },
    getRefund: (id: string) => {
      asked.push(id);
      return captures.getRefund(id);
    },
  };
  const noted = { ...known, captures: { ...captures, ...notes } };
  return { ...all, of: () => Promise.resolve(noted) };
}

async function poll() {
  const { businessId, polling } = business;
  const [report] = await pollBusiness({ ...polling, connections, businessId, provider: 'paypal' });
  return report;
}

function otherAppsTook(payments: number): void {
  for (let each = 0; each < payments; each += 1) scenarios().listRow({ amount: '81.01', hoursAgo: 5 });
}

function ownPaymentsUntold(payments: number): void {
  for (let each = 0; each < payments; each += 1)
    scenarios().payerPays({ amount: '50.00', payerEmail: 'payer@client.test', webhook: 'none' });
}

test('a run asks about a bounded number of losses, the longest waiting first; the rest is asked next, each once', async () => {
  otherAppsTook(2 * ASKED_PER_RUN + 5);
  expect(await poll()).toMatchObject({ missing: 2 * ASKED_PER_RUN + 5, failure: null });
  expect(asked).toHaveLength(ASKED_PER_RUN);
  ownPaymentsUntold(3);
  expect(await poll()).toMatchObject({ missing: 3, failure: null });
  expect(asked).toHaveLength(2 * ASKED_PER_RUN);
  expect(await silent()).toEqual([]);
  await poll();
  expect(asked).toHaveLength(2 * ASKED_PER_RUN + 8);
  expect(new Set(asked).size).toBe(asked.length);
  expect(await silent()).toMatchObject([{ subjectId: business.connectionIds.paypal }]);
  expect(await prisma().unaskedLoss.count()).toBe(0);
  await poll();
  expect(asked).toHaveLength(2 * ASKED_PER_RUN + 8);
});

test('what PayPal cannot say now is asked again after the others; a run that died forgets none', async () => {
  ownPaymentsUntold(2);
  const { faults } = business.sandbox.paypal;
  faults.add({ kind: 'status', status: 500, path: '/v2/payments/captures', times: 'always' });
  await poll();
  expect(await prisma().unaskedLoss.findMany()).toMatchObject([{ tries: 1 }, { tries: 1 }]);
  faults.clear();
  await prisma().polledConnection.updateMany({ data: { lost: 0 } });
  ownPaymentsUntold(1);
  await poll();
  expect(await prisma().unaskedLoss.count()).toBe(0);
  expect(await silent()).toHaveLength(1);
});

test('a webhook that arrives excuses what still waits to be asked about', async () => {
  otherAppsTook(ASKED_PER_RUN);
  ownPaymentsUntold(3);
  await poll();
  expect(await prisma().unaskedLoss.count()).toBe(3);
  await prisma().inboundEvent.create({
    data: {
      businessId: business.businessId,
      connectionId: business.connectionIds.paypal,
      provider: 'paypal',
      type: 'PAYMENT.CAPTURE.COMPLETED',
      externalEventId: 'WH-ARRIVED',
      resourceId: 'ARRIVED',
      payload: '{}',
      correlationId: 'arrived',
      flow: 'paypal-capture-to-freshbooks',
    },
  });
  const before = asked.length;
  await poll();
  expect(asked).toHaveLength(before);
  expect(await prisma().unaskedLoss.count()).toBe(0);
  expect(await silent()).toEqual([]);
});
