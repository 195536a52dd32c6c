import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { type Database, openDatabase } from '../postgres/database.ts';
import { type Inbox, type InboxDelivery, type InboxEvent, InboxUnavailable, openInbox } from './inbox.ts';

let testDatabase: TestDatabase;
let database: Database;
let inbox: Inbox;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
  inbox = openInbox(testDatabase.url);
});

beforeEach(async () => {
  await database.pool.query('TRUNCATE inbound_events, webhook_receipts');
});

afterAll(async () => {
  await inbox.close();
  await database.close();
  await testDatabase.drop();
});

function event(externalEventId: string, changes: Partial<InboxEvent> = {}): InboxEvent {
  return {
    type: 'payments.confirmed',
    externalEventId,
    resourceId: 'PM1',
    payload: `{"id":"${externalEventId}"}`,
    flow: 'payment-to-freshbooks',
    ...changes,
  };
}

function delivery(events: readonly InboxEvent[], connectionId = 'c1'): InboxDelivery {
  return {
    businessId: `business-of-${connectionId}`,
    connectionId,
    provider: 'gocardless',
    correlationId: 'k1',
    events,
    unreadableFlow: 'payment-to-freshbooks',
  };
}

interface Receipt {
  connection_id: string;
  details: {
    stored: number;
    duplicates: number;
    eventIds: string[];
    duplicateIds: string[];
    ranAgainIds?: string[];
  };
}

async function receipts(): Promise<Receipt[]> {
  const { rows } = await database.pool.query<Receipt>(
    'SELECT connection_id, details FROM webhook_receipts ORDER BY id',
  );
  return rows;
}

async function stored(): Promise<Record<string, string>[]> {
  const { rows } = await database.pool.query<Record<string, string>>(
    'SELECT * FROM inbound_events ORDER BY id',
  );
  return rows;
}

test('a delivery is stored event by event, in its order, with everything the worker needs', async () => {
  const events = [
    event('EV1'),
    event('EV2', { flow: null, resourceId: 'MD1', payload: 'é€😀 "quoted" \\ {a,b}' }),
  ];
  expect(await inbox.store(delivery(events))).toEqual({ accepted: 2, duplicates: 0 });
  expect(await stored()).toMatchObject([
    { external_event_id: 'EV1', flow: 'payment-to-freshbooks', state: 'stored', correlation_id: 'k1' },
    { external_event_id: 'EV2', flow: null, resource_id: 'MD1', payload: 'é€😀 "quoted" \\ {a,b}' },
  ]);
  expect(await receipts()).toEqual([
    {
      connection_id: 'c1',
      details: { stored: 2, duplicates: 0, eventIds: ['EV1', 'EV2'], duplicateIds: [] },
    },
  ]);
});

test('duplicates are counted wherever they are: in the store, in the delivery, in the same batch', async () => {
  await inbox.store(delivery([event('EV1')]));
  const answers = await Promise.all([
    inbox.store(delivery([event('EV1'), event('EV2'), event('EV2')])),
    inbox.store(delivery([event('EV2'), event('EV3')])),
    inbox.store(delivery([event('EV2')], 'c2')),
  ]);
  expect(answers).toEqual([
    { accepted: 1, duplicates: 2 },
    { accepted: 1, duplicates: 1 },
    { accepted: 1, duplicates: 0 },
  ]);
  const ofBatch = (await receipts()).slice(1);
  expect(ofBatch.find((row) => row.connection_id === 'c1')?.details).toEqual({
    stored: 2,
    duplicates: 3,
    eventIds: ['EV2', 'EV3'],
    duplicateIds: ['EV1', 'EV2'],
  });
  expect(ofBatch.find((row) => row.connection_id === 'c2')?.details.stored).toBe(1);
});

test('an empty delivery is nothing to store', async () => {
  expect(await inbox.store(delivery([]))).toEqual({ accepted: 0, duplicates: 0 });
});

test('whatever is delivered at once, in any split and with any repetition: each event once, every count right', async () => {
  const deliveries = fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(deliveries, async (ids) => {
      await database.pool.query('TRUNCATE inbound_events');
      const answers = await Promise.all(
        ids.map((numbers) => inbox.store(delivery(numbers.map((number) => event(`EV${number}`))))),
      );
      answers.forEach((answer, index) =>
        expect(answer.accepted + answer.duplicates).toBe(ids[index]?.length),
      );
      const distinct = new Set(ids.flat()).size;
      expect(answers.reduce((sum, answer) => sum + answer.accepted, 0)).toBe(distinct);
      expect(await stored()).toHaveLength(distinct);
    }),
    { numRuns: 40 },
  );
});

describe('what Postgres cannot hold', () => {
  const poison: [string, InboxEvent][] = [
    ['NUL in the payload', event('P1', { payload: 'a\0b' })],
    ['NUL in the id', event('P\0')],
    ['a lone surrogate', event('P3', { resourceId: '\ud800' })],
    ['an id longer than an index row', event('P4'.repeat(2_000))],
  ];

  test.each(poison)('%s: stored as unreadable, its neighbours as they are', async (_name, poisoned) => {
    const answer = await inbox.store(delivery([event('A'), poisoned, event('B')]));
    expect(answer).toEqual({ accepted: 3, duplicates: 0 });
    expect((await stored()).map((row) => row['type'])).toEqual([
      'payments.confirmed',
      'unreadable',
      'payments.confirmed',
    ]);
    expect(await inbox.store(delivery([poisoned]))).toEqual({ accepted: 0, duplicates: 1 });
  });

  test('an event that Postgres refuses for a reason nobody foresaw loses only itself', async () => {
    await database.pool.query(
      `ALTER TABLE inbound_events ADD CONSTRAINT odd CHECK (payload <> '{"id":"ODD"}')`,
    );
    const answers = await Promise.all([
      inbox.store(delivery([event('A'), event('ODD'), event('B')])),
      inbox.store(delivery([event('C')])),
    ]);
    await database.pool.query('ALTER TABLE inbound_events DROP CONSTRAINT odd');
    expect(answers.map((answer) => answer.accepted)).toEqual([3, 1]);
    const rows = await stored();
    expect(rows.map((row) => row['type']).filter((type) => type === 'unreadable')).toHaveLength(1);
    expect(rows).toHaveLength(4);
  });
});

test('wakes the dispatcher when something new is stored, and only then', async () => {
  const client = await database.pool.connect();
  let wakes = 0;
  client.on('notification', () => (wakes += 1));
  await client.query('LISTEN mlc_wake');
  await inbox.store(delivery([event('W1')]));
  await client.query('SELECT 1');
  expect(wakes).toBe(1);
  await inbox.store(delivery([event('W1')]));
  await client.query('SELECT 1');
  expect(wakes).toBe(1);
  client.release(true);
});

describe('Postgres cannot commit', () => {
  test('a read-only database refuses, and takes deliveries again afterwards', async () => {
    const name = new URL(testDatabase.url).pathname.slice(1);
    const readOnly = openInbox(testDatabase.url);
    await database.pool.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await expect(readOnly.store(delivery([event('R1')]))).rejects.toBeInstanceOf(InboxUnavailable);
    await database.pool.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mlc-inbox' AND datname = $1`,
      [name],
    );
    await expect(storeWhenPossible(readOnly, delivery([event('R1')]))).resolves.toBeDefined();
    await readOnly.close();
  });

  test('a lock held for too long ends in a refusal, not in a hang', async () => {
    const hasty = openInbox(testDatabase.url, { statementMsMax: 100 });
    const client = await database.pool.connect();
    await client.query('BEGIN; LOCK TABLE inbound_events IN ACCESS EXCLUSIVE MODE');
    await expect(hasty.store(delivery([event('L1')]))).rejects.toBeInstanceOf(InboxUnavailable);
    await client.query('ROLLBACK');
    client.release();
    expect(await hasty.store(delivery([event('L1')]))).toEqual({ accepted: 1, duplicates: 0 });
    await hasty.close();
  });

  test('more than may wait is refused at once', async () => {
    const small = openInbox(testDatabase.url, { waitingLengthMax: 1 });
    const answers = await Promise.allSettled([
      small.store(delivery([event('O1')])),
      small.store(delivery([event('O2')])),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected']);
    await small.close();
  });
});

async function storeWhenPossible(target: Inbox, what: InboxDelivery): Promise<unknown> {
  for (let attempt = 1; attempt < 20; attempt += 1) {
    try {
      return await target.store(what);
    } catch {
      // Connections cut while idle are noticed at the latest by the first use.
    }
  }
  return target.store(what);
}

describe('an event that is told again', () => {
  const tellAgain = async (end: Record<string, string | null>) => {
    await inbox.store(delivery([event('EV1'), event('EV2')]));
    const columns = Object.keys(end).map((name, index) => `${name} = $${index + 1}`);
    await database.pool.query(
      `UPDATE inbound_events SET ${columns.join(', ')} WHERE external_event_id = 'EV1'`,
      Object.values(end),
    );
    await database.pool.query(`UPDATE inbound_events SET state = 'done' WHERE external_event_id = 'EV2'`);
    expect(await inbox.store(delivery([event('EV1'), event('EV2'), event('EV3')]))).toEqual({
      accepted: 1,
      duplicates: 2,
    });
    return (await stored()).map(({ state, run }) => [state, run]);
  };

  test.each<[string, Record<string, string | null>]>([
    [
      'was not shown by its provider',
      { state: 'parked', waiting_for: 'provider', unseen_since: '2026-11-30T08:00:00Z' },
    ],
    ['ended without effect', { state: 'skipped', ending: 'nothing-moved' }],
    [
      'ended in silence before that was impossible',
      { state: 'skipped', ending: null, reason: 'a test event?' },
    ],
    ['died', { state: 'dead' }],
  ])('and %s runs again', async (_case, end) => {
    expect(await tellAgain(end)).toEqual([
      ['stored', 1],
      ['done', 0],
      ['stored', 0],
    ]);
    const [first] = await stored();
    expect(first).toMatchObject({ waiting_for: null, ending: null, reason: null });
    if (end['unseen_since'] !== undefined) expect(first?.['unseen_since']).not.toBeNull();
    expect((await receipts()).at(-1)?.details).toMatchObject({ duplicates: 2, ranAgainIds: ['EV1'] });
  });

  test.each<[string, Record<string, string | null>]>([
    ['had its effect', { state: 'done' }],
    ['is under way', { state: 'queued' }],
    ['is of a kind nobody follows', { state: 'skipped', ending: 'not-followed' }],
    ['waits for a mandate', { state: 'parked', waiting_for: 'mandate:7' }],
    ['waits for go-live', { state: 'parked', waiting_for: 'go-live' }],
  ])('and %s does not', async (_case, end) => {
    expect((await tellAgain(end))[0]).toEqual([end['state'], 0]);
    expect((await receipts()).at(-1)?.details).not.toHaveProperty('ranAgainIds');
  });

  test('its dead letter is none any more', async () => {
    await inbox.store(delivery([event('EV1')]));
    const [row] = await stored();
    await database.pool.query(`UPDATE inbound_events SET state = 'dead'`);
    await database.pool.query(
      `INSERT INTO dead_letters (id, business_id, event_id, flow, failure_kind, error, details, attempts)
       VALUES ('L1', 'business-of-c1', $1, 'payment-to-freshbooks', 'rejected', 'no', '{}', 1)`,
      [row?.['id']],
    );
    await inbox.store(delivery([event('EV1')]));
    const { rows } = await database.pool.query('SELECT replayed_at FROM dead_letters');
    expect(rows).toEqual([{ replayed_at: expect.any(Date) }]);
  });
});
