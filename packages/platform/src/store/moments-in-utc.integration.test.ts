import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import type { AuditEntry } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { appendAll } from '../audit/append.ts';
import { PrismaClient } from '../postgres/generated/client.ts';
import { migrate, MIGRATIONS_DIR } from '../postgres/migrate.ts';
import { newClient } from '../postgres/postgres.ts';

const HOUR_MS = 3_600_000;

const NAME = '20261130100000_moments_in_utc';

const opened: TestDatabase[] = [];
/** Folders with the migrations of the version before, and with this one as well. */
let before: string;
let upToThis: string;

beforeAll(async () => {
  const names = await readdir(MIGRATIONS_DIR);
  before = await copyOf(names.filter((name) => name < NAME));
  upToThis = await copyOf(names.filter((name) => name <= NAME));
});

afterAll(async () => {
  for (const database of opened) await database.drop();
  for (const folder of [before, upToThis]) await rm(folder, { recursive: true });
});

async function copyOf(names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mlc-migrations-'));
  for (const name of names) await cp(join(MIGRATIONS_DIR, name), join(folder, name), { recursive: true });
  return folder;
}

/** As the version before left it. */
async function newDatabase(): Promise<string> {
  const database = await createTestDatabase();
  opened.push(database);
  await inUtc(database.url, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await migrate(database.url, before);
  return database.url;
}

const mend = (url: string): Promise<string[]> => migrate(url, upToThis);

/** A statement on a connection as the product's are now. */
async function inUtc<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  return connected(url, async (client) => (await client.query<Row>(sql)).rows);
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = newClient(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Those that Postgres stamps itself, and the audit log. */
const NEVER_OFF = [
  'audit_entries.at',
  'inbound_events.queued_at',
  'inbound_events.received_at',
  'poll_cursors.updated_at',
  'polled_connections.last_run_at',
  'webhook_receipts.at',
];

interface Column {
  readonly name: string;
  readonly column: string;
  readonly type: string;
  /** Has to be said. */
  readonly needed: boolean;
}

const isMoment = ({ name, column, type }: Column): boolean =>
  type.startsWith('timestamp') && !NEVER_OFF.includes(`${name}.${column}`);

/** Of all tables with moments that Prisma writes: those moments, and what a row cannot be without. */
async function columnsIn(url: string): Promise<Column[]> {
  const columns = await inUtc<Column>(
    url,
    `SELECT table_name AS name, column_name AS column, data_type AS type,
       is_nullable = 'NO' AND column_default IS NULL AS needed
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%' ORDER BY 1, 2`,
  );
  const tables = new Set(columns.filter(isMoment).map(({ name }) => name));
  return columns.filter(
    (each) => tables.has(each.name) && (each.needed || isMoment(each) || each.column === 'state'),
  );
}

function valueOf(each: Column, business: string, at: Date): unknown {
  if (each.column === 'recheck_at') return new Date(at.getTime() + 20_000);
  if (isMoment(each)) return at;
  if (each.column === 'state') return 'done';
  if (each.column === 'credit') return `credit of ${business}`;
  if (each.type === 'jsonb') return '{}';
  return each.type === 'text' ? business : each.type === 'bytea' ? '' : 1;
}

function entry(action: string, details: AuditEntry['details']): AuditEntry {
  const subject = { provider: 'mlc', type: 'x', id: '1' };
  return { actor: 'system', action, subject, correlationId: null, details };
}

/**
 * Writes a row into each table for each moment as the version before did: through Prisma, in whatever zone the session is,
 * in one transaction with what the audit log says about it.
 */
async function writeAsBefore(url: string, zone: string, moments: readonly string[]): Promise<void> {
  const columns = await columnsIn(url);
  const tables = [...new Set(columns.map(({ name }) => name))];
  await inUtc(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET timezone = '${zone}'`);
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
  for (const moment of moments) {
    const at = new Date(moment);
    await prisma.$transaction(async (tx) => {
      for (const table of tables) {
        const own = columns.filter(({ name }) => name === table);
        const names = own.map(({ column }) => `"${column}"`).join(', ');
        const places = own.map((_, index) => `$${index + 1}`).join(', ');
        const values = own.map((each) => valueOf(each, moment, at));
        await tx.$executeRawUnsafe(`INSERT INTO "${table}" (${names}) VALUES (${places})`, ...values);
      }
      const events = await tx.$queryRaw<{ id: bigint }[]>`
        SELECT id FROM inbound_events WHERE business_id = ${moment}`;
      // What is noted at the end of a transaction is noted a little later.
      const clock = { now: () => new Date(at.getTime() + 700) };
      await appendAll(tx, moment, clock, [
        entry('business.applied', {}),
        entry('event.done', { eventId: String(events[0]?.id) }),
        entry('review.opened', { reviewId: moment }),
        entry('event.dead', { deadLetterId: moment }),
      ]);
    });
  }
  await prisma.$disconnect();
}

/** Every moment that Prisma wrote, by column. */
async function momentsIn(url: string): Promise<Record<string, unknown>> {
  const columns = (await columnsIn(url)).filter(isMoment);
  return connected(url, async (client) => {
    const moments: Record<string, unknown> = {};
    for (const { name, column } of columns) {
      const { rows } = await client.query(`SELECT "${column}" AS at FROM "${name}" ORDER BY 1`);
      moments[`${name}.${column}`] = rows;
    }
    return moments;
  });
}

/** The version of each row: what no statement touched has the same one afterwards. */
async function versionsIn(url: string): Promise<unknown> {
  const tables = new Set((await columnsIn(url)).map(({ name }) => name));
  return Promise.all(
    [...tables].map((name) => inUtc(url, `SELECT xmin::text, ctid::text FROM "${name}" ORDER BY 2`)),
  );
}

const SUMMER = ['2026-06-30T22:30:00.123Z', '2026-07-01T09:00:00Z', '2026-07-01T23:59:59Z'];
const WINTER = ['2026-11-20T00:10:00Z', '2026-11-21T12:00:00Z', '2026-11-24T10:00:00.5Z'];

test.each(['Australia/Sydney', 'America/New_York', 'Asia/Kolkata', 'Europe/London', 'Pacific/Auckland'])(
  'what was written in %s, in summer and in winter, is as if it had been written in UTC',
  async (zone) => {
    const [shifted, right] = [await newDatabase(), await newDatabase()];
    await writeAsBefore(shifted, zone, [...SUMMER, ...WINTER]);
    await writeAsBefore(right, 'UTC', [...SUMMER, ...WINTER]);
    expect(await momentsIn(shifted)).not.toEqual(await momentsIn(right));
    await mend(shifted);
    expect(await momentsIn(shifted)).toEqual(await momentsIn(right));
  },
);

test('where the server was in UTC no row is touched', async () => {
  const url = await newDatabase();
  await writeAsBefore(url, 'UTC', [...SUMMER, ...WINTER]);
  const before = await versionsIn(url);
  await mend(url);
  expect(await versionsIn(url)).toEqual(before);
});

// After New York the last four hours cannot be told from right ones: a right moment as late would fit as well.
test.each([
  ['Australia/Sydney', 3],
  ['America/New_York', 2],
])('where the server was moved from %s to UTC, what is right stays right', async (zone, told) => {
  const [moved, right] = [await newDatabase(), await newDatabase()];
  await writeAsBefore(moved, zone, SUMMER);
  await writeAsBefore(moved, 'UTC', WINTER);
  await writeAsBefore(right, 'UTC', [...SUMMER.slice(0, told), ...WINTER]);
  await writeAsBefore(right, zone, SUMMER.slice(told));
  await mend(moved);
  expect(await momentsIn(moved)).toEqual(await momentsIn(right));
});

test('a moment without a pair is mended by those around it, unless another one fits as well', async () => {
  const url = await newDatabase();
  await writeAsBefore(url, 'Australia/Sydney', WINTER.slice(0, 2));
  await writeAsBefore(url, 'UTC', WINTER.slice(2));
  const link = (id: string, at: string) =>
    inUtc(url, `INSERT INTO client_links VALUES ('lone', '${id}', '', '', '${at}')`);
  // Written at 15:00 between two that are off; read up to the last of them; long after it; and beside the right one.
  await link('between', '2026-11-20T04:00:00Z');
  await link('after the last', '2026-11-21T04:00:00Z');
  await link('beside the right one', '2026-11-24T10:00:00Z');
  await mend(url);
  expect(
    await inUtc(url, `SELECT client_id, linked_at FROM client_links WHERE business_id = 'lone' ORDER BY 2`),
  ).toEqual([
    { client_id: 'between', linked_at: new Date('2026-11-20T15:00:00Z') },
    { client_id: 'after the last', linked_at: new Date('2026-11-21T04:00:00Z') },
    { client_id: 'beside the right one', linked_at: new Date('2026-11-24T10:00:00Z') },
  ]);
});

test('a list is never taken for read beyond the moment at which that was noted', async () => {
  const url = await newDatabase();
  await writeAsBefore(url, 'America/New_York', [...SUMMER, ...WINTER]);
  const ahead = new Date(Date.now() + 5 * HOUR_MS).toISOString();
  await inUtc(
    url,
    `INSERT INTO poll_cursors VALUES ('lone', 'events', '${ahead}', now() - interval '1 hour')`,
  );
  await mend(url);
  const [row] = await inUtc<{ read: Date }>(
    url,
    `SELECT read_up_to AS read FROM poll_cursors WHERE connection_id = 'lone'`,
  );
  expect(row?.read.getTime()).toBeLessThanOrEqual(Date.now());
});

test('the append-only tables are append-only again afterwards', async () => {
  const url = await newDatabase();
  await writeAsBefore(url, 'America/New_York', WINTER);
  await mend(url);
  await expect(inUtc(url, `UPDATE ledger_entries SET note = 'x'`)).rejects.toThrow('append-only');
});
