import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { type Database, openDatabase } from '../postgres/database.ts';
import { systemClock } from '../clock/system.ts';
import { openVault, VaultError } from './vault.ts';

jest.setTimeout(30_000);

const OLD = { id: 'k1', key: randomBytes(32) };
const NEW = { id: 'k2', key: randomBytes(32) };
let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
  await database.prisma.connection.create({
    data: { id: 'c1', businessId: 'b1', provider: 'gocardless', environment: 'sandbox', settings: {} },
  });
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const rowOf = (name: string) =>
  database.prisma.secret.findUniqueOrThrow({ where: { connectionId_name: { connectionId: 'c1', name } } });

test('what is put comes back, and the row shows nothing of it', async () => {
  const vault = openVault([OLD]);
  await vault.putSecret(database.prisma, 'c1', 'access-token', 'live_SECRET ✓');
  expect(await vault.getSecret(database.prisma, 'c1', 'access-token')).toBe('live_SECRET ✓');
  expect(await vault.getSecret(database.prisma, 'c1', 'tokens')).toBeNull();
  const row = await rowOf('access-token');
  expect(Buffer.from(row.ciphertext).includes('SECRET')).toBe(false);
  expect(row.keyId).toBe('k1');
});

test('the same text is never the same bytes', async () => {
  const vault = openVault([OLD]);
  await vault.putSecret(database.prisma, 'c1', 'twice', 'x');
  const first = await rowOf('twice');
  await vault.putSecret(database.prisma, 'c1', 'twice', 'x');
  expect(Buffer.from((await rowOf('twice')).ciphertext)).not.toEqual(Buffer.from(first.ciphertext));
});

test('a row moved to another connection or name does not open', async () => {
  const vault = openVault([OLD]);
  await vault.putSecret(database.prisma, 'c1', 'client-secret', 'topsecret');
  const { keyId, wrappedKey, ciphertext } = await rowOf('client-secret');
  await database.prisma.secret.create({
    data: { connectionId: 'c2', name: 'client-secret', keyId, wrappedKey, ciphertext },
  });
  const moved = vault.getSecret(database.prisma, 'c2', 'client-secret');
  await expect(moved).rejects.toThrow(VaultError);
  await expect(moved).rejects.not.toThrow(/topsecret/);
  await database.prisma.secret.deleteMany({ where: { connectionId: 'c2' } });
});

test('every changed bit is noticed', async () => {
  const vault = openVault([OLD]);
  await vault.putSecret(database.prisma, 'c1', 'bit', 'abc');
  const { ciphertext } = await rowOf('bit');
  for (let index = 0; index < ciphertext.length; index += 1) {
    const changed = Uint8Array.from(ciphertext, (byte, at) => (at === index ? byte ^ 1 : byte));
    await database.prisma.secret.update({
      where: { connectionId_name: { connectionId: 'c1', name: 'bit' } },
      data: { ciphertext: changed },
    });
    await expect(vault.getSecret(database.prisma, 'c1', 'bit')).rejects.toThrow(/apply it again/);
  }
  await vault.removeSecret(database.prisma, 'c1', 'bit');
});

test('a missing key is named', async () => {
  await openVault([OLD]).putSecret(database.prisma, 'c1', 'access-token', 'x');
  await expect(openVault([NEW]).getSecret(database.prisma, 'c1', 'access-token')).rejects.toThrow(
    /wrapped by key k1: put that key back into MLC_VAULT_KEYS/,
  );
});

test('rotation wraps everything under the first key, audits it, and a second run does nothing', async () => {
  const old = openVault([OLD]);
  await Promise.all(
    Array.from({ length: 230 }, (_, index) =>
      old.putSecret(database.prisma, 'c1', `verifier:${index}`, `value ${index}`),
    ),
  );
  const rotating = openVault([NEW, OLD]);
  const before = await database.prisma.secret.count();
  expect(await rotating.rotate(database, systemClock)).toEqual({
    rotated: before,
    unchanged: 0,
    keyId: 'k2',
  });
  expect(await rotating.rotate(database, systemClock)).toEqual({
    rotated: 0,
    unchanged: before,
    keyId: 'k2',
  });
  expect(await openVault([NEW]).getSecret(database.prisma, 'c1', 'verifier:229')).toBe('value 229');
  const audited = await database.prisma.auditEntry.findMany({ where: { action: 'keys.rotated' } });
  const total = audited.reduce((sum, entry) => sum + (entry.details as { secrets: number }).secrets, 0);
  expect(total).toBe(before);
  expect(audited.length).toBe(Math.ceil(before / 100));
});
