import { inTransactions } from '../../in-transactions.ts';
import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { type AuditEntry, type ChainHead, continuesChain, EMPTY_CHAIN } from '@mlc/core';
import { aCollection, anIntent, aQuestion, type Bench, type StoreSubject } from './subject.ts';

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function anEntry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    actor: 'system',
    action: 'collection.created',
    subject: { provider: 'freshbooks', type: 'invoice', id: '101' },
    correlationId: 'c-1',
    details: { amountMinor: 1999 },
    ...changes,
  };
}

async function expectWholeChain(subject: StoreSubject, entries: number): Promise<void> {
  const chain = await subject.auditEntries();
  expect(chain).toHaveLength(entries);
  let head: ChainHead = EMPTY_CHAIN;
  for (const entry of chain) {
    expect(continuesChain(sha256, head, entry)).toBe(true);
    head = entry;
  }
}

/** `Store.transaction` and `AuditLog`. */
export function transactionTests({ subject, clock }: Bench): void {
  describe('transactions', () => {
    test('what a transaction wrote is there when it ended, its answer is handed on', async () => {
      const { store } = subject();
      const answer = await store.transaction(async (tx) => {
        const collection = await tx.collections.insert(aCollection());
        expect(await tx.collections.ofInvoice('101')).toEqual([collection]);
        await tx.audit.append(anEntry());
        return collection;
      });
      expect(await store.collections.ofInvoice('101')).toEqual([answer]);
      await expectWholeChain(subject(), 1);
    });

    test('what throws leaves nothing of any repository behind', async () => {
      const { store } = subject();
      const intent = anIntent();
      const work = store.transaction(async (tx) => {
        await tx.collections.insert(aCollection());
        await tx.postings.insertIntent(intent);
        await tx.reviews.open(aQuestion());
        await tx.clients.link('7', 'CU1', 'why');
        await tx.audit.append(anEntry());
        throw new Error('on purpose');
      });
      await expect(work).rejects.toThrow('on purpose');
      expect(await store.collections.ofInvoice('101')).toEqual([]);
      expect(await store.postings.byKey(intent.key)).toBeNull();
      expect(await store.reviews.openOn(aQuestion().subject)).toEqual([]);
      expect(await store.clients.linkOf('7')).toBeNull();
      await expectWholeChain(subject(), 0);
    });

    test('a refused row spoils its transaction even when the error is caught', async () => {
      const { store } = subject();
      await store.transaction((tx) => tx.collections.insert(aCollection()));
      const work = store.transaction(async (tx) => {
        await tx.clients.link('7', 'CU1', 'why');
        await tx.collections.insert(aCollection()).catch(() => undefined);
      });
      await expect(work).rejects.toThrow();
      expect(await store.clients.linkOf('7')).toBeNull();
    });

    test('what a transaction has not committed is not seen outside', async () => {
      const { store } = subject();
      await store.transaction(async (tx) => {
        await tx.collections.insert(aCollection());
        expect(await store.collections.ofInvoice('101')).toEqual([]);
      });
      expect(await store.collections.ofInvoice('101')).toHaveLength(1);
    });
  });

  describe('audit', () => {
    test('entries say who, what, when and why', async () => {
      await inTransactions(subject().store).audit.append(anEntry());
      const [entry] = await subject().auditEntries();
      expect(entry).toMatchObject({
        ...anEntry(),
        businessId: subject().businessId,
        seq: 1,
        at: clock().now(),
      });
    });

    test('twenty at once, some in transactions of several, give one unbroken chain', async () => {
      const { store } = subject();
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          index % 2 === 0
            ? inTransactions(store).audit.append(anEntry({ correlationId: String(index) }))
            : store.transaction(async (tx) => {
                await tx.audit.append(anEntry());
                await tx.clients.link(String(index), 'CU1', 'why');
                await tx.audit.append(anEntry());
              }),
        ),
      );
      await expectWholeChain(subject(), 30);
    });

    test('details JSON cannot say are kept as what it can', async () => {
      const details = {
        amount: 1999n,
        at: new Date(0),
        gone: undefined,
        not: Number.NaN,
        deep: [{ b: 1, a: [] }],
      };
      await inTransactions(subject().store).audit.append(anEntry({ details }));
      const [entry] = await subject().auditEntries();
      const kept = { amount: 1999, at: '1970-01-01T00:00:00.000Z', not: null, deep: [{ a: [], b: 1 }] };
      expect(entry?.details).toEqual(kept);
      await expectWholeChain(subject(), 1);
    });
  });
}
