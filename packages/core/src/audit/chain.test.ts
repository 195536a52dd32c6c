import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { createHash } from 'node:crypto';
import type { AuditEntry } from '../ports/store.ts';
import { type ChainedEntry, chainEntry, continuesChain, EMPTY_CHAIN, GENESIS_HASH } from './chain.ts';

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

const entries = fc.record({
  actor: fc.string(),
  action: fc.string(),
  subject: fc.record({ provider: fc.string(), type: fc.string(), id: fc.string() }),
  correlationId: fc.option(fc.string()),
  details: fc.dictionary(fc.string(), fc.jsonValue()),
}) as fc.Arbitrary<AuditEntry>;

function chainOf(list: readonly AuditEntry[]): ChainedEntry[] {
  const chain: ChainedEntry[] = [];
  for (const [index, entry] of list.entries()) {
    const placed = { ...entry, businessId: 'acme', at: new Date(index) };
    chain.push(chainEntry(sha256, chain.at(-1) ?? EMPTY_CHAIN, placed));
  }
  return chain;
}

/** The number of the first entry that does not continue what is before it; null for a whole chain. */
function firstBreak(chain: readonly ChainedEntry[]): number | null {
  const index = chain.findIndex((entry, at) => !continuesChain(sha256, chain[at - 1] ?? EMPTY_CHAIN, entry));
  return index === -1 ? null : index + 1;
}

test('the hash is the documented one', () => {
  const [entry] = chainOf([
    {
      actor: 'cli',
      action: 'review.resolved',
      subject: { provider: 'freshbooks', type: 'invoice', id: '101' },
      correlationId: null,
      details: { note: 'ok', amountMinor: 1999 },
    },
  ]);
  const text =
    '{"action":"review.resolved","actor":"cli","at":"1970-01-01T00:00:00.000Z","businessId":"acme",' +
    '"correlationId":null,"details":{"amountMinor":1999,"note":"ok"},"seq":1,' +
    '"subject":{"id":"101","provider":"freshbooks","type":"invoice"}}';
  expect(entry?.prevHash).toBe(GENESIS_HASH);
  expect(entry?.hash).toBe(sha256(`${GENESIS_HASH}\n${text}`));
});

test('a chain is whole however it came to be, and each entry fits one place only', () => {
  const lists = fc.array(entries, { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(lists, fc.nat(), fc.nat(), (list, one, other) => {
      const chain = chainOf(list);
      expect(firstBreak(chain)).toBeNull();
      const [from, to] = [one % chain.length, other % chain.length];
      const [left, right] = [chain[from], chain[to]];
      if (left === undefined || right === undefined || from === to) return;
      const swapped = chain.with(from, right).with(to, left);
      expect(firstBreak(swapped)).toBe(Math.min(from, to) + 1);
      const shorter = chain.toSpliced(from, 1);
      expect(firstBreak(shorter)).toBe(from === chain.length - 1 ? null : from + 1);
    }),
  );
});

test('a changed field breaks the chain at its entry', () => {
  const changes: Partial<ChainedEntry>[] = [
    { actor: 'x!' },
    { action: 'x!' },
    { subject: { provider: 'x!', type: '', id: '' } },
    { correlationId: 'x!' },
    { details: { changed: 'x!' } },
    { at: new Date(99_999) },
    { businessId: 'x!' },
    { seq: 99 },
    { hash: GENESIS_HASH },
    { prevHash: 'f'.repeat(64) },
  ];
  const lists = fc.array(entries, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(lists, fc.nat(), fc.constantFrom(...changes), (list, at, change) => {
      const chain = chainOf(list);
      const index = at % chain.length;
      const target = chain[index];
      if (target === undefined) return;
      expect(firstBreak(chain.with(index, { ...target, ...change }))).toBe(index + 1);
    }),
  );
});
