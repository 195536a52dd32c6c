import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEntry } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { countStatements } from '@mlc/testkit/counted-statements';
import { fc } from '@mlc/testkit/property';
import { type Database, openDatabase } from '../postgres/database.ts';
import { listAudit } from '../views/audit.ts';
import { systemClock } from '../clock/system.ts';
import { transactionOf } from '../store/store.ts';
import { appendAll, appendAudit } from './append.ts';
import { auditChains } from './chains.ts';
import { verifyAudit } from './verify.ts';

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

/** What somebody with the rights of the database's owner could do. */
async function tamper(sql: string): Promise<void> {
  await database.pool.query(`BEGIN; SET LOCAL session_replication_role = replica; ${sql}; COMMIT`);
}

beforeEach(() => tamper('TRUNCATE audit_entries, audit_heads, webhook_receipts'));

function entry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    actor: 'system',
    action: 'collection.created',
    subject: { provider: 'freshbooks', type: 'invoice', id: '101' },
    correlationId: 'c-1',
    details: { amountMinor: 1999, currency: 'GBP' },
    ...changes,
  };
}

function append(businessId: string, one: AuditEntry = entry()): Promise<void> {
  return database.transaction((tx) => appendAudit(tx, businessId, systemClock, one));
}

async function appendMany(businessId: string, count: number): Promise<void> {
  for (let index = 1; index <= count; index += 1)
    await append(businessId, entry({ correlationId: `c-${String(index)}` }));
}

async function entriesOf(businessId: string) {
  const entries = [];
  for await (const one of listAudit(database, { businessId })) entries.push(one);
  return entries;
}

describe('the chain', () => {
  test('an empty one is whole', async () => {
    expect(await verifyAudit(database, 'acme')).toEqual({ ok: true, entries: 0 });
  });

  test('starts at 1, links every entry to the one before and verifies', async () => {
    await appendMany('acme', 3);
    const entries = await entriesOf('acme');
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(entries[0]?.prevHash).toBe('0'.repeat(64));
    expect(entries[2]?.prevHash).toBe(entries[1]?.hash);
    expect(await verifyAudit(database, 'acme')).toEqual({ ok: true, entries: 3 });
  });

  test('twenty appends at once give one unbroken chain, every business its own', async () => {
    const businesses = ['acme', 'bolt', 'system'];
    await Promise.all(Array.from({ length: 60 }, (_, index) => append(businesses[index % 3] ?? 'acme')));
    for (const business of businesses)
      expect(await verifyAudit(database, business)).toEqual({ ok: true, entries: 20 });
    expect(await auditChains(database)).toEqual(businesses);
  });

  test('an append that is rolled back leaves no gap', async () => {
    await append('acme');
    const failing = database.transaction(async (tx) => {
      await appendAudit(tx, 'acme', systemClock, entry());
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    await append('acme');
    expect(await verifyAudit(database, 'acme')).toEqual({ ok: true, entries: 2 });
  });

  test('more entries than one page are verified', async () => {
    const many = Array.from({ length: 1_201 }, () => entry());
    await database.transaction((tx) => appendAll(tx, 'acme', systemClock, many));
    expect(await verifyAudit(database, 'acme')).toEqual({ ok: true, entries: 1_201 });
  });

  test('appending outside a transaction is refused', async () => {
    await expect(appendAudit(database.prisma, 'acme', systemClock, entry())).rejects.toThrow(
      /inside a transaction/,
    );
  });

  test('whatever the details say, the stored entry verifies', async () => {
    const json = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }));
    await fc.assert(
      fc.asyncProperty(json, fc.string({ unit: 'binary' }), async (details, text) => {
        await append('odd', entry({ details, actor: text, correlationId: text }));
        expect(await verifyAudit(database, 'odd')).toMatchObject({ ok: true });
      }),
      { numRuns: 25 },
    );
  });
});

describe('tampering', () => {
  test.each([
    ['actor', "actor = 'somebody'"],
    ['action', "action = 'collection.cancelled'"],
    ['subject', `subject = '{"provider":"freshbooks","type":"invoice","id":"102"}'`],
    ['details', `details = details || '{"amountMinor":1}'`],
    ['correlation id', 'correlation_id = NULL'],
    ['time', "at = at + interval '1 ms'"],
    ['hash', "hash = repeat('a', 64)"],
    ['previous hash', "prev_hash = repeat('a', 64)"],
  ])('a changed %s breaks the chain there', async (_field, change) => {
    await appendMany('acme', 5);
    await tamper(`UPDATE audit_entries SET ${change} WHERE business_id = 'acme' AND seq = 3`);
    expect(await verifyAudit(database, 'acme')).toEqual({ ok: false, brokenAt: 3 });
  });

  test.each([
    ['a missing entry', 'DELETE FROM audit_entries WHERE seq = 3', 3],
    ['a missing first entry', 'DELETE FROM audit_entries WHERE seq = 1', 1],
    ['a cut tail', 'DELETE FROM audit_entries WHERE seq > 3', 4],
    ['everything cut off', 'DELETE FROM audit_entries', 1],
    ['a lost head', 'DELETE FROM audit_heads', 1],
    ['a head set back', 'UPDATE audit_heads SET seq = 3', 4],
    ['a head with another hash', "UPDATE audit_heads SET hash = repeat('b', 64)", 5],
    [
      'two entries that changed places',
      'UPDATE audit_entries SET seq = 99 WHERE seq = 2; UPDATE audit_entries SET seq = 2 WHERE seq = 4; UPDATE audit_entries SET seq = 4 WHERE seq = 99',
      2,
    ],
    ['an entry taken to another business', "UPDATE audit_entries SET business_id = 'bolt' WHERE seq = 5", 5],
  ])('%s is noticed', async (_what, sql, brokenAt) => {
    await appendMany('acme', 5);
    await tamper(sql);
    expect(await verifyAudit(database, 'acme')).toEqual({ ok: false, brokenAt });
  });

  test.each([
    'UPDATE audit_entries SET actor = actor',
    'DELETE FROM audit_entries',
    'TRUNCATE audit_entries',
  ])('the table refuses %s', async (sql) => {
    await append('acme');
    await expect(database.pool.query(sql)).rejects.toThrow(/append-only/);
  });
});

test('the list can be limited to the newest entries', async () => {
  await appendMany('acme', 5);
  await appendMany('bolt', 1);
  const limited = [];
  for await (const { seq } of listAudit(database, { businessId: 'acme', limit: 2 })) limited.push(seq);
  expect(limited).toEqual([4, 5]);
  const everywhere = [];
  for await (const { seq } of listAudit(database, { limit: 3 })) everywhere.push(seq);
  expect(everywhere).toEqual([4, 5, 1]);
});

test('appends of one process and of others, at once and in turn, give one whole chain', async () => {
  const others = openDatabase(testDatabase.url, 3);
  const appendOn = (whose: Database) =>
    transactionOf(whose, 'turns', { clock: systemClock }, (tx) => tx.audit.append(entry()));
  const failing = () =>
    transactionOf(database, 'turns', { clock: systemClock }, async (tx) => {
      await tx.audit.append(entry());
      await tx.collections.update('none', { state: 'failed' });
      await tx.postings.update('none', { note: '' });
    });
  for (let round = 0; round < 4; round += 1) {
    await appendOn(database);
    await appendOn(database);
    await expect(failing()).rejects.toThrow('there is no collection');
    await Promise.all([database, others, database, others, database].map(appendOn));
    await others.pool.query(
      `INSERT INTO webhook_receipts (business_id, connection_id, kind, details) VALUES ('turns', 'c1', 'stored', '{}')`,
    );
    await appendOn(database);
  }
  await others.close();
  expect(await verifyAudit(database, 'turns')).toEqual({ ok: true, entries: 36 });
});

test('an append behind the own one goes out with COMMIT; the ingress having seen something, it goes first', async () => {
  const appendOwn = () =>
    transactionOf(database, 'own', { clock: systemClock }, (tx) => tx.audit.append(entry()));
  await appendOwn();
  await appendOwn();
  const counted = countStatements();
  await appendOwn();
  counted.stop();
  expect(counted.sent.map((text) => text.trim().split(/\s/)[0])).toEqual([
    ...['BEGIN', 'SELECT'],
    ...['WITH', 'COMMIT'],
  ]);
  expect(counted.roundTrips).toBe(2);
  await database.pool.query(
    `INSERT INTO webhook_receipts (business_id, connection_id, kind, details) VALUES ('own', 'c1', 'stored', '{}')`,
  );
  await appendOwn();
  const { rows } = await database.pool.query<{ action: string }>(
    `SELECT action FROM audit_entries WHERE business_id = 'own' ORDER BY seq`,
  );
  expect(rows.slice(3).map(({ action }) => action)).toEqual(['webhook.stored', 'collection.created']);
  expect(await verifyAudit(database, 'own')).toEqual({ ok: true, entries: 5 });
});
