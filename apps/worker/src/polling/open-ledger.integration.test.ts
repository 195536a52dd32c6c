import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  collectionEntries,
  ConnectorError,
  dateIn,
  type Policy,
  type Store,
  unallocatedEntry,
} from '@mlc/core';
import { applyBusiness, type Database, openDatabase, openVault, storeFor } from '@mlc/platform';
import { checkBusinessFile } from '@mlc/platform/config/business-file';
import {
  createTestDatabase,
  FakeCaptures,
  FakeDebits,
  FakePayouts,
  payoutItem,
  type TestDatabase,
} from '@mlc/testkit';
import { type LoggedLine, recordingLog } from '@mlc/testkit/flow-engine';
import { FakeBooks } from '@mlc/testkit/fakes/fake-books';
import type { BusinessConnections, Connections } from '../connectors.ts';
import { openLedger } from './open-ledger.ts';
import type { Polling } from './polling.ts';

const GO_LIVE = '2026-11-01';

let testDatabase: TestDatabase;
let database: Database;
let businessId: string;
let store: Store;
let debits: FakeDebits;
let payouts: FakePayouts;
let captures: FakeCaptures;
let logged: LoggedLine[];
let now: Date;
let policy: Partial<Policy>;

const clock = { now: () => now };

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
  now = new Date('2026-11-02T09:00:00Z');
  [debits, payouts, captures, logged, policy] = [
    new FakeDebits(),
    new FakePayouts(),
    new FakeCaptures(),
    [],
    {},
  ];
  debits.addMandate('MD1', 'CU1');
  const vault = openVault([{ id: 'k1', key: Buffer.alloc(32, 7) }]);
  const file = {
    business: 'acme',
    timezone: 'Europe/London',
    connections: {},
    policy: { collectFrom: GO_LIVE },
  };
  ({ businessId } = await applyBusiness(database, vault, clock, checkBusinessFile(file)));
  store = storeFor(database, businessId, { clock });
});

afterEach(async () => {
  await database.close();
  await testDatabase.drop();
});

async function business() {
  const row = await database.prisma.business.findUniqueOrThrow({ where: { id: businessId } });
  const stored = row.policy as unknown as Policy;
  return { ...row, policy: { ...stored, ...policy } };
}

function pollingOn(on: Database = database): Polling {
  const of = async (): Promise<BusinessConnections> => ({
    business: await business(),
    books: new FakeBooks(),
    debits,
    payouts,
    captures,
  });
  return {
    runtime: { database: on, clock, log: recordingLog(logged) },
    locks: { withLock: (_key, work) => work() },
    connections: { of } as unknown as Connections,
  };
}

const open = (provider: string, on?: Database) => openLedger(pollingOn(on), { businessId, provider });

/** What the ledger says, without what is the same everywhere. */
async function ledger() {
  const rows = await database.prisma.ledgerEntry.findMany({ orderBy: { id: 'asc' } });
  return rows.map(({ key, date, amountMinor, debit }) => [key, date, amountMinor, debit]);
}

const opened = () => database.prisma.ledgerOpening.findMany({ orderBy: { provider: 'asc' } });

async function auditOf(action: string) {
  const entries = await database.prisma.auditEntry.findMany({ where: { action } });
  return entries.map(({ details }) => details);
}

const CLEARING = 'assets:clearing:gocardless';

/** Charged before go-live: one still under way, one over, one owed since it failed. */
function threeDebits(): void {
  const paid = (paymentId: string) => payoutItem('payment_paid_out', 100_000n, { paymentId });
  debits.addDebit('PM-under-way', 'MD1', { status: 'paid_out', chargeDate: '2026-10-30' });
  debits.addDebit('PM-over', 'MD1', { status: 'paid_out', chargeDate: '2026-10-20' });
  debits.addDebit('PM-owed', 'MD1', { status: 'failed', chargeDate: '2026-10-20' });
  debits.addDebit('PM-new', 'MD1', { status: 'confirmed', chargeDate: '2026-11-02' });
  const createdAt = '2026-10-22T06:00:00.000Z';
  payouts.addPayout('PO1', 20_000n, [paid('PM-over'), paid('PM-owed')], {
    arrivalDate: '2026-10-22',
    createdAt,
  });
  payouts.addPayout('PO2', 10_000n, [paid('PM-under-way')], { arrivalDate: '2026-11-03' });
}

describe('GoCardless', () => {
  const OPENING = [
    ['opening:gocardless:PM-owed', GO_LIVE, 10_000n, 'equity:opening'],
    ['opening:gocardless:PM-under-way', GO_LIVE, 10_000n, CLEARING],
  ];

  test('what was under way is written once, with its mark and its audit entry', async () => {
    threeDebits();
    expect(await open('gocardless')).toBe(true);
    expect(await ledger()).toEqual(OPENING);
    expect(await opened()).toMatchObject([{ businessId, provider: 'gocardless', asOf: GO_LIVE }]);
    expect(await auditOf('ledger.opened')).toEqual([{ asOf: GO_LIVE, holdings: 2, undecided: [] }]);
    expect(await auditOf('ledger.recorded')).toHaveLength(2);
    const calls = debits.faults.calls.length;
    expect(await open('gocardless')).toBe(false);
    expect(await ledger()).toEqual(OPENING);
    // A polling run that has nothing to do asks nobody.
    expect(debits.faults.calls).toHaveLength(calls);
  });

  test('two processes at once write it once', async () => {
    threeDebits();
    const both = await Promise.all([open('gocardless'), open('gocardless')]);
    expect(both.toSorted()).toEqual([false, true]);
    expect(await ledger()).toEqual(OPENING);
    expect(await auditOf('ledger.opened')).toHaveLength(1);
  });

  test('a process that dies before it commits leaves nothing, the next one writes it', async () => {
    threeDebits();
    const dying: Database = {
      ...database,
      inTransaction: (work) =>
        database.inTransaction(async (sql) => {
          await work(sql);
          throw new Error('killed');
        }),
    };
    expect(await open('gocardless', dying)).toBe(false);
    expect(logged).toContainEqual(expect.objectContaining({ message: 'ledger.opening_failed' }));
    expect([await ledger(), await opened()]).toEqual([[], []]);
    expect(await open('gocardless')).toBe(true);
    expect(await ledger()).toEqual(OPENING);
  });

  test('what a payout had set aside of it is taken back, what stands on an invoice is left out', async () => {
    threeDebits();
    debits.addDebit('PM-booked', 'MD1', { status: 'confirmed', chargeDate: '2026-10-31' });
    const source = (id: string) => ({ provider: 'gocardless', type: 'payment', id });
    const fact = (id: string) => ({
      source: source(id),
      amount: { minor: 10_000n, currency: 'GBP' },
      factDate: '2026-11-03',
      eventId: null,
    });
    const aside = unallocatedEntry(fact('PM-under-way'), {
      place: 'gocardless:PO2:0',
      payoutId: 'PO2',
      note: 'a payout told of it first',
    });
    const booked = collectionEntries(
      fact('PM-booked'),
      { key: 'p1', date: '2026-10-31', invoiceId: '101' },
      [],
    );
    await store.transaction((tx) => tx.ledger.record([aside, ...booked]));
    await open('gocardless');
    const keys = (await ledger()).slice(2).map(([key]) => key);
    expect(keys).toEqual([
      'opening:gocardless:PM-owed',
      'opening:gocardless:PM-under-way',
      'mirror:unallocated:gocardless:PO2:0',
    ]);
  });

  test('it waits for what was charged before go-live and is not decided, but not for ever', async () => {
    debits.addDebit('PM1', 'MD1', { status: 'submitted', chargeDate: '2026-10-31' });
    expect(await open('gocardless')).toBe(false);
    expect(await opened()).toEqual([]);
    debits.move('PM1', 'confirmed');
    expect(await open('gocardless')).toBe(true);
    expect(await ledger()).toEqual([['opening:gocardless:PM1', GO_LIVE, 10_000n, CLEARING]]);
  });

  test('a debit that hangs is left out after a month', async () => {
    debits.addDebit('PM1', 'MD1', { status: 'submitted', chargeDate: '2026-10-31' });
    now = new Date('2026-12-01T09:00:00Z');
    expect(await open('gocardless')).toBe(true);
    expect(await ledger()).toEqual([]);
    expect(await auditOf('ledger.opened')).toEqual([{ asOf: GO_LIVE, holdings: 0, undecided: ['PM1'] }]);
  });

  test('before go-live nothing is asked; the day is that of the business', async () => {
    policy = { collectFrom: '2026-11-03' };
    now = new Date('2026-11-02T23:59:00Z');
    expect(await open('gocardless')).toBe(false);
    expect(debits.faults.calls).toEqual([]);
    now = new Date('2026-11-03T00:00:00Z');
    expect(await open('gocardless')).toBe(true);
  });

  test('a provider that does not answer is asked again with the next run', async () => {
    threeDebits();
    const failure = new ConnectorError({
      kind: 'transient',
      provider: 'gocardless',
      operation: 'x',
      message: 'down',
    });
    payouts.faults.fail('listPayouts', 'before', failure);
    expect(await open('gocardless')).toBe(false);
    expect(logged).toContainEqual(expect.objectContaining({ message: 'ledger.opening_failed' }));
    expect(await open('gocardless')).toBe(true);
    expect(await ledger()).toEqual(OPENING);
  });

  test('a closed month keeps its entries: the opening goes into the first open one', async () => {
    threeDebits();
    const data = { businessId, month: '2026-11', sha256: 'x', closedBy: 'somebody' };
    await database.prisma.closedPeriod.create({ data });
    await open('gocardless');
    expect((await ledger()).map(([, date]) => date)).toEqual(['2026-12-01', '2026-12-01']);
  });
});

describe('PayPal', () => {
  const MIDNIGHT = '2026-11-01T00:00:00.000Z';

  test('the balance at the first moment of go-live, per currency', async () => {
    captures.balances.set(MIDNIGHT, [
      { minor: 12_345n, currency: 'GBP' },
      { minor: -67n, currency: 'EUR' },
      { minor: 0n, currency: 'USD' },
    ]);
    expect(await open('paypal')).toBe(true);
    expect(await ledger()).toEqual([
      ['opening:paypal:GBP', GO_LIVE, 12_345n, 'assets:clearing:paypal'],
      ['opening:paypal:EUR', GO_LIVE, 67n, 'equity:opening'],
    ]);
    expect(await open('paypal')).toBe(false);
  });

  test('is asked for once PayPal’s own records reach that far', async () => {
    now = new Date('2026-11-01T02:59:00Z');
    expect(dateIn('Europe/London', now)).toBe(GO_LIVE);
    expect(await open('paypal')).toBe(false);
    now = new Date('2026-11-01T03:00:00Z');
    expect(await open('paypal')).toBe(true);
  });

  test('an app that may not see balances opens with nothing, and the audit log says so', async () => {
    const failure = new ConnectorError({
      kind: 'rejected',
      provider: 'paypal',
      operation: 'balancesAt',
      message: 'not permitted',
      status: 403,
    });
    captures.faults.fail('balancesAt', 'before', failure);
    expect(await open('paypal')).toBe(true);
    expect(await ledger()).toEqual([]);
    expect(await auditOf('ledger.opened')).toEqual([
      { asOf: GO_LIVE, holdings: 0, absent: 'paypal balancesAt: not permitted' },
    ]);
  });

  test('an answer that may be better next time is waited for', async () => {
    const failure = new ConnectorError({
      kind: 'transient',
      provider: 'paypal',
      operation: 'balancesAt',
      message: 'answered 503',
      status: 503,
    });
    captures.faults.fail('balancesAt', 'before', failure);
    expect(await open('paypal')).toBe(false);
    expect(await open('paypal')).toBe(true);
  });
});

test('FreshBooks holds no money', async () => {
  expect(await open('freshbooks')).toBe(false);
  expect(await opened()).toEqual([]);
});
