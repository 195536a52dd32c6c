import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CollectionState } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { type Database, openDatabase } from './database.ts';
import { optIn, optOut, releaseInvoice } from './person-says.ts';
import { storeFor } from './store.ts';

const clock = { now: () => new Date('2026-11-05T09:00:00Z') };
const businessId = 'b1';
const who = { businessId, note: 'pays by cheque', by: 'finance' };

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

async function invoiceEvent(invoiceId: string, type = 'invoice.create'): Promise<bigint> {
  const facts = { businessId, connectionId: 'c1', provider: 'freshbooks', payload: '', correlationId: 'x' };
  const row = await database.prisma.inboundEvent.create({
    data: { ...facts, type, externalEventId: `${type}-${invoiceId}`, resourceId: invoiceId, state: 'done' },
  });
  return row.id;
}

async function debit(invoiceId: string, state: CollectionState): Promise<void> {
  const amount = { minor: 100n, currency: 'GBP' };
  const rest = {
    origin: 'ours' as const,
    mandateId: 'MD1',
    chargeDate: null,
    wantedDate: null,
    creditorId: null,
    scheduleId: null,
    willAttemptRetry: false,
  };
  await storeFor(database, businessId, { clock }).collections.insert({
    ...rest,
    invoiceId,
    invoiceNumber: invoiceId,
    clientId: '7',
    attempt: 1,
    paymentId: `PM${invoiceId}`,
    amount,
    state,
    idempotencyKey: `k${invoiceId}`,
    calledAt: null,
    endedBy: null,
  });
}

async function stateOf(id: bigint): Promise<string | undefined> {
  return (await database.prisma.inboundEvent.findUnique({ where: { id } }))?.state;
}

test('opting out is seen by flows, runs the invoice again, and can be taken back once', async () => {
  await debit('1', 'pending_submission');
  const older = await invoiceEvent('1');
  const newest = await invoiceEvent('1', 'invoice.update');
  const payment = await invoiceEvent('1', 'payment.create');
  await optOut(database, clock, { ...who, kind: 'client', id: '7' });
  const { clients } = storeFor(database, businessId, { clock });
  expect(await clients.optOut('1', '7')).toBe('pays by cheque');
  expect([await stateOf(older), await stateOf(newest), await stateOf(payment)]).toEqual([
    'done',
    'stored',
    'done',
  ]);
  await optIn(database, clock, { ...who, kind: 'client', id: '7' });
  expect(await clients.optOut('1', '7')).toBeNull();
  await expect(optIn(database, clock, { ...who, kind: 'client', id: '7' })).rejects.toThrow(
    'client 7 is not opted out',
  );
  const actions = await database.prisma.auditEntry.findMany({
    where: { businessId },
    orderBy: { seq: 'asc' },
  });
  expect(actions.map((entry) => entry.action)).toEqual(['client.opted-out', 'client.opted-in']);
});

test('an invoice is released for another debit only after the last one ended badly', async () => {
  await debit('2', 'failed');
  await debit('3', 'submitted');
  const event = await invoiceEvent('2');
  await releaseInvoice(database, clock, { ...who, id: '2' });
  expect(await stateOf(event)).toBe('stored');
  const [released] = await storeFor(database, businessId, { clock }).collections.ofInvoice('2');
  expect(released).toMatchObject({ endedBy: 'us' });
  await expect(releaseInvoice(database, clock, { ...who, id: '3' })).rejects.toThrow(
    'is submitted: nothing to release',
  );
  await expect(releaseInvoice(database, clock, { ...who, id: '4' })).rejects.toThrow('was never debited');
});
