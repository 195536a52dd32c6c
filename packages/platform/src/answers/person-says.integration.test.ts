import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CollectionState, ENTRIES_GONE, setAsideCovers } from '@mlc/core';
import { createTestDatabase, inTransactions, type TestDatabase } from '@mlc/testkit';
import { type Database, openDatabase } from '../postgres/database.ts';
import { optIn, optOut } from './person-says.ts';
import { releaseInvoice } from './release-invoice.ts';
import { resolveReview } from './resolve-review.ts';
import { repositoriesOn, storeFor } from '../store/store.ts';

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
  await storeFor(database, businessId, { clock }).transaction((tx) =>
    tx.collections.insert({
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
    }),
  );
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

describe('an invoice whose money came off it', () => {
  const clockNow = clock.now();
  const store = () => storeFor(database, businessId, { clock });
  const subjectOf = (id: string) => ({ provider: 'freshbooks', type: 'invoice', id });
  const lastWord = (id: string, covers: string) =>
    store().reviews.lastAnswer('double_payment_risk', subjectOf(id), covers);

  async function reversed(invoiceId: string, source = `CAP${invoiceId}`): Promise<void> {
    const rest = { invoiceId, invoiceNumber: `INV-${invoiceId}`, source: { provider: 'paypal', id: source } };
    const facts = { ...rest, amount: { minor: 6100n, currency: 'GBP' }, date: '2026-11-04', eventId: '1' };
    const { postings } = inTransactions(store());
    const key = `pay-${source}`;
    await postings.insertIntent({ ...facts, key, kind: 'payment', cycle: 1, note: '', reversesKey: null });
    const back = { ...facts, cycle: 1, note: 'by hand: wrong', reversesKey: key };
    await postings.insertIntent({ ...back, key: `back-${source}`, kind: 'reversal' });
  }

  async function asked(invoiceId: string, covers: string): Promise<string> {
    const question = { kind: 'double_payment_risk' as const, subject: subjectOf(invoiceId), covers };
    const event = await invoiceEvent(invoiceId);
    const rest = { amount: null, reasons: ['It is gone.'], candidates: [], eventId: String(event) };
    const { id } = await database.transaction((tx) =>
      repositoriesOn(tx, businessId, clock).reviews.open({ ...question, ...rest }),
    );
    return id;
  }

  test('is released while the money waits for its place, once', async () => {
    await reversed('11');
    const event = await invoiceEvent('11');
    await releaseInvoice(database, clock, { ...who, id: '11' });
    expect(await lastWord('11', setAsideCovers('back-CAP11'))).toMatchObject({
      state: 'resolved',
      openedAt: clockNow,
      resolution: { action: 'retry', by: 'finance', note: 'pays by cheque' },
    });
    expect(await stateOf(event)).toBe('stored');
    await expect(releaseInvoice(database, clock, { ...who, id: '11' })).rejects.toThrow('was never debited');
  });

  test('has nothing to release once the money was booked elsewhere', async () => {
    await reversed('12');
    await store().transaction((tx) =>
      tx.postings.insertIntent({
        key: 'pay-again',
        kind: 'payment',
        invoiceId: '99',
        invoiceNumber: null,
        source: { provider: 'paypal', id: 'CAP12' },
        cycle: 2,
        amount: { minor: 6100n, currency: 'GBP' },
        date: '2026-11-05',
        note: '',
        reversesKey: null,
        eventId: '1',
      }),
    );
    await expect(releaseInvoice(database, clock, { ...who, id: '12' })).rejects.toThrow('was never debited');
  });

  test('is released by answering the question about it', async () => {
    const covers = `${ENTRIES_GONE}pay-CAP13 removed`;
    const reviewId = await asked('13', covers);
    await releaseInvoice(database, clock, { ...who, id: '13' });
    expect(await database.prisma.review.findUnique({ where: { id: reviewId } })).toMatchObject({
      state: 'resolved',
      action: 'retry',
      resolvedBy: 'finance',
    });
  });

  test('is released after all when the question had been left', async () => {
    const covers = `${ENTRIES_GONE}pay-CAP14 removed`;
    const reviewId = await asked('14', covers);
    await resolveReview(database, clock, { reviewId, action: 'done', note: 'leave it', by: 'mira' });
    const later = { now: () => new Date(clockNow.getTime() + 60_000) };
    await releaseInvoice(database, later, { ...who, id: '14' });
    expect(await lastWord('14', covers)).toMatchObject({ resolution: { action: 'retry', by: 'finance' } });
  });
});
