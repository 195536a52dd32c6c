import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { ConnectorError, type TokenPair, waitingForConnection } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { buildProgram, runProgram } from '@mlc/testkit/source-program';
import { type Database, openDatabase } from '../postgres/database.ts';
import { systemClock } from '../clock/system.ts';
import { hashOfToken, storeTokens } from './stored-tokens.ts';
import { tokenKeeper } from './token-keeper.ts';
import { openVault } from './vault.ts';

jest.setTimeout(60_000);

const KEY = { id: 'k1', key: randomBytes(32) };
const HOUR_MS = 3_600_000;
const vault = openVault([KEY]);
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
  await database.prisma.connection.create({
    data: { id: 'c1', businessId: 'b1', provider: 'freshbooks', environment: 'live', settings: {} },
  });
  await putTokens({ accessToken: 'old', refreshToken: 'r1', expiresAt: new Date(Date.now() - 1_000) });
});

afterEach(async () => {
  await database.prisma.connection.deleteMany();
  await database.prisma.review.deleteMany();
  await database.prisma.inboundEvent.deleteMany();
  await database.prisma.tokenRefresh.deleteMany();
});

const putTokens = (pair: TokenPair) =>
  storeTokens(database.prisma, vault, 'c1', { ...pair, obtainedAt: new Date(Date.now() - HOUR_MS) });

const failure = (kind: ConnectorError['kind'], reason?: string) =>
  new ConnectorError({
    kind,
    provider: 'freshbooks',
    operation: 'refreshTokens',
    message: 'no',
    ...(reason === undefined ? {} : { reason }),
  });

/** A token endpoint that rotates: each refresh token works once. */
function rotating() {
  const calls: string[] = [];
  let valid = 'r1';
  const refresh = (refreshToken: string): Promise<TokenPair> => {
    calls.push(refreshToken);
    if (refreshToken !== valid) return Promise.reject(failure('unauthorised', 'invalid_grant'));
    valid = `r${calls.length + 1}`;
    const expiresAt = new Date(Date.now() + 12 * HOUR_MS);
    return Promise.resolve({ accessToken: `a${calls.length}`, refreshToken: valid, expiresAt });
  };
  return { calls, refresh };
}

const keeper = (refresh: (token: string) => Promise<TokenPair>) =>
  tokenKeeper({ database, vault, clock: systemClock, connectionId: 'c1', refresh });

const state = async () => (await database.prisma.connection.findUniqueOrThrow({ where: { id: 'c1' } })).state;

test('eight callers of one keeper and eight keepers make one refresh', async () => {
  const { calls, refresh } = rotating();
  const one = keeper(refresh);
  const many = Array.from({ length: 8 }, () => keeper(refresh));
  const tokens = await Promise.all([
    ...Array.from({ length: 8 }, () => one.current()),
    ...many.map((each) => each.current()),
  ]);
  expect(new Set(tokens)).toEqual(new Set(['a1']));
  expect(calls).toEqual(['r1']);
});

test('eight processes with an expired token make one refresh call', async () => {
  let calls = 0;
  const endpoint = http.createServer((_request, response) => {
    calls += 1;
    response.end(JSON.stringify({ accessToken: `a${calls}`, refreshToken: `r${calls + 1}` }));
  });
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const program = await buildProgram(
    `
    import { openDatabase } from '../postgres/database.ts';
    import { systemClock } from '../clock/system.ts';
    import { tokenKeeper } from './token-keeper.ts';
    import { openVault } from './vault.ts';
    const [databaseUrl, key, endpoint] = process.argv.slice(2);
    const database = openDatabase(databaseUrl, 2);
    const refresh = async () => {
      const pair = await (await fetch(endpoint, { method: 'POST' })).json();
      return { ...pair, expiresAt: new Date(Date.now() + 3_600_000) };
    };
    const vault = openVault([{ id: 'k1', key: Buffer.from(key, 'hex') }]);
    const keeper = tokenKeeper({ database, vault, clock: systemClock, connectionId: 'c1', refresh });
    process.stdout.write('token ' + (await keeper.current()) + '\\n');
    await database.close();`,
    import.meta.dirname,
  );
  const { port } = endpoint.address() as AddressInfo;
  const args = [testDatabase.url, KEY.key.toString('hex'), `http://127.0.0.1:${port}/`];
  const programs = Array.from({ length: 8 }, () => runProgram(program, args));
  const lines = await Promise.all(programs.map((each) => each.line('token ')));
  await Promise.all(programs.map((each) => each.ended));
  endpoint.close();
  expect(new Set(lines)).toEqual(new Set(['token a1']));
  expect(calls).toBe(1);
});

test('the new pair is committed before anyone uses it, and a 401 leads to exactly one more', async () => {
  const { calls, refresh } = rotating();
  const first = keeper(refresh);
  const second = keeper(refresh);
  expect(await first.current()).toBe('a1');
  expect(await second.current()).toBe('a1');
  const renewed = await Promise.all([first.replacing('a1'), second.replacing('a1'), first.replacing('a1')]);
  expect(new Set(renewed)).toEqual(new Set(['a2']));
  expect(calls).toEqual(['r1', 'r2']);
  expect(await database.prisma.tokenRefresh.count()).toBe(0);
});

test('five minutes before its end a token is replaced ahead of time', async () => {
  const { calls, refresh } = rotating();
  await putTokens({ accessToken: 'old', refreshToken: 'r1', expiresAt: new Date(Date.now() + 4 * 60_000) });
  expect(await keeper(refresh).current()).toBe('a1');
  await putTokens({ accessToken: 'good', refreshToken: 'r2', expiresAt: new Date(Date.now() + 6 * 60_000) });
  expect(await keeper(refresh).current()).toBe('good');
  expect(calls).toEqual(['r1']);
});

test('a spent refresh token asks a person, once, and everyone is told which connection to park on', async () => {
  const { calls, refresh } = rotating();
  await putTokens({ accessToken: 'old', refreshToken: 'spent', expiresAt: new Date(0) });
  const one = keeper(refresh);
  const rejection = { kind: 'unauthorised', connectionId: 'c1' };
  await expect(one.current()).rejects.toMatchObject(rejection);
  await expect(one.current()).rejects.toMatchObject(rejection);
  await expect(keeper(refresh).replacing('old')).rejects.toMatchObject(rejection);
  expect(calls).toEqual(['spent']);
  expect(await state()).toBe('unauthorised');
  const reviews = await database.prisma.review.findMany();
  expect(reviews).toMatchObject([
    {
      kind: 'reauthorise',
      state: 'open',
      subjectProvider: 'freshbooks',
      subjectType: 'connection',
      subjectId: 'c1',
    },
  ]);
  expect(reviews[0]?.reasons).toHaveLength(1);
});

test('a crash between answer and commit is noticed and named in the review', async () => {
  const { refresh } = rotating();
  await putTokens({ accessToken: 'old', refreshToken: 'gone', expiresAt: new Date(0) });
  await database.prisma.tokenRefresh.create({
    data: { connectionId: 'c1', refreshTokenHash: hashOfToken('gone'), startedAt: new Date() },
  });
  await expect(keeper(refresh).current()).rejects.toMatchObject({ kind: 'unauthorised' });
  expect((await database.prisma.review.findFirstOrThrow()).reasons.join(' ')).toContain('cut off');
});

test('no answer leaves the marker, a certain failure does not', async () => {
  await expect(keeper(() => Promise.reject(failure('outcome-unknown'))).current()).rejects.toMatchObject({
    kind: 'outcome-unknown',
  });
  expect(await database.prisma.tokenRefresh.count()).toBe(1);
  await expect(keeper(() => Promise.reject(failure('transient'))).current()).rejects.toMatchObject({
    kind: 'transient',
  });
  expect(await database.prisma.tokenRefresh.count()).toBe(0);
  expect(await state()).toBe('active');
});

test('a refused app opens a review and heals by itself once it is accepted again', async () => {
  const { refresh } = rotating();
  const refused = keeper(() => Promise.reject(failure('unauthorised', 'invalid_client')));
  await expect(refused.current()).rejects.toMatchObject({ kind: 'unauthorised', connectionId: 'c1' });
  expect(await state()).toBe('active');
  await database.prisma.inboundEvent.create({
    data: {
      businessId: 'b1',
      connectionId: 'c1',
      provider: 'freshbooks',
      type: 'invoice.create',
      externalEventId: 'e1',
      resourceId: '1',
      payload: '',
      correlationId: 'x',
      state: 'parked',
      waitingFor: waitingForConnection('c1'),
    },
  });
  expect(await keeper(refresh).current()).toBe('a1');
  expect((await database.prisma.review.findFirstOrThrow()).state).toBe('resolved');
  expect((await database.prisma.inboundEvent.findFirstOrThrow()).state).toBe('stored');
});

test('a pair whose commit failed is stored all the same', async () => {
  const { refresh } = rotating();
  const token = await keeper(async (refreshToken) => {
    const pair = await refresh(refreshToken);
    // The connection that holds the lock dies with the answer on its way.
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'idle in transaction'`,
    );
    return pair;
  }).current();
  expect(token).toBe('a1');
  expect(await keeper(refresh).current()).toBe('a1');
});
