import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Mode, WAITING_FOR_GO_LIVE, WAITING_FOR_LIMIT } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { emptyTables, storeEvents } from '@mlc/testkit/flow-engine';
import { type BusinessFileInput, checkBusinessFile } from '../config/business-file.ts';
import { openVault } from '../vault/vault.ts';
import { applyBusiness } from './apply-business.ts';
import { heldEvents, releaseLate, switchMode } from './business-mode.ts';
import { findBusiness } from './businesses.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { storeFor } from '../store/store.ts';

const vault = openVault([{ id: 'k1', key: randomBytes(32) }]);
const clock = { now: () => new Date('2026-11-20T10:00:00Z') };
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

beforeEach(() => emptyTables(database));

const apply = (policy: BusinessFileInput['policy'] = {}, business = 'acme') =>
  applyBusiness(database, vault, clock, checkBusinessFile({ business, timezone: 'Europe/London', policy }));
const modeOf = async (slug = 'acme') => (await findBusiness(database.prisma, slug))?.policy.mode;
const audited = async () =>
  (await database.prisma.auditEntry.findMany({ orderBy: { seq: 'asc' } })).map(
    ({ actor, action, details }) => [actor, action, details],
  );

/** Events that are parked for this, since 40 days. */
async function park(businessId: string, waitingFor: string, count = 1): Promise<string[]> {
  const ids = await storeEvents(database, { businessId, count });
  await database.prisma.inboundEvent.updateMany({
    where: { id: { in: ids.map(BigInt) } },
    data: { state: 'parked', waitingFor, parkedSince: new Date('2026-10-11T10:00:00Z') },
  });
  return ids;
}

const stateOf = async (id: string) => {
  const { state, run, waitingFor, parkedSince } = await database.prisma.inboundEvent.findUniqueOrThrow({
    where: { id: BigInt(id) },
  });
  return { state, run, waitingFor, parkedSince };
};
const ASLEEP = { state: 'parked', run: 0, waitingFor: WAITING_FOR_GO_LIVE };
/** A new run, and how long it waited counts for nothing else. */
const FREED = { state: 'stored', run: 1, waitingFor: null, parkedSince: null };

describe('the mode of a business', () => {
  test.each<[string, Mode | undefined, Mode]>([
    ['left out at first', undefined, 'observe'],
    ['observe', 'observe', 'observe'],
    ['live', 'live', 'live'],
  ])('%s', async (_what, mode, kept) => {
    const policy = mode === undefined ? {} : { mode };
    expect(await apply(policy)).toMatchObject({ mode: kept, released: 0, changed: true });
    expect(await apply(policy)).toMatchObject({ mode: kept, released: 0, changed: false });
    expect(await modeOf()).toBe(kept);
  });

  test('left out later stays as it is, whoever switched it', async () => {
    const { businessId } = await apply();
    await switchMode(database, clock, { businessId, mode: 'live', by: 'mira' });
    expect(await apply()).toMatchObject({ mode: 'live', changed: false });
    await apply({ mode: 'observe' });
    expect(await apply({ chargeDate: 'as-soon-as-possible' })).toMatchObject({ mode: 'observe' });
  });

  test('a business from before there were modes goes on live', async () => {
    const { businessId } = await apply({ collectFrom: '2026-01-01' });
    await database.prisma.business.update({
      where: { id: businessId },
      data: { policy: { collectFrom: '2026-01-01' } },
    });
    expect(await modeOf()).toBe('live');
    expect(await apply()).toMatchObject({ mode: 'live' });
  });
});

describe('going live', () => {
  test('runs what waits for it, of this business only and nothing else; audited; once', async () => {
    const { businessId } = await apply();
    const { businessId: other } = await apply({}, 'other');
    const mine = await park(businessId, WAITING_FOR_GO_LIVE, 3);
    const [mandate = ''] = await park(businessId, 'mandate:7');
    const [theirs = ''] = await park(other, WAITING_FOR_GO_LIVE);
    expect([...(await heldEvents(database))].sort()).toEqual(
      [
        [businessId, 3],
        [other, 1],
      ].sort(),
    );
    const wish = { businessId, mode: 'live', by: 'mira' } as const;
    expect(await switchMode(database, clock, wish)).toEqual({ mode: 'live', changed: true, released: 3 });
    for (const id of mine) expect(await stateOf(id)).toEqual(FREED);
    expect(await stateOf(mandate)).toMatchObject({ state: 'parked', waitingFor: 'mandate:7' });
    expect(await stateOf(theirs)).toMatchObject(ASLEEP);
    expect(await audited()).toContainEqual(['mira', 'business.went-live', { mode: 'live', released: 3 }]);
    const entries = (await audited()).length;
    expect(await switchMode(database, clock, wish)).toEqual({ mode: 'live', changed: false, released: 0 });
    expect(await audited()).toHaveLength(entries);
  });

  test('and back: nothing is released, and that is audited too', async () => {
    const { businessId } = await apply({ mode: 'live' });
    const wish = { businessId, mode: 'observe', by: 'mira' } as const;
    expect(await switchMode(database, clock, wish)).toEqual({ mode: 'observe', changed: true, released: 0 });
    expect(await audited()).toContainEqual(['mira', 'business.observes', { mode: 'observe' }]);
    expect(await modeOf()).toBe('observe');
  });

  test('through the file', async () => {
    const { businessId } = await apply();
    const [id = ''] = await park(businessId, WAITING_FOR_GO_LIVE);
    expect(await apply({ mode: 'live' })).toMatchObject({ mode: 'live', released: 1, changed: true });
    expect(await stateOf(id)).toEqual(FREED);
    expect(await audited()).toContainEqual(['cli', 'business.went-live', { mode: 'live', released: 1 }]);
  });

  test('an event that was parked a moment too late is found by the sweep', async () => {
    const { businessId } = await apply({ mode: 'live' });
    const { businessId: other } = await apply({}, 'other');
    const [late = ''] = await park(businessId, WAITING_FOR_GO_LIVE);
    const [theirs = ''] = await park(other, WAITING_FOR_GO_LIVE);
    expect(await releaseLate(database)).toBe(1);
    expect(await stateOf(late)).toEqual(FREED);
    expect(await stateOf(theirs)).toMatchObject(ASLEEP);
  });
});

test('other limits run what waited for them, and what was asked; the same limits do not', async () => {
  const limits = { maxDebitsPerDay: { GBP: 1 } };
  const { businessId } = await apply({ limits });
  const [id = ''] = await park(businessId, WAITING_FOR_LIMIT);
  const [asked = ''] = await storeEvents(database, { businessId });
  await database.prisma.inboundEvent.update({ where: { id: BigInt(asked) }, data: { state: 'done' } });
  await storeFor(database, businessId, { clock }).transaction((tx) =>
    tx.reviews.open({
      kind: 'limit',
      subject: { provider: 'freshbooks', type: 'invoice', id: '101' },
      amount: null,
      reasons: [],
      candidates: [],
      eventId: asked,
    }),
  );
  await apply({ limits, chargeDate: 'as-soon-as-possible' });
  expect(await stateOf(id)).toMatchObject({ state: 'parked' });
  expect(await stateOf(asked)).toMatchObject({ state: 'done' });
  await apply({ limits: { maxDebitsPerDay: { GBP: 2 } } });
  expect(await stateOf(id)).toMatchObject({ state: 'stored', run: 1 });
  expect(await stateOf(asked)).toMatchObject({ state: 'stored', run: 1 });
});

test('a switch and an apply at once: neither undoes the other', async () => {
  const { businessId } = await apply();
  await Promise.all([
    switchMode(database, clock, { businessId, mode: 'live', by: 'mira' }),
    apply({ noMandate: 'pause' }),
    apply({ noMandate: 'pause' }),
  ]);
  const policy = (await findBusiness(database.prisma, 'acme'))?.policy;
  expect(policy).toMatchObject({ mode: 'live', noMandate: 'pause' });
});
