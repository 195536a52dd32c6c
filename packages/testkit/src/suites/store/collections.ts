import { inTransactions } from '../../in-transactions.ts';
import { describe, expect, test } from '@jest/globals';
import { aCollection, type Bench } from './subject.ts';

/** `CollectionStore`. */
export function collectionTests({ subject, clock }: Bench): void {
  const collections = () => subject().store.collections;
  const writes = () => inTransactions(subject().store);

  describe('collections', () => {
    test('what was inserted is found by invoice, payment and schedule, to the last penny', async () => {
      const calledAt = clock().now();
      const asked = aCollection({ paymentId: 'PM1', scheduleId: 'SB1', origin: 'subscription', calledAt });
      const inserted = await writes().collections.insert(asked);
      expect(inserted).toEqual({ ...asked, id: inserted.id });
      expect(await collections().ofInvoice('101')).toEqual([inserted]);
      expect(await collections().byPayment('PM1')).toEqual(inserted);
      expect(await collections().ofSchedule('SB1')).toEqual([inserted]);
    });

    test('what is not there is null or empty', async () => {
      expect(await collections().byPayment('PM404')).toBeNull();
      expect(await collections().ofInvoice('404')).toEqual([]);
      expect(await collections().ofSchedule('SB404')).toEqual([]);
      expect(await collections().liveOfClient('404')).toEqual([]);
      expect(await collections().liveOnMandate('MD404')).toEqual([]);
    });

    test('attempts come oldest first', async () => {
      for (const attempt of [1, 2, 3])
        await writes().collections.insert(aCollection({ attempt, state: 'failed' }));
      expect((await collections().ofInvoice('101')).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      clock().advance(1);
      await writes().collections.insert(aCollection({ invoiceId: '50', scheduleId: 'IS1' }));
      clock().advance(1);
      await writes().collections.insert(aCollection({ invoiceId: '40', scheduleId: 'IS1' }));
      expect((await collections().ofSchedule('IS1')).map(({ invoiceId }) => invoiceId)).toEqual(['50', '40']);
    });

    test('an attempt, a payment and a key exist once', async () => {
      const first = await writes().collections.insert(aCollection({ paymentId: 'PM1' }));
      await expect(writes().collections.insert(aCollection())).rejects.toThrow();
      await expect(
        writes().collections.insert(aCollection({ attempt: 2, paymentId: 'PM1' })),
      ).rejects.toThrow();
      const { idempotencyKey } = first;
      await expect(
        writes().collections.insert(aCollection({ attempt: 2, idempotencyKey })),
      ).rejects.toThrow();
      const second = await writes().collections.insert(aCollection({ attempt: 2 }));
      await expect(writes().collections.update(second.id, { paymentId: 'PM1' })).rejects.toThrow();
      expect(await collections().ofInvoice('101')).toEqual([first, second]);
    });

    test('an update changes what it names and nothing else', async () => {
      const inserted = await writes().collections.insert(aCollection());
      const changes = {
        state: 'failed' as const,
        paymentId: 'PM9',
        amount: { minor: 500n, currency: 'EUR' },
        chargeDate: null,
        wantedDate: null,
        creditorId: null,
        willAttemptRetry: true,
        calledAt: clock().now(),
        endedBy: 'us' as const,
      };
      await writes().collections.update(inserted.id, changes);
      expect(await collections().byPayment('PM9')).toEqual({ ...inserted, ...changes });
      await writes().collections.update(inserted.id, {});
      expect(await collections().ofInvoice('101')).toEqual([{ ...inserted, ...changes }]);
    });

    test('an update of what is not there is refused', async () => {
      await expect(writes().collections.update('nothing', { state: 'failed' })).rejects.toThrow(
        /no collection nothing/,
      );
    });

    test('of ours that were called in a time and a currency, by when the call was sent', async () => {
      const from = clock().now();
      const minutes = (count: number) => new Date(from.getTime() + count * 60_000);
      const called = (invoiceId: string, at: Date | null, facts = {}) =>
        writes().collections.insert(aCollection({ invoiceId, calledAt: at, ...facts }));
      await called('1', from);
      await called('2', minutes(59), { state: 'cancelled', endedBy: 'us' });
      await called('3', minutes(60));
      await called('4', minutes(-1));
      await called('5', null);
      await called('6', minutes(5), { origin: 'subscription' });
      await called('7', minutes(5), { amount: { minor: 1n, currency: 'EUR' } });
      const within = { from, to: minutes(60) };
      expect(await collections().countCalled('GBP', within)).toBe(2);
      expect(await collections().countCalled('EUR', within)).toBe(1);
      expect(await collections().countCalled('USD', within)).toBe(0);
      const inside = subject().store.transaction((tx) => tx.collections.countCalled('GBP', within));
      expect(await inside).toBe(2);
    });

    test('two that count before they write never both find the last place', async () => {
      const within = { from: clock().now(), to: new Date(clock().now().getTime() + 60_000) };
      const calledAt = clock().now();
      const takePlace = (invoiceId: string) =>
        subject().store.transaction(async (tx) => {
          if ((await tx.collections.countCalled('GBP', within)) >= 2) return false;
          await tx.collections.insert(aCollection({ invoiceId, calledAt }));
          return true;
        });
      const took = await Promise.all(['1', '2', '3', '4', '5', '6'].map(takePlace));
      expect(took.filter(Boolean)).toHaveLength(2);
      expect(await collections().countCalled('GBP', within)).toBe(2);
    });

    test('two that look at what a mandate carries before they write never both find it empty', async () => {
      const takeRoom = (invoiceId: string) =>
        subject().store.transaction(async (tx) => {
          if ((await tx.collections.reservedOnMandate('MD1')).length > 0) return false;
          await tx.collections.insert(aCollection({ invoiceId, state: 'planned' }));
          return true;
        });
      const took = await Promise.all(['1', '2', '3', '4'].map(takeRoom));
      expect(took.filter(Boolean)).toHaveLength(1);
      expect(await collections().reservedOnMandate('MD1')).toHaveLength(1);
    });

    test('live ones of a client are those that have not ended', async () => {
      const live = ['planned', 'requested', 'pending_submission', 'submitted', 'confirmed'] as const;
      const ended = ['paid_out', 'failed', 'cancelled', 'charged_back'] as const;
      for (const [index, state] of [...live, ...ended].entries()) {
        clock().advance(1);
        await writes().collections.insert(aCollection({ invoiceId: String(200 + index), state }));
      }
      clock().advance(1);
      await writes().collections.insert(
        aCollection({ invoiceId: '300', state: 'failed', willAttemptRetry: true }),
      );
      await writes().collections.insert(aCollection({ invoiceId: '301', clientId: '8', mandateId: 'MD8' }));
      const found = await collections().liveOfClient('7');
      expect(await collections().liveOnMandate('MD1')).toEqual(found);
      expect(await collections().reservedOnMandate('MD1')).toEqual(found);
      const states = found.map(({ state }) => state);
      expect(states).toEqual([...live, 'failed']);
    });
  });
}
