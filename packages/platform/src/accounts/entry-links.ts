import type { Executor } from '../postgres/database.ts';
import type { EntryLink } from '../postgres/generated/client.ts';
import { AccountError } from './account-error.ts';
import { auditAccount, type Desk } from './desk.ts';
import { lockPeople } from './people.ts';
import { newToken, tokenHash } from './secrets.ts';

const MINUTE_MS = 60_000;
/** A link nobody has looked at. */
const LINK_MS_MAX = 7 * 24 * 60 * MINUTE_MS;
/** After the first look. */
const VIEWED_MS_MAX = 30 * MINUTE_MS;

/** A link that lets its holder in once. */
export interface MadeLink {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Makes a link, for the terminal of who runs the deployment; older ones of its kind stop working. */
export function makeLink(
  desk: Desk,
  { kind, personId = null, by }: { kind: 'set-up' | 'sign-in'; personId?: string | null; by: string },
): Promise<MadeLink> {
  return desk.database.transaction(async (tx) => {
    await lockPeople(tx);
    const made = await insertLink(tx, desk, { kind, personId });
    const subject = { type: 'link', id: kind } as const;
    await auditAccount(tx, desk, { actor: by, action: 'link.made', subject });
    return made;
  });
}

/** The set-up link of a deployment nobody has an account in; null when there are people, or a link is out already. */
export function firstSetUpLink(desk: Desk): Promise<MadeLink | null> {
  return desk.database.transaction(async (tx) => {
    await lockPeople(tx);
    if ((await tx.person.findFirst()) !== null) return null;
    const out = { kind: 'set-up', usedAt: null, expiresAt: { gt: desk.clock.now() } };
    if ((await tx.entryLink.findFirst({ where: out })) !== null) return null;
    const made = await insertLink(tx, desk, { kind: 'set-up', personId: null });
    const subject = { type: 'link', id: 'set-up' } as const;
    await auditAccount(tx, desk, { actor: 'system', action: 'link.made', subject });
    return made;
  });
}

async function insertLink(
  tx: Executor,
  desk: Desk,
  { kind, personId }: { kind: string; personId: string | null },
): Promise<MadeLink> {
  const token = newToken();
  const createdAt = desk.clock.now();
  const expiresAt = new Date(createdAt.getTime() + LINK_MS_MAX);
  await tx.entryLink.deleteMany({ where: { kind, personId } });
  await tx.entryLink.create({ data: { tokenHash: tokenHash(token), kind, personId, createdAt, expiresAt } });
  return { token, expiresAt };
}

/** Takes a link back that nobody was shown. */
export async function withdrawLink(desk: Desk, token: string): Promise<void> {
  await desk.database.prisma.entryLink.deleteMany({ where: { tokenHash: tokenHash(token) } });
}

/** Whether the link works; the first look starts its last half hour. */
export async function viewLink(desk: Desk, kind: 'set-up' | 'sign-in', token: string): Promise<boolean> {
  const link = await usable(desk.database.prisma, desk, { kind, token });
  if (link === null) return false;
  if (link.viewedAt !== null) return true;
  const viewedAt = desk.clock.now();
  const expiresAt = new Date(Math.min(link.expiresAt.getTime(), viewedAt.getTime() + VIEWED_MS_MAX));
  await desk.database.prisma.entryLink.updateMany({
    where: { tokenHash: link.tokenHash, viewedAt: null },
    data: { viewedAt, expiresAt },
  });
  return true;
}

/** Uses the link up; returns whom it signs in (null for a set-up). @throws AccountError when it does not work any more. */
export async function useLink(
  tx: Executor,
  desk: Desk,
  { kind, token }: { kind: 'set-up' | 'sign-in'; token: string },
): Promise<string | null> {
  const link = await usable(tx, desk, { kind, token });
  const where = { tokenHash: tokenHash(token), usedAt: null };
  const { count } = await tx.entryLink.updateMany({ where, data: { usedAt: desk.clock.now() } });
  if (link === null || count === 0) throw new AccountError('expired', 'This link was used or has expired.');
  return link.personId;
}

async function usable(
  executor: Executor,
  desk: Desk,
  { kind, token }: { kind: string; token: string },
): Promise<EntryLink | null> {
  const link = await executor.entryLink.findUnique({ where: { tokenHash: tokenHash(token) } });
  const works = link?.kind === kind && link.usedAt === null && link.expiresAt > desk.clock.now();
  return works ? link : null;
}
