import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type AuditEntry, type Clock, type Mode, type Policy, storedPolicy, toPlainJson } from '@mlc/core';
import { appendAll } from '../audit/append.ts';
import { type BusinessFile, BusinessFileError } from '../config/business-file.ts';
import type { Vault } from '../vault/vault.ts';
import { type Applying, applyConnection } from './apply-connection.ts';
import { followPolicy } from './follow-policy.ts';
import { lockBusiness } from './business-mode.ts';
import type { Database, Executor } from '../postgres/database.ts';
import type { Business as Row } from '../postgres/generated/client.ts';
import { connectionsOf } from '../connections/connections.ts';
import { refuseOthersAccounts } from './ownership.ts';
import { wantedConnections } from './wanted-connections.ts';

/** A file, and who applies it: the command line, unless said otherwise. */
type Applied = BusinessFile & { readonly by?: string };

/** What an application led to. */
export interface AppliedBusiness {
  /** The business's name on the command line. */
  readonly business: string;
  readonly businessId: string;
  /** False when everything was so already. */
  readonly changed: boolean;
  readonly mode: Mode;
  /** Events that waited for the business to go live and run now, because the file says `live`. */
  readonly released: number;
  /** All connections of the business, also those the file did not name. */
  readonly connections: Readonly<Record<string, { readonly id: string }>>;
  /** FreshBooks events that have a callback. */
  readonly callbackEvents: readonly string[];
}

/**
 * Creates or updates one business and its connections, all or nothing (contract section 4). The same file twice changes
 * nothing, tokens rotated since included. Connections the file does not name stay as they are.
 * @throws BusinessFileError when the file would move the business to other books, or names an account of another business.
 */
export function applyBusiness(
  database: Database,
  vault: Vault,
  clock: Clock,
  file: Applied,
): Promise<AppliedBusiness> {
  return database.transaction(async (tx) => {
    await lockBusiness(tx, file.business);
    const found = await tx.business.findUnique({ where: { slug: file.business } });
    const businessId = found?.id ?? randomUUID();
    const applying: Applying = { tx, vault, clock, businessId };
    await refuseOtherBooks(tx, businessId, file);
    await refuseOthersAccounts(tx, file, found);
    const entries: AuditEntry[] = [];
    const policy = policyOf(file, found, clock.now());
    const changes = await applyRow(applying, found, { file, policy });
    if (changes.length > 0) entries.push(businessEntry(businessId, found === null, changes));
    for (const wanted of wantedConnections(file, { database, vault, clock })) {
      const entry = await applyConnection(applying, wanted);
      if (entry !== null) entries.push(entry);
    }
    const before = found === null ? null : storedPolicy(found.policy);
    const { released, entry } = await followPolicy(applying, { before, policy });
    if (entry !== null) entries.push(entry);
    const described = await describe(tx, businessId, file.business);
    const applied = { ...described, mode: policy.mode, released, changed: entries.length > 0 };
    const actor = file.by ?? 'cli';
    const told = entries.map((each) => ({ ...each, actor }));
    if (told.length > 0) await appendAll(tx, businessId, clock, told);
    return applied;
  });
}

/** Postings, collections and links belong to one FreshBooks account: another one is another business. */
async function refuseOtherBooks(tx: Executor, businessId: string, file: BusinessFile): Promise<void> {
  const wanted = file.connections.freshbooks?.accountId;
  const connections = await connectionsOf(tx, businessId);
  const current = connections.find((connection) => connection.provider === 'freshbooks');
  if (wanted === undefined || current?.provider !== 'freshbooks' || current.settings.accountId === wanted)
    return;
  const message = `${file.business} keeps its books in ${current.settings.accountId}; for another FreshBooks account apply another business`;
  throw new BusinessFileError([{ path: 'connections.freshbooks.accountId', message }]);
}

/** Writes the business's own row; returns the names of the columns that changed. */
async function applyRow(
  { tx, clock, businessId }: Applying,
  found: Row | null,
  { file, policy }: { file: BusinessFile; policy: Policy },
): Promise<string[]> {
  const now = clock.now();
  const columns = {
    displayName: file.displayName ?? file.business,
    timezone: file.timezone,
    notifyEmails: file.notify.emails,
    policy: toPlainJson(policy) as object,
  };
  const changes = Object.entries(columns).filter(
    ([name, value]) => found === null || !isDeepStrictEqual(found[name as keyof typeof columns], value),
  );
  if (found === null)
    await tx.business.create({
      data: { id: businessId, slug: file.business, ...columns, createdAt: now, updatedAt: now },
    });
  else if (changes.length > 0)
    await tx.business.update({ where: { id: businessId }, data: { ...columns, updatedAt: now } });
  return changes.map(([name]) => name);
}

/** Go-live date and mode, once there, stay: leaving them out later must not move them. A new business only observes. */
function policyOf({ policy, timezone }: BusinessFile, found: Row | null, now: Date): Policy {
  const kept = found === null ? null : storedPolicy(found.policy);
  return {
    ...policy,
    mode: policy.mode ?? kept?.mode ?? 'observe',
    collectFrom: policy.collectFrom ?? kept?.collectFrom ?? dateIn(timezone, now),
  };
}

/** YYYY-MM-DD in the zone. */
function dateIn(timeZone: string, moment: Date): string {
  // Sweden writes dates the ISO way.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(moment);
}

function businessEntry(businessId: string, created: boolean, changes: readonly string[]): AuditEntry {
  return {
    actor: 'cli',
    action: 'business.applied',
    subject: { provider: 'mlc', type: 'business', id: businessId },
    correlationId: null,
    details: { created, changes },
  };
}

async function describe(
  tx: Executor,
  businessId: string,
  business: string,
): Promise<Omit<AppliedBusiness, 'changed' | 'mode' | 'released'>> {
  const connections = await connectionsOf(tx, businessId);
  const ids = connections.map(({ id }) => id);
  const callbacks = await tx.callback.findMany({
    where: { connectionId: { in: ids }, NOT: { state: 'offered' } },
    orderBy: { event: 'asc' },
  });
  return {
    business,
    businessId,
    connections: Object.fromEntries(connections.map(({ provider, id }) => [provider, { id }])),
    callbackEvents: [...new Set(callbacks.map(({ event }) => event))],
  };
}
