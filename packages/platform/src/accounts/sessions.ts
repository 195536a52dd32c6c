import { randomUUID } from 'node:crypto';
import type { Executor } from '../postgres/database.ts';
import type { PersonSession as SessionRow } from '../postgres/generated/client.ts';
import { auditAccount, type Desk } from './desk.ts';
import { findPerson, type Person } from './people.ts';
import { newToken, tokenHash } from './secrets.ts';

const HOUR_MS = 3_600_000;
/** Unused for so long, a session is over. */
export const SESSION_IDLE_MS = 12 * HOUR_MS;
/** However busy, a session is over after this. */
export const SESSION_MS_MAX = 7 * 24 * HOUR_MS;
/** Time for the second factor after the password. */
const SECOND_FACTOR_MS = 10 * 60_000;
/** How often the moment of last use is written. */
const TOUCH_MS = 60_000;

/** `second-factor`: the password was right, the code is missing. */
export type Stage = 'second-factor' | 'signed-in';

/** Where a browser came from, for people who look at their sessions. */
export interface Browser {
  readonly address: string;
  readonly userAgent: string;
}

/** A browser that is signed in. */
export interface Session {
  readonly id: string;
  readonly stage: Stage;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly authenticatedAt: Date;
  readonly expiresAt: Date;
  readonly address: string;
  readonly userAgent: string;
}

/** Opens a session; the token goes into the cookie and is never kept. */
export async function openSession(
  tx: Executor,
  desk: Desk,
  opening: { personId: string; stage: Stage; browser: Browser },
): Promise<string> {
  const { personId, stage, browser } = opening;
  const token = newToken();
  const now = desk.clock.now();
  const lifeMs = stage === 'signed-in' ? SESSION_MS_MAX : SECOND_FACTOR_MS;
  await tx.personSession.create({
    data: {
      id: randomUUID(),
      tokenHash: tokenHash(token),
      personId,
      stage,
      createdAt: now,
      lastSeenAt: now,
      authenticatedAt: now,
      expiresAt: new Date(now.getTime() + lifeMs),
      address: browser.address,
      userAgent: browser.userAgent.slice(0, 300),
    },
  });
  if (stage === 'signed-in') await tx.person.update({ where: { id: personId }, data: { lastSeenAt: now } });
  return token;
}

/** The session of a cookie and whose it is; null when it is unknown, over, or its person is gone. */
export async function findSession(
  desk: Desk,
  token: string,
): Promise<{ readonly session: Session; readonly person: Person } | null> {
  const { prisma } = desk.database;
  const row = await prisma.personSession.findUnique({ where: { tokenHash: tokenHash(token) } });
  const now = desk.clock.now();
  if (row === null || isOver(row, now)) return null;
  const person = await findPerson(prisma, row.personId);
  if (person === null) return null;
  if (now.getTime() - row.lastSeenAt.getTime() > TOUCH_MS) {
    await prisma.personSession.updateMany({ where: { id: row.id }, data: { lastSeenAt: now } });
    await prisma.person.updateMany({ where: { id: row.personId }, data: { lastSeenAt: now } });
  }
  return { session: sessionOf(row), person };
}

/** Whether a session still counts; unlike `findSession` this is no use of it. */
export async function isSessionThere(desk: Desk, id: string): Promise<boolean> {
  const row = await desk.database.prisma.personSession.findUnique({ where: { id } });
  return row !== null && !isOver(row, desk.clock.now());
}

function isOver({ expiresAt, lastSeenAt }: SessionRow, now: Date): boolean {
  return expiresAt <= now || now.getTime() - lastSeenAt.getTime() > SESSION_IDLE_MS;
}

function sessionOf({ tokenHash: _kept, personId: _known, stage, ...row }: SessionRow): Session {
  return { ...row, stage: stage === 'signed-in' ? 'signed-in' : 'second-factor' };
}

/** Sessions of a person that still count, newest first. */
export async function listSessions(desk: Desk, personId: string): Promise<Session[]> {
  const rows = await desk.database.prisma.personSession.findMany({
    where: { personId, stage: 'signed-in' },
    orderBy: [{ lastSeenAt: 'desc' }, { id: 'asc' }],
  });
  const now = desk.clock.now();
  return rows.filter((row) => !isOver(row, now)).map(sessionOf);
}

/** Which sessions of a person end: one by id, all but one, or all. */
export interface SessionEnd {
  readonly personId: string;
  readonly only?: string;
  readonly except?: string;
  readonly by: string;
}

/** Signs out; returns how many sessions ended. */
export function endSessions(desk: Desk, { personId, only, except, by }: SessionEnd): Promise<number> {
  return desk.database.transaction(async (tx) => {
    const id = {
      ...(only === undefined ? {} : { equals: only }),
      ...(except === undefined ? {} : { not: except }),
    };
    const { count } = await tx.personSession.deleteMany({ where: { personId, id } });
    if (count === 0) return 0;
    const details = { sessions: count };
    const subject = { type: 'person', id: personId } as const;
    await auditAccount(tx, desk, { actor: by, action: 'session.signed-out', subject, details });
    return count;
  });
}

/** Deletes what is over; run now and then. */
export async function forgetOldSessions(desk: Desk): Promise<void> {
  const now = desk.clock.now();
  const idle = new Date(now.getTime() - SESSION_IDLE_MS);
  await desk.database.prisma.personSession.deleteMany({
    where: { OR: [{ expiresAt: { lte: now } }, { lastSeenAt: { lt: idle } }] },
  });
  await desk.database.prisma.passkeyChallenge.deleteMany({ where: { expiresAt: { lte: now } } });
}
