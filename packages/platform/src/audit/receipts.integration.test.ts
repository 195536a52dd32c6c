import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEntry } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { type Database, openDatabase } from '../postgres/database.ts';
import { listAudit } from '../views/audit.ts';
import { systemClock } from '../clock/system.ts';
import { appendAudit } from './append.ts';
import { businessesWithReceipts, foldReceipts } from './fold.ts';
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

beforeEach(async () => {
  await database.pool.query(`BEGIN; SET LOCAL session_replication_role = replica;
    TRUNCATE audit_entries, audit_heads, webhook_receipts; COMMIT`);
});

const ENTRY: AuditEntry = {
  actor: 'system',
  action: 'collection.created',
  subject: { provider: 'freshbooks', type: 'invoice', id: '101' },
  correlationId: 'c-1',
  details: { amountMinor: 1999, currency: 'GBP' },
};

function append(businessId: string): Promise<void> {
  return database.transaction((tx) => appendAudit(tx, businessId, systemClock, ENTRY));
}

async function entriesOf(businessId: string) {
  const entries = [];
  for await (const one of listAudit(database, { businessId })) entries.push(one);
  return entries;
}

describe('receipts of the ingress', () => {
  async function receipt(businessId: string, kind: string, stored: number): Promise<void> {
    await database.pool.query(
      `INSERT INTO webhook_receipts (business_id, connection_id, kind, details) VALUES ($1, 'conn-1', $2, $3)`,
      [businessId, kind, { stored, duplicates: 0, eventIds: ['EV1'] }],
    );
  }

  test('go into the chain before the next entry, oldest first, and only those of the business', async () => {
    await receipt('acme', 'stored', 1);
    await receipt('bolt', 'stored', 2);
    await receipt('acme', 'refused', 0);
    await append('acme');
    const entries = await entriesOf('acme');
    expect(entries.map(({ action }) => action)).toEqual([
      'webhook.stored',
      'webhook.refused',
      'collection.created',
    ]);
    expect(entries[0]).toMatchObject({
      actor: 'system',
      subject: { provider: 'mlc', type: 'connection', id: 'conn-1' },
      details: { stored: 1, duplicates: 0, eventIds: ['EV1'] },
    });
    expect(await businessesWithReceipts(database)).toEqual(['bolt']);
    expect(await verifyAudit(database, 'acme')).toEqual({ ok: true, entries: 3 });
  });

  test('a rolled back append leaves them for the next one', async () => {
    await receipt('acme', 'stored', 1);
    const failing = database.transaction(async (tx) => {
      await appendAudit(tx, 'acme', systemClock, ENTRY);
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    await append('acme');
    expect(await entriesOf('acme')).toHaveLength(2);
  });

  test('a flood is folded in parts, each receipt once, also by several at once', async () => {
    await database.pool.query(
      `INSERT INTO webhook_receipts (business_id, connection_id, kind, details)
       SELECT 'acme', 'conn-1', 'stored', jsonb_build_object('stored', n) FROM generate_series(1, 1000) AS n`,
    );
    const folded = await Promise.all([1, 2, 3].map(() => foldReceipts(database, 'acme', systemClock)));
    expect(folded.reduce((sum, count) => sum + count, 0)).toBe(1_000);
    expect(await foldReceipts(database, 'acme', systemClock)).toBe(0);
    expect((await entriesOf('acme')).map(({ details }) => details['stored'])).toEqual(
      Array.from({ length: 1_000 }, (_, index) => index + 1),
    );
    expect(await verifyAudit(database, 'acme')).toEqual({ ok: true, entries: 1_000 });
  });
});
