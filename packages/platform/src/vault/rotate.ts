import type { Clock } from '@mlc/core';
import { appendAudit } from '../audit/append.ts';
import type { Database, Executor } from '../postgres/database.ts';

/** A stored secret's data key as it is wrapped. */
export interface WrappedKey {
  readonly connectionId: string;
  readonly name: string;
  readonly keyId: string;
  readonly wrappedKey: Uint8Array;
}

/** What a rotation did. */
export interface Rotation {
  /** Secrets wrapped anew. */
  readonly rotated: number;
  /** Secrets that were under the active key already. */
  readonly unchanged: number;
  readonly keyId: string;
}

interface Rotating {
  readonly database: Database;
  readonly clock: Clock;
  readonly activeKeyId: string;
  readonly rewrap: (row: WrappedKey) => { keyId: string; wrappedKey: Uint8Array<ArrayBuffer> };
}

/** Rows locked and rewritten in one transaction. */
const BATCH_ROWS = 100;

/**
 * Wraps every data key that is not under the active master key, connection by connection, in batches of 100: a stop in
 * between leaves a readable vault, and running it again does the rest. Each batch is audited with the business it
 * belongs to. Afterwards the old key can leave MLC_VAULT_KEYS.
 */
export async function rotateSecrets(rotating: Rotating): Promise<Rotation> {
  const { database, activeKeyId } = rotating;
  const unchanged = await database.prisma.secret.count({ where: { keyId: activeKeyId } });
  let rotated = 0;
  for (;;) {
    const stale = await database.prisma.secret.findFirst({
      where: { NOT: { keyId: activeKeyId } },
      orderBy: { connectionId: 'asc' },
      select: { connectionId: true },
    });
    if (stale === null) return { rotated, unchanged, keyId: activeKeyId };
    rotated += await database.transaction((tx) => rotateBatch(tx, rotating, stale.connectionId));
  }
}

async function rotateBatch(tx: Executor, rotating: Rotating, connectionId: string): Promise<number> {
  const { activeKeyId, rewrap } = rotating;
  const rows = await tx.$queryRaw<WrappedKey[]>`
    SELECT connection_id AS "connectionId", name, key_id AS "keyId", wrapped_key AS "wrappedKey"
    FROM secrets WHERE connection_id = ${connectionId} AND key_id <> ${activeKeyId}
    ORDER BY name LIMIT ${BATCH_ROWS} FOR UPDATE`;
  for (const row of rows) {
    const where = { connectionId_name: { connectionId, name: row.name } };
    await tx.secret.update({ where, data: rewrap(row) });
  }
  await auditRotation(tx, rotating, connectionId, rows);
  return rows.length;
}

async function auditRotation(
  tx: Executor,
  { clock, activeKeyId }: Rotating,
  connectionId: string,
  rows: readonly WrappedKey[],
): Promise<void> {
  const connection = await tx.connection.findUnique({ where: { id: connectionId } });
  if (connection === null || rows.length === 0) return;
  await appendAudit(tx, connection.businessId, clock, {
    actor: 'cli',
    action: 'keys.rotated',
    subject: { provider: connection.provider, type: 'connection', id: connectionId },
    correlationId: null,
    details: {
      secrets: rows.length,
      fromKeyIds: [...new Set(rows.map((row) => row.keyId))].sort(),
      toKeyId: activeKeyId,
    },
  });
}
