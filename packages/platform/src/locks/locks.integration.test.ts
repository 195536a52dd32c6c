import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { LockBusyError } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { countStatements } from '@mlc/testkit/counted-statements';
import { recordingLog } from '@mlc/testkit/flow-engine';
import { type Database, openDatabase } from '../postgres/database.ts';
import { jobLocks } from './job-locks.ts';
import { storeFor } from '../store/store.ts';
import { asLockLost, type Fence, lockNumber, PASS, passValues } from './fence.ts';
import { openLocks, type ProcessLocks } from './locks.ts';

let testDatabase: TestDatabase;
let database: Database;
let here: ProcessLocks;
let elsewhere: ProcessLocks;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});
beforeEach(() => {
  here = openLocks(testDatabase.url, recordingLog([]));
  elsewhere = openLocks(testDatabase.url, recordingLog([]));
});
afterEach(() => Promise.all([here.close(), elsewhere.close()]));

/** Work that goes on until told. */
function held(locks: ProcessLocks, key: string) {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  let began: () => void = () => undefined;
  const taken = new Promise<void>((resolve) => (began = resolve));
  const ended = locks.withLock(key, async () => {
    began();
    await gate;
    return 'worked';
  });
  ended.catch(() => undefined);
  return { taken, release, ended };
}

test('one at a time, within the process and across processes; never waiting', async () => {
  const first = held(here, 'invoice:1');
  await first.taken;
  await expect(here.withLock('invoice:1', () => Promise.resolve())).rejects.toThrow(LockBusyError);
  await expect(elsewhere.withLock('invoice:1', () => Promise.resolve())).rejects.toThrow(LockBusyError);
  expect(await elsewhere.withLock('invoice:2', () => Promise.resolve('free'))).toBe('free');
  first.release();
  expect(await first.ended).toBe('worked');
  expect(await elsewhere.withLock('invoice:1', () => Promise.resolve('free'))).toBe('free');
});

test('work that fails lets go of the lock and its own error comes out', async () => {
  await expect(here.withLock('k', () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  expect(await elsewhere.withLock('k', () => Promise.resolve('free'))).toBe('free');
});

test('of eight at once exactly one gets in', async () => {
  let inside = 0;
  const tries = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) =>
      (index % 2 === 0 ? here : elsewhere).withLock('crowd', async () => {
        inside += 1;
        expect(inside).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 20));
        inside -= 1;
      }),
    ),
  );
  const won = tries.filter(({ status }) => status === 'fulfilled');
  expect(won.length).toBeGreaterThanOrEqual(1);
  for (const attempt of tries) {
    if (attempt.status === 'rejected') expect(attempt.reason).toBeInstanceOf(LockBusyError);
  }
});

/** As when Postgres is restarted, or a network device forgets the connection. */
async function cutLocks(): Promise<void> {
  await database.pool.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
     WHERE application_name = 'mlc-locks' AND datname = current_database()`,
  );
}

test('a connection lost while a lock is held is told as transient, and the next lock reconnects', async () => {
  const first = held(here, 'k');
  await first.taken;
  await cutLocks();
  first.release();
  await expect(first.ended).rejects.toMatchObject({ name: 'ConnectorError', kind: 'transient' });
  expect(await here.withLock('k', () => Promise.resolve('again'))).toBe('again');
});

/** A transaction of who holds the lock. */
async function pass(fence: Fence, work: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  const passes = fence();
  return database.inTransaction(async (sql) => {
    await sql.rows(`SELECT ${PASS}`, passValues(passes)).catch((error: unknown) => {
      throw asLockLost(error, passes);
    });
    return work();
  });
}

test('a transaction passes the fence while the lock is held, and not once it was lost', async () => {
  const lost = here.withLock('k', async (fence) => {
    await pass(fence);
    await cutLocks();
    await expect(pass(fence)).rejects.toMatchObject({ kind: 'transient' });
    // The connection of this process's locks is another one by now; what was lost stays lost.
    await here.withLock('other', (other) => pass(other));
    await expect(pass(fence)).rejects.toThrow(/lock k was lost/);
  });
  await expect(lost).rejects.toMatchObject({ kind: 'transient' });
});

test('who lost a lock in the middle of a transaction keeps others out until its end', async () => {
  const lost = here.withLock('k', (fence) =>
    pass(fence, async () => {
      await cutLocks();
      await expect(elsewhere.withLock('k', () => Promise.resolve())).rejects.toThrow(LockBusyError);
      // Left as it was: nobody holds it.
      await expect(elsewhere.withLock('k', () => Promise.resolve())).rejects.toThrow(LockBusyError);
    }),
  );
  await expect(lost).rejects.toMatchObject({ kind: 'transient' });
  expect(await elsewhere.withLock('k', () => Promise.resolve('free'))).toBe('free');
});

test('what a job that lost its lock would write outside a transaction is not written either', async () => {
  const clock = { now: () => new Date('2026-11-05T09:00:00Z') };
  const job = jobLocks(here);
  const store = storeFor(database, 'b1', { clock, fence: job.fence });
  await job.withLock('k', () => Promise.resolve());
  await store.transaction((tx) => tx.clients.link('7', 'CU1', 'before'));
  await cutLocks();
  await expect(store.transaction((tx) => tx.clients.link('8', 'CU2', 'after'))).rejects.toMatchObject({
    kind: 'transient',
  });
  expect(await database.prisma.clientLink.count()).toBe(1);
  await expect(job.release()).rejects.toMatchObject({ kind: 'transient' });
});

test('40 looks of a job hold one lock at a time, and each sends as many statements as the first', async () => {
  const own = openDatabase(testDatabase.url);
  const counted = countStatements();
  const { sent } = counted;
  const job = jobLocks(here);
  const store = storeFor(own, 'b1', { clock: { now: () => new Date() }, fence: job.fence });
  const perLook: number[] = [];
  // The first one also opens what the others find open.
  for (let n = 0; n <= 40; n += 1) {
    const before = sent.length;
    await job.letGoAfter(() =>
      job.withLock(`invoice:${n}`, async () => {
        await store.transaction((tx) => tx.clients.link(`many-${n}`, 'CU1', 'test'));
        const { rows } = await database.pool.query<{ held: number }>(
          `SELECT count(*)::int AS held FROM pg_locks JOIN pg_stat_activity USING (pid)
           WHERE locktype = 'advisory' AND application_name = 'mlc-locks' AND datname = current_database()`,
        );
        // Its life, and the one invoice.
        expect(rows).toEqual([{ held: 2 }]);
      }),
    );
    perLook.push(sent.length - before);
  }
  counted.stop();
  expect(new Set(perLook.slice(1)).size).toBe(1);
  expect(sent.filter((statement) => statement.includes('mlc_pass'))).toHaveLength(41);
  // What one look let go is free for everybody while the job goes on.
  await job.withLock('invoice:last', () => Promise.resolve());
  expect(await elsewhere.withLock('invoice:40', () => Promise.resolve('free'))).toBe('free');
  await job.release();
  await own.close();
});

test('keys become signed 64-bit numbers', () => {
  expect(lockNumber('a')).toBe(lockNumber('a'));
  expect(lockNumber('a')).not.toBe(lockNumber('b'));
  expect(BigInt.asIntN(64, BigInt(lockNumber('invoice:1')))).toBe(BigInt(lockNumber('invoice:1')));
});
