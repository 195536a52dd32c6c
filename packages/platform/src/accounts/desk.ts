import { type AuditEntry, type Clock, SYSTEM_CHAIN } from '@mlc/core';
import { appendAudit } from '../audit/append.ts';
import type { Database, Executor } from '../postgres/database.ts';
import type { Vault } from '../vault/vault.ts';

/** What everything about accounts works with. */
export interface Desk {
  readonly database: Database;
  readonly vault: Vault;
  /** Sessions, links and codes expire by it: always the real time, also where a simulated one rules the business. */
  readonly clock: Clock;
  /** The audit log's own, so that its moments never run backwards. */
  readonly auditClock: Clock;
}

/** What happened to an account, for the audit chain of the deployment. */
export interface AccountEntry {
  /** E-mail of the person, `token:<name>`, `admin-token`, `cli` or `nobody`. */
  readonly actor: string;
  readonly action: string;
  readonly subject: {
    readonly type: 'person' | 'session' | 'invitation' | 'token' | 'link' | 'job' | 'queue';
    readonly id: string;
  };
  readonly details?: AuditEntry['details'];
}

/** Appends to the deployment's chain; the last statement of the transaction that has the effect. */
export function auditAccount(tx: Executor, desk: Desk, entry: AccountEntry): Promise<void> {
  return appendAudit(tx, SYSTEM_CHAIN, desk.auditClock, {
    actor: entry.actor,
    action: entry.action,
    subject: { provider: 'mlc', ...entry.subject },
    correlationId: null,
    details: entry.details ?? {},
  });
}

/** The same with a transaction of its own, where nothing else changes. */
export function noteAccount(desk: Desk, entry: AccountEntry): Promise<void> {
  return desk.database.transaction((tx) => auditAccount(tx, desk, entry));
}
