import { randomUUID } from 'node:crypto';
import type { ApiToken as ApiTokenRow } from '../postgres/generated/client.ts';
import { AccountError } from './account-error.ts';
import { auditAccount, type Desk } from './desk.ts';
import { findPerson } from './people.ts';
import { allows, type Membership, membershipsOf, rolesIn } from './roles.ts';
import { newToken, tokenHash } from './secrets.ts';

/** So that a token is recognised in a log or a repository. */
const PREFIX = 'mlc_';
const TOUCH_MS = 60_000;

/** What lets a script in. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly memberships: readonly Membership[];
  readonly personId: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
}

/** Makes a token; its text is shown once and not kept. */
export function makeApiToken(
  desk: Desk,
  wish: {
    name: string;
    memberships: readonly Membership[];
    personId: string | null;
    by: string;
    lifeMs: number;
  },
): Promise<{ readonly made: ApiToken; readonly token: string }> {
  const token = `${PREFIX}${newToken()}`;
  const { name, memberships, personId, by, lifeMs } = wish;
  const createdAt = desk.clock.now();
  return desk.database.transaction(async (tx) => {
    const row = await tx.apiToken.create({
      data: {
        id: randomUUID(),
        tokenHash: tokenHash(token),
        name,
        memberships: memberships.map(({ businessId, roles }) => ({ businessId, roles: [...roles] })),
        personId,
        createdBy: by,
        createdAt,
        expiresAt: new Date(createdAt.getTime() + lifeMs),
      },
    });
    const details = { name, memberships, expiresAt: row.expiresAt };
    const subject = { type: 'token', id: row.id } as const;
    await auditAccount(tx, desk, { actor: by, action: 'token.made', subject, details });
    return { made: apiTokenOf(row), token };
  });
}

/** Tokens that still work, newest first. */
export async function listApiTokens(desk: Desk): Promise<ApiToken[]> {
  const rows = await desk.database.prisma.apiToken.findMany({
    where: { expiresAt: { gt: desk.clock.now() } },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  });
  return rows.map(apiTokenOf);
}

/** @throws AccountError when there is none of that id. */
export function revokeApiToken(desk: Desk, { id, by }: { id: string; by: string }): Promise<void> {
  return desk.database.transaction(async (tx) => {
    const { count } = await tx.apiToken.deleteMany({ where: { id } });
    if (count === 0) throw new AccountError('not-found', 'There is no such token.');
    await auditAccount(tx, desk, { actor: by, action: 'token.revoked', subject: { type: 'token', id } });
  });
}

/** The token somebody presents; null when it is unknown or too old. Never more than its maker may today. */
export async function findApiToken(desk: Desk, presented: string): Promise<ApiToken | null> {
  if (!presented.startsWith(PREFIX)) return null;
  const { prisma } = desk.database;
  const row = await prisma.apiToken.findUnique({ where: { tokenHash: tokenHash(presented) } });
  const now = desk.clock.now();
  if (row === null || row.expiresAt <= now) return null;
  if (now.getTime() - (row.lastUsedAt?.getTime() ?? 0) > TOUCH_MS)
    await prisma.apiToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: now } });
  const token = apiTokenOf(row);
  if (row.personId === null) return token;
  const maker = await findPerson(prisma, row.personId);
  return maker === null ? null : { ...token, memberships: within(token.memberships, maker.memberships) };
}

/** Roles that the maker lost since are lost to the token, too. */
function within(given: readonly Membership[], own: readonly Membership[]): Membership[] {
  return given.map(({ businessId, roles }) => {
    const has = rolesIn(own, businessId);
    return { businessId, roles: roles.filter((role) => allows(has, role)) };
  });
}

function apiTokenOf({ tokenHash: _kept, memberships, ...row }: ApiTokenRow): ApiToken {
  return { ...row, memberships: membershipsOf(memberships) };
}
