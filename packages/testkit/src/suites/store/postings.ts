import { inTransactions } from '../../in-transactions.ts';
import { describe, expect, test } from '@jest/globals';
import type { PostingStore } from '@mlc/core';
import { anIntent, type Bench, intended } from './subject.ts';

/** `PostingStore`. */
export function postingTests({ subject, clock }: Bench): void {
  const postings = () => subject().store.postings;
  const writes = () => inTransactions(subject().store);

  describe('postings', () => {
    test('an intent is found by key, source and invoice', async () => {
      const intent = anIntent();
      expect(await writes().postings.insertIntent(intent)).toBe(true);
      expect(await postings().byKey(intent.key)).toEqual(intended(intent));
      expect(await postings().ofSource('gocardless', 'PM1')).toEqual([intended(intent)]);
      expect(await postings().ofInvoice('101')).toEqual([intended(intent)]);
    });

    test('what is not there is null or empty', async () => {
      expect(await postings().byKey('nothing')).toBeNull();
      expect(await postings().ofSource('gocardless', 'PM404')).toEqual([]);
      expect(await postings().ofSource('paypal', 'PM1')).toEqual([]);
      expect(await postings().ofInvoice('404')).toEqual([]);
    });

    test('a key exists once, and the second insertion changes nothing', async () => {
      const intent = anIntent();
      await writes().postings.insertIntent(intent);
      expect(await writes().postings.insertIntent({ ...intent, invoiceId: '999' })).toBe(false);
      expect(await postings().byKey(intent.key)).toEqual(intended(intent));
    });

    test('a source has one entry per cycle, whichever key it is intended under', async () => {
      const intent = anIntent();
      await writes().postings.insertIntent(intent);
      const former = { ...intent, key: `former-${intent.key}` };
      expect(await writes().postings.insertIntent(former)).toBe(false);
      expect(await writes().postings.insertIntent({ ...former, kind: 'reversal' })).toBe(true);
      expect(await postings().ofSource('gocardless', 'PM1')).toHaveLength(2);
    });

    test('the second insertion does not spoil its transaction', async () => {
      const [first, second] = [anIntent(), anIntent({ cycle: 2 })];
      await writes().postings.insertIntent(first);
      const inserted = await subject().store.transaction(async (tx) => [
        await tx.postings.insertIntent(first),
        await tx.postings.insertIntent(second),
      ]);
      expect(inserted).toEqual([false, true]);
      expect(await postings().ofSource('gocardless', 'PM1')).toHaveLength(2);
    });

    test('two transactions with the same intent at once: exactly one inserts it', async () => {
      const intent = anIntent();
      const attempts = Array.from({ length: 8 }, () =>
        subject().store.transaction((tx) => tx.postings.insertIntent(intent)),
      );
      expect((await Promise.all(attempts)).filter((inserted) => inserted)).toHaveLength(1);
    });

    test('put inserts with the changes, or makes the changes alone', async () => {
      const intent = anIntent();
      const put = (changes: Parameters<PostingStore['put']>[1], posting = intent) =>
        subject().store.transaction((tx) => tx.postings.put(posting, changes));
      const calledAt = clock().now();
      expect(await put({ state: 'intent', calledAt, note: 'first' })).toBe(true);
      expect(await postings().byKey(intent.key)).toEqual({ ...intended(intent), calledAt, note: 'first' });
      const again = { ...intent, invoiceId: '999', note: 'of the second' };
      expect(await put({ state: 'posted', externalId: '7' }, again)).toBe(false);
      const posted = { ...intended(intent), calledAt, note: 'first', state: 'posted', externalId: '7' };
      expect(await postings().byKey(intent.key)).toEqual(posted);
    });

    test('put refuses a second entry of one source and cycle under another key', async () => {
      const intent = anIntent();
      const put = (key: string) =>
        subject().store.transaction((tx) => tx.postings.put({ ...intent, key }, { state: 'intent' }));
      expect(await put(intent.key)).toBe(true);
      await expect(put(`other-${intent.key}`)).rejects.toThrow();
      expect(await postings().ofSource('gocardless', 'PM1')).toEqual([intended(intent)]);
    });

    test('two transactions that put the same at once: exactly one inserts it', async () => {
      const intent = anIntent();
      const attempts = Array.from({ length: 8 }, () =>
        subject().store.transaction((tx) => tx.postings.put(intent, { state: 'intent' })),
      );
      expect((await Promise.all(attempts)).filter((inserted) => inserted)).toHaveLength(1);
    });

    test('a payment, its reversal and the next cycle come in this order', async () => {
      const kinds = [
        { kind: 'payment', cycle: 1, key: 'z' },
        { kind: 'reversal', cycle: 1, key: 'y' },
        { kind: 'payment', cycle: 2, key: 'x' },
      ] as const;
      for (const { key, ...one } of kinds)
        await writes().postings.insertIntent(anIntent({ ...one, key: `${key}-${subject().businessId}` }));
      const found = (await postings().ofSource('gocardless', 'PM1')).map(({ kind, cycle }) => [kind, cycle]);
      expect(found).toEqual([
        ['payment', 1],
        ['reversal', 1],
        ['payment', 2],
      ]);
    });

    test('an update changes what it names', async () => {
      const intent = anIntent();
      await writes().postings.insertIntent(intent);
      const changes = { calledAt: clock().now(), recheckAt: clock().now() };
      await writes().postings.update(intent.key, changes);
      await writes().postings.update(intent.key, { state: 'posted', externalId: '555', recheckAt: null });
      expect(await postings().byKey(intent.key)).toEqual({
        ...intended(intent),
        ...changes,
        state: 'posted',
        externalId: '555',
        recheckAt: null,
      });
      await expect(writes().postings.update('nothing', { state: 'posted' })).rejects.toThrow(
        /no posting nothing/,
      );
    });

    test('an entry that the books refused is dated anew, and found by its kind', async () => {
      const [fee, journal] = [anIntent({ kind: 'fee' }), anIntent({ kind: 'journal' })];
      for (const intent of [fee, journal]) await writes().postings.insertIntent(intent);
      expect(await postings().rejectedOfKind('fee')).toEqual([]);
      const changes = { state: 'rejected', date: '2026-12-01', note: 'later' } as const;
      await writes().postings.update(fee.key, changes);
      expect(await postings().rejectedOfKind('fee')).toEqual([{ ...intended(fee), ...changes }]);
      expect(await postings().rejectedOfKind('journal')).toEqual([]);
    });

    test('second looks come when they are due, the longest due first', async () => {
      const at = (ms: number) => new Date(clock().now().getTime() + ms);
      const keys: string[] = [];
      for (const [index, ms] of [2_000, 1_000, 3_000, 60_000].entries()) {
        const intent = anIntent({ cycle: index + 1 });
        await writes().postings.insertIntent(intent);
        await writes().postings.update(intent.key, { recheckAt: at(ms) });
        keys.push(intent.key);
      }
      await writes().postings.insertIntent(anIntent({ cycle: 9 }));
      const due = async (now: Date, limit: number) =>
        (await postings().dueForRecheck(now, limit)).map(({ key }) => keys.indexOf(key));
      expect(await due(at(3_000), 10)).toEqual([1, 0, 2]);
      expect(await due(at(3_000), 2)).toEqual([1, 0]);
      expect(await due(at(999), 10)).toEqual([]);
    });
  });
}
