import { ConnectorError } from '@mlc/core';
import { createHash } from 'node:crypto';
import type { Opened } from '../postgres/transaction.ts';

/** One lock that a transaction has to have still. */
export interface Pass {
  readonly key: string;
  /** The number that the session which holds it has for as long as it lives: who can take it knows that the session is gone. */
  readonly life: string;
}

/**
 * Keeps a lock that was lost from doing harm. Asked when a transaction begins: the locks that have to be held still. Unless
 * one was lost, nobody else gets them before that transaction ends, so whoever gets them next sees all that was written.
 * @throws ConnectorError `transient` when one is known to be lost.
 */
export type Fence = () => readonly Pass[];

/**
 * The statement that goes along with BEGIN; undefined when nothing is held. The gates first: whoever takes a lock from a
 * session that ends right after this look finds its gate closed. All in it are numbers of ours.
 */
export function openingOf(passes: readonly Pass[]): string | undefined {
  if (passes.length === 0) return undefined;
  const gates = passes.map(({ key }) => gateNumber(key)).join(',');
  const lives = [...new Set(passes.map(({ life }) => life))].join(',');
  return `WITH gate AS MATERIALIZED (
    SELECT count(pg_advisory_xact_lock_shared(number)::text) AS closed FROM unnest('{${gates}}'::bigint[]) AS number)
  SELECT life::text AS life, CASE WHEN closed > 0 THEN pg_try_advisory_xact_lock_shared(life) END AS lost
  FROM gate, unnest('{${lives}}'::bigint[]) AS life`;
}

/** Reads what that statement answered. @throws ConnectorError `transient` when one of the locks was lost. */
export function refuseLost(passes: readonly Pass[], opened: Opened): void {
  for (const { key, life } of passes) {
    if (opened.find((row) => row['life'] === life)?.['lost'] !== false) throw lockLost(key);
  }
}

/** What a job hears whose lock was lost: it starts again. */
export function lockLost(key: string, cause?: unknown): ConnectorError {
  return lockFailure(key, 'was lost while it was held', cause);
}

/** A lock that could not be had or kept, because of the connection. */
export function lockFailure(key: string, what: string, cause?: unknown): ConnectorError {
  return new ConnectorError({
    kind: 'transient',
    provider: 'mlc',
    operation: 'lock',
    message: `the lock ${key} ${what}: the connection to Postgres broke`,
    cause,
  });
}

/** Advisory locks are numbers: the first 64 bits of the key's SHA-256, signed. */
export function lockNumber(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest().readBigInt64BE(0).toString();
}

/** The lock that is closed for as long as a transaction that passed the fence goes on. */
export function gateNumber(key: string): string {
  return lockNumber(`gate ${key}`);
}
