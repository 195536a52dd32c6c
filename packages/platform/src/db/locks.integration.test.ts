import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { LockBusyError } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { recordingLog } from '@mlc/testkit/flow-engine';
import pg from 'pg';
import { lockNumber, openLocks, type ProcessLocks } from './locks.ts';

let testDatabase: TestDatabase;
let here: ProcessLocks;
let elsewhere: ProcessLocks;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
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

test('a connection lost while a lock is held is told as transient, and the next lock reconnects', async () => {
  const first = held(here, 'k');
  await first.taken;
  const admin = new pg.Client({ connectionString: testDatabase.url });
  await admin.connect();
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'mlc-locks' AND datname = current_database()`,
  );
  await admin.end();
  first.release();
  await expect(first.ended).rejects.toMatchObject({ name: 'ConnectorError', kind: 'transient' });
  expect(await here.withLock('k', () => Promise.resolve('again'))).toBe('again');
});

test('keys become signed 64-bit numbers', () => {
  expect(lockNumber('a')).toBe(lockNumber('a'));
  expect(lockNumber('a')).not.toBe(lockNumber('b'));
  expect(BigInt.asIntN(64, BigInt(lockNumber('invoice:1')))).toBe(BigInt(lockNumber('invoice:1')));
});
