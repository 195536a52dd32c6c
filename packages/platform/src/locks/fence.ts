import { ConnectorError } from '@mlc/core';
import { createHash } from 'node:crypto';
import { lostLife } from '../postgres/refusals.ts';

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
 * SQL that lets a transaction on, given the values of `passValues`; goes along with BEGIN. First it closes the gates: whoever takes
 * a lock from a session that ends right after this look finds its gate closed.
 */
export const PASS = 'mlc_pass($1::bigint[], $2::bigint[])::text';

/** The gates of the locks, and the sessions that hold them. */
export function passValues(passes: readonly Pass[]): [gates: string[], lives: string[]] {
  return [passes.map(({ key }) => gateNumber(key)), [...new Set(passes.map(({ life }) => life))]];
}

/** What the statement failed with, said as ConnectorError `transient` when one of the locks was lost. */
export function asLockLost(error: unknown, passes: readonly Pass[]): unknown {
  const lost = lostLife(error);
  const pass = lost === null ? undefined : passes.find(({ life }) => life === lost);
  return pass === undefined ? error : lockLost(pass.key);
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
