import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { verifyAudit } from '../audit/verify.ts';
import { type BusinessFileInput, BusinessFileError, checkBusinessFile } from '../config/business-file.ts';
import { openVault } from '../vault/vault.ts';
import { applyBusiness } from './apply-business.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { migrate, MIGRATIONS_DIR } from '../postgres/migrate.ts';
import { heldConnections, heldText } from './ownership.ts';
import { WishRefusedError } from '../answers/person-says.ts';
import { renameBusiness } from './rename-business.ts';
import { businessViews } from '../views/businesses.ts';

jest.setTimeout(60_000);

const vault = openVault([{ id: 'k1', key: randomBytes(32) }]);
const clock = { now: () => new Date('2026-11-20T12:00:00Z') };
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
  await database.pool.query('TRUNCATE businesses, connections, secrets, callbacks, audit_heads');
  await database.pool.query('SET LOCAL session_replication_role = replica; DELETE FROM audit_entries');
});

const freshbooks = (accountId: string) => ({
  accountId,
  accessToken: `access-${accountId}`,
  refreshToken: `refresh-${accountId}`,
  expiresAt: '2026-11-21T12:00:00Z',
});
const paypal = (merchantId: string) => ({
  environment: 'live' as const,
  clientId: `client-${merchantId}`,
  clientSecret: 'pp-secret',
  merchantId,
});
const gocardless = {
  environment: 'sandbox' as const,
  accessToken: 'gc-access',
  webhookSecrets: ['gc-secret'],
};
const file = (business: string, connections: BusinessFileInput['connections']): BusinessFileInput => ({
  business,
  timezone: 'Europe/London',
  connections,
});

const apply = (input: BusinessFileInput) => applyBusiness(database, vault, clock, checkBusinessFile(input));
const rename = (from: string, to: string) => renameBusiness(database, clock, { from, to, by: 'cli' });
const slugs = async () => (await businessViews(database.prisma)).map(({ business }) => business);

async function everything(): Promise<unknown> {
  const tables = ['businesses', 'connections', 'secrets', 'audit_entries'];
  return Promise.all(
    tables.map(
      async (table) => (await database.pool.query(`SELECT * FROM ${table} ORDER BY 1, 2`)).rows as unknown,
    ),
  );
}

describe('an account belongs to one business', () => {
  test('the same file under a second name is refused, names the owner and the way, and stores nothing', async () => {
    await apply(file('acme', { freshbooks: freshbooks('xZNQ1X'), gocardless }));
    const before = await everything();
    const second = apply(file('acme-ltd', { freshbooks: freshbooks('xZNQ1X'), gocardless }));
    await expect(second).rejects.toThrow(BusinessFileError);
    await expect(second).rejects.toThrow(
      /connections\.freshbooks\.accountId: FreshBooks account xZNQ1X belongs to business acme.*mlc business rename acme acme-ltd/,
    );
    expect(await everything()).toEqual(before);
  });

  test('so is a PayPal merchant, in a new business and in one that is there', async () => {
    await apply(file('acme', { freshbooks: freshbooks('one'), paypal: paypal('M1') }));
    await apply(file('bolt', { freshbooks: freshbooks('two') }));
    const merchant = { paypal: paypal('M1') };
    await expect(apply(file('cog', merchant))).rejects.toThrow(/PayPal merchant M1 belongs to business acme/);
    await expect(apply(file('bolt', merchant))).rejects.toThrow(
      /merchantId: .* business acme.*apply it as acme/,
    );
    await apply(file('acme', { paypal: paypal('M2') }));
    await apply(file('bolt', merchant));
    expect(await businessViews(database.prisma)).toMatchObject([
      { business: 'acme', connections: { freshbooks: { account: 'one' }, paypal: { account: 'M2' } } },
      { business: 'bolt', connections: { freshbooks: { account: 'two' }, paypal: { account: 'M1' } } },
    ]);
  });

  test('a GoCardless account may serve several businesses', async () => {
    await apply(file('acme', { freshbooks: freshbooks('one'), gocardless }));
    await apply(file('bolt', { freshbooks: freshbooks('two'), gocardless }));
    expect(await slugs()).toEqual(['acme', 'bolt']);
  });

  test('of many names at once one wins, and the others are told which', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const connections = { freshbooks: freshbooks('xZNQ1X'), paypal: paypal('M1') };
    const outcomes = await Promise.allSettled(names.map((name) => apply(file(name, connections))));
    const [winner, ...others] = await slugs();
    expect(others).toEqual([]);
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as Error] : [],
    );
    expect(refused).toHaveLength(5);
    for (const { message } of refused) expect(message).toContain(`belongs to business ${winner ?? ''}`);
  });

  test('Postgres itself allows no second one, whoever writes it', async () => {
    const { businessId } = await apply(file('acme', { freshbooks: freshbooks('xZNQ1X') }));
    const insert = `INSERT INTO connections (id, business_id, provider, environment, settings)
      SELECT 'second', 'other-business', provider, environment, settings FROM connections WHERE business_id = $1`;
    await expect(database.pool.query(insert, [businessId])).rejects.toMatchObject({ code: '23505' });
  });
});

describe('renaming', () => {
  test('keeps the business and is audited; the old name is refused from then on', async () => {
    const connections = { freshbooks: freshbooks('xZNQ1X'), gocardless };
    const { businessId, connections: ids } = await apply(file('acme', connections));
    expect(await rename('acme', 'acme-ltd')).toBe(businessId);
    const [view, ...others] = await businessViews(database.prisma);
    expect(others).toEqual([]);
    expect(view).toMatchObject({ business: 'acme-ltd', displayName: 'acme-ltd', connections: ids });
    const [entry] = await database.prisma.auditEntry.findMany({
      where: { businessId },
      orderBy: { seq: 'desc' },
    });
    expect(entry).toMatchObject({
      actor: 'cli',
      action: 'business.renamed',
      details: { from: 'acme', to: 'acme-ltd' },
    });
    expect(await verifyAudit(database, businessId)).toMatchObject({ ok: true });
    await expect(apply(file('acme', connections))).rejects.toThrow(/belongs to business acme-ltd/);
    expect((await apply(file('acme-ltd', connections))).changed).toBe(false);
  });

  test('keeps a name for people that the file gave', async () => {
    await apply({ ...file('acme', {}), displayName: 'Acme Ltd' });
    await rename('acme', 'acme-2');
    expect(await businessViews(database.prisma)).toMatchObject([
      { business: 'acme-2', displayName: 'Acme Ltd' },
    ]);
  });

  test.each([
    ['nobody', 'somebody', /there is no business nobody/],
    ['acme', 'bolt', /there is a business bolt already/],
    ['acme', 'acme', /there is a business acme already/],
    ['acme', 'Acme Ltd', /is no short name/],
  ])('%s to %s is refused', async (from, to, message) => {
    await apply(file('acme', {}));
    await apply(file('bolt', {}));
    const before = await everything();
    await expect(rename(from, to)).rejects.toThrow(WishRefusedError);
    await expect(rename(from, to)).rejects.toThrow(message);
    expect(await everything()).toEqual(before);
  });
});

describe('businesses from before that share an account', () => {
  let folder: string;
  let old: TestDatabase;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlc-migrations-'));
    const earlier = (await readdir(MIGRATIONS_DIR)).filter((name) => name < '20261130130010');
    for (const name of earlier) await cp(join(MIGRATIONS_DIR, name), join(folder, name), { recursive: true });
    old = await createTestDatabase();
    const emptied = openDatabase(old.url);
    await emptied.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await emptied.close();
    await migrate(old.url, `${folder}/`);
  });

  afterEach(async () => {
    await old.drop();
    await rm(folder, { recursive: true });
  });

  test('the oldest keeps it, the others are held, and both are named', async () => {
    const doubled = openDatabase(old.url);
    await doubled.pool.query(`
      INSERT INTO businesses (id, slug, display_name, timezone, notify_emails, policy)
        VALUES ('1', 'acme-ltd', '', 'UTC', '{}', '{}'), ('2', 'acme', '', 'UTC', '{}', '{}'), ('3', 'bolt', '', 'UTC', '{}', '{}');
      INSERT INTO connections (id, business_id, provider, environment, settings, created_at) VALUES
        ('c1', '1', 'freshbooks', 'live', '{"accountId":"xZNQ1X"}', '2026-11-02T00:00:00Z'),
        ('c2', '2', 'freshbooks', 'live', '{"accountId":"xZNQ1X"}', '2026-11-01T00:00:00Z'),
        ('c3', '3', 'freshbooks', 'live', '{"accountId":"other"}', '2026-11-03T00:00:00Z'),
        ('c4', '1', 'paypal', 'live', '{"merchantId":"M1"}', '2026-11-01T00:00:00Z'),
        ('c5', '3', 'paypal', 'live', '{"merchantId":"M2"}', '2026-11-01T00:00:00Z'),
        ('c6', '1', 'gocardless', 'live', '{}', '2026-11-01T00:00:00Z'),
        ('c7', '2', 'gocardless', 'live', '{}', '2026-11-01T00:00:00Z')`);
    const warnings: string[] = [];
    await migrate(old.url, MIGRATIONS_DIR, (warning) => warnings.push(warning));
    expect(warnings).toEqual([
      expect.stringMatching(/freshbooks account xZNQ1X .*: acme keeps it, and acme-ltd is held/),
    ]);
    const { rows } = await doubled.pool.query(`SELECT id, state FROM connections ORDER BY id`);
    expect(rows.filter(({ state }: { state: string }) => state === 'held')).toEqual([
      { id: 'c1', state: 'held' },
    ]);
    const held = await heldConnections(doubled);
    expect(held).toEqual([
      { business: 'acme-ltd', provider: 'freshbooks', account: 'xZNQ1X', owner: 'acme' },
    ]);
    expect(held.map(heldText)).toEqual([
      expect.stringMatching(
        /FreshBooks account xZNQ1X belongs to business acme; business acme-ltd .* is held/,
      ),
    ]);
    const again = applyBusiness(
      doubled,
      vault,
      clock,
      checkBusinessFile(file('acme-ltd', { freshbooks: freshbooks('xZNQ1X') })),
    );
    await expect(again).rejects.toThrow(/belongs to business acme, .* apply it as acme/);
    await doubled.close();
  });
});
