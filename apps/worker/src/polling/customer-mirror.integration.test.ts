import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { waitingForMandate } from '@mlc/core';
import { inJob, type InJob } from '@mlc/platform';
import { openPolledBusiness, type PolledBusiness } from '../../../../tests/support/polled-business.ts';
import { composeEngine } from '../compose.ts';
import { refreshMirrors } from './customer-mirror.ts';
import { backfillMirrors } from './mirror-backfill.ts';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
let business: PolledBusiness;
let aheadMs = 0;

beforeEach(async () => {
  aheadMs = 0;
  business = await openPolledBusiness();
});
afterEach(() => business.stop());

function mirrors() {
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  const runtime = { ...business.runtime, clock };
  const engine = composeEngine({ ...business.polling, runtime });
  const { database, log } = runtime;
  const forJobs: InJob = (id, work) => inJob(engine, id, work);
  return { database, clock, log, inJob: forJobs };
}

async function changeEmail(customerId: string, email: string): Promise<void> {
  const { urls, gocardless } = business.sandbox;
  const answer = await fetch(`${urls.gocardless}/customers/${customerId}`, {
    method: 'PUT',
    headers: {
      Authorization: `Bearer ${gocardless.accessToken}`,
      'GoCardless-Version': '2015-07-06',
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ customers: { email } }),
  });
  expect(answer.status).toBe(200);
}

test('a day later all customers are read again, and an e-mail that changed lets waiting invoices run', async () => {
  const { customer } = business.sandbox.gocardless.scenarios.addPayer({ email: 'old@client.test' });
  const client = business.sandbox.freshbooks.desk().createClient({ email: 'new@client.test' });
  expect(await refreshMirrors(mirrors())).toBe(0);
  expect(await backfillMirrors(mirrors())).toBe(1);
  expect(await refreshMirrors(mirrors())).toBe(0);
  await business.sandbox.idle();
  const { prisma } = business.runtime.database;
  const parked = await prisma.inboundEvent.create({
    data: {
      businessId: business.businessId,
      connectionId: business.connectionIds.freshbooks,
      provider: 'freshbooks',
      type: 'invoice.create',
      externalEventId: 'parked',
      resourceId: '1',
      payload: '',
      correlationId: 'c',
      state: 'parked',
      waitingFor: waitingForMandate(String(client.id)),
    },
  });
  await changeEmail(customer.id, 'New@client.test');
  aheadMs = DAY_MS + 1_000;
  expect(await refreshMirrors(mirrors())).toBe(1);
  const found = await mirrors().inJob(business.businessId, ({ store }) =>
    store.mirror.customersByEmail('new@client.test'),
  );
  expect(found).toMatchObject([{ id: customer.id }]);
  expect(await prisma.inboundEvent.findUnique({ where: { id: parked.id } })).toMatchObject({
    state: 'stored',
  });
  expect(business.logged).toContainEqual(
    expect.objectContaining({ message: 'mirror.refreshed', fields: expect.objectContaining({ changed: 1 }) }),
  );
});

test('customers that cannot be read now are read with the next look', async () => {
  await backfillMirrors(mirrors());
  aheadMs = DAY_MS + 1_000;
  business.sandbox.gocardless.faults.add({ kind: 'status', path: '/customers', times: 'always' });
  expect(await refreshMirrors(mirrors())).toBe(0);
  business.sandbox.gocardless.faults.clear();
  expect(await refreshMirrors(mirrors())).toBe(1);
});
