import type { Sha256Hex } from '../ids/keys.ts';
import type { AuditEntry } from '../ports/store.ts';
import type { Subject } from '../ports/subject.ts';
import { canonicalJson } from './canonical-json.ts';
import { storableText, toPlainJson } from './plain-json.ts';

/** What the first entry of every chain is linked to. */
export const GENESIS_HASH = '0'.repeat(64);

/** The chain of what belongs to no business: logins, key rotations. */
export const SYSTEM_CHAIN = 'system';

/** The end of a chain: number and hash of its newest entry; 0 and GENESIS_HASH before the first. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** The chain head before the first entry. */
export const EMPTY_CHAIN: ChainHead = { seq: 0, hash: GENESIS_HASH };

/** An audit entry in its place in the chain of one business. `seq` counts from 1 without gaps. */
export interface ChainedEntry extends AuditEntry {
  readonly businessId: string;
  readonly seq: number;
  readonly at: Date;
  readonly prevHash: string;
  readonly hash: string;
}

/** The hash an entry must have: SHA-256 of the previous hash, a line feed and the canonical JSON of the entry. */
export function hashOfEntry(sha256: Sha256Hex, entry: Omit<ChainedEntry, 'hash'>): string {
  const { seq, at, actor, action, subject, correlationId, details, businessId } = entry;
  const said = { seq, at, actor, action, subject, correlationId, details, businessId };
  return sha256(`${entry.prevHash}\n${canonicalJson(toPlainJson(said))}`);
}

/** Puts an entry behind the head of its chain. Texts and details become what the database will give back. */
export function chainEntry(
  sha256: Sha256Hex,
  head: ChainHead,
  entry: AuditEntry & { readonly businessId: string; readonly at: Date },
): ChainedEntry {
  const linked = {
    businessId: entry.businessId,
    seq: head.seq + 1,
    at: entry.at,
    actor: storableText(entry.actor),
    action: storableText(entry.action),
    subject: plainSubject(entry.subject),
    correlationId: entry.correlationId === null ? null : storableText(entry.correlationId),
    details: toPlainJson(entry.details) as Readonly<Record<string, unknown>>,
    prevHash: head.hash,
  };
  return { ...linked, hash: hashOfEntry(sha256, linked) };
}

function plainSubject(subject: Subject): Subject {
  const { provider, type, id } = subject;
  return { provider: storableText(provider), type: storableText(type), id: storableText(id) };
}

/**
 * Whether the entry is the one that belongs behind this head: right number, linked to the hash before it, and its own
 * hash fits what it says.
 */
export function continuesChain(sha256: Sha256Hex, head: ChainHead, entry: ChainedEntry): boolean {
  if (entry.seq !== head.seq + 1 || entry.prevHash !== head.hash) return false;
  return entry.hash === hashOfEntry(sha256, entry);
}
