import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { type Database, openDatabase } from '../postgres/database.ts';
import { openVault } from '../vault/vault.ts';
import { findApiToken, makeApiToken } from './api-tokens.ts';
import type { Desk } from './desk.ts';
import { claimKey, keepAnswer, releaseKey } from './idempotency.ts';
import { addPerson, changeRoles, listPeople, removePerson } from './people.ts';
import { hashPassword, passwordProblem, verifyPassword } from './passwords.ts';
import type { Membership } from './roles.ts';
import { findSession, forgetOldSessions, openSession, SESSION_IDLE_MS, SESSION_MS_MAX } from './sessions.ts';

let testDatabase: TestDatabase;
let database: Database;
let desk: Desk;
let now = new Date('2026-11-30T12:00:00Z');
const pass = (ms: number): void => {
  now = new Date(now.getTime() + ms);
};
const HOUR_MS = 3_600_000;
const BROWSER = { address: '127.0.0.1', userAgent: 'test' };

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
  const clock = { now: () => now };
  const vault = openVault([{ id: 'k1', key: randomBytes(32) }]);
  desk = { database, vault, clock, auditClock: clock };
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

function person(email: string, memberships: readonly Membership[]): Promise<string> {
  const facts = { name: email, email, passwordHash: null, memberships };
  return database.transaction((tx) => addPerson(tx, desk, facts));
}

const session = (personId: string): Promise<string> =>
  database.transaction((tx) => openSession(tx, desk, { personId, stage: 'signed-in', browser: BROWSER }));

const ADMIN: Membership = { businessId: '*', roles: ['admin'] };

describe('a session', () => {
  test('is over after twelve idle hours, however young', async () => {
    const token = await session(await person('idle@a.test', [ADMIN]));
    pass(SESSION_IDLE_MS - 1);
    expect(await findSession(desk, token)).not.toBeNull();
    pass(SESSION_IDLE_MS + 1);
    expect(await findSession(desk, token)).toBeNull();
  });

  test('is over after seven days, however busy', async () => {
    const token = await session(await person('busy@a.test', [ADMIN]));
    for (let spentMs = 0; spentMs + 6 * HOUR_MS < SESSION_MS_MAX; spentMs += 6 * HOUR_MS) {
      pass(6 * HOUR_MS);
      expect(await findSession(desk, token)).not.toBeNull();
    }
    pass(6 * HOUR_MS);
    expect(await findSession(desk, token)).toBeNull();
    await forgetOldSessions(desk);
    expect(await database.prisma.personSession.count()).toBe(0);
  });

  test('is kept as a hash only, and ends with a change of roles', async () => {
    const personId = await person('roles@a.test', [{ businessId: 'b1', roles: ['viewer'] }]);
    const token = await session(personId);
    const rows = await database.prisma.personSession.findMany();
    expect(JSON.stringify(rows)).not.toContain(token);
    await changeRoles(desk, {
      personId,
      memberships: [{ businessId: 'b1', roles: ['finance'] }],
      by: 'test',
    });
    expect(await findSession(desk, token)).toBeNull();
  });
});

describe('people', () => {
  test('keep an admin: the last one cannot go, nor lose the role', async () => {
    const admins = (await listPeople(database.prisma)).filter(({ memberships }) =>
      memberships.some(({ businessId, roles }) => businessId === '*' && roles.includes('admin')),
    );
    const [last, ...others] = admins;
    for (const { id: personId } of others) await removePerson(desk, { personId, by: 'test' });
    const personId = last?.id ?? '';
    await expect(removePerson(desk, { personId, by: 'test' })).rejects.toMatchObject({ why: 'last-admin' });
    const change = { personId, memberships: [{ businessId: '*', roles: [] }], by: 'test' };
    await expect(changeRoles(desk, change)).rejects.toMatchObject({ why: 'last-admin' });
    // Two at once: one of them stays.
    const second = await person('second@a.test', [ADMIN]);
    const both = await Promise.allSettled(
      [personId, second].map((id) => removePerson(desk, { personId: id, by: 'x' })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('an API token', () => {
  test('never has more than its maker has today', async () => {
    await person('keeper@a.test', [ADMIN]);
    const personId = await person('maker@a.test', [{ businessId: 'b1', roles: ['admin'] }]);
    const wish = { name: 't', memberships: [{ businessId: 'b1', roles: ['operator' as const] }], by: 'x' };
    const { token } = await makeApiToken(desk, { ...wish, personId, lifeMs: HOUR_MS });
    expect((await findApiToken(desk, token))?.memberships).toEqual([
      { businessId: 'b1', roles: ['operator'] },
    ]);
    await changeRoles(desk, { personId, memberships: [{ businessId: 'b1', roles: ['viewer'] }], by: 'x' });
    expect((await findApiToken(desk, token))?.memberships).toEqual([{ businessId: 'b1', roles: [] }]);
    pass(HOUR_MS);
    expect(await findApiToken(desk, token)).toBeNull();
  });
});

describe('an idempotency key', () => {
  test('runs once, is one request’s own, and is free again after a failure', async () => {
    const request = { caller: 'p', key: 'k', requestHash: 'h' };
    const claims = await Promise.all([claimKey(desk, request), claimKey(desk, request)]);
    expect(claims.map(({ kind }) => kind).sort()).toEqual(['run', 'running']);
    await releaseKey(desk, request);
    expect(await claimKey(desk, request)).toEqual({ kind: 'run' });
    await keepAnswer(desk, request, { status: 200, body: { replayed: 1 } });
    expect(await claimKey(desk, request)).toEqual({ kind: 'answered', status: 200, body: { replayed: 1 } });
    expect(await claimKey(desk, { ...request, requestHash: 'other' })).toEqual({ kind: 'other-request' });
    expect(await claimKey(desk, { ...request, caller: 'q' })).toEqual({ kind: 'run' });
    pass(24 * HOUR_MS + 1);
    expect(await claimKey(desk, request)).toEqual({ kind: 'run' });
  });
});

describe('a password', () => {
  test('is kept as argon2id', async () => {
    const kept = await hashPassword('correct horse battery');
    expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(kept, 'correct horse battery')).toBe(true);
    expect(await verifyPassword(kept, 'correct horse batterz')).toBe(false);
    expect(await verifyPassword(null, 'nobody has this password')).toBe(false);
  });

  test.each([
    ['short', /at least 12/],
    ['aaaaaaaaaaaaaa', /repeats/],
    ['Ana.Maria.Silva', /must not be your name/],
    ['ana.silva@acme.test', /must not be your name/],
    ['x'.repeat(300), /at most 256/],
    ['correct horse battery', null],
  ])('%s', (password, problem) => {
    const said = passwordProblem(password, { name: 'Ana Maria Silva', email: 'ana.silva@acme.test' });
    if (problem === null) expect(said).toBeNull();
    else expect(said).toMatch(problem);
  });
});
