import { describe, expect, test } from '@jest/globals';
import { aCollection, type Bench } from './subject.ts';

/** `CollectionStore`. */
export function collectionTests({ subject, clock }: Bench): void {
  const collections = () => subject().store.collections;

  describe('collections', () => {
    test('what was inserted is found by invoice, payment and schedule, to the last penny', async () => {
      const calledAt = clock().now();
      const asked = aCollection({ paymentId: 'PM1', scheduleId: 'SB1', origin: 'subscription', calledAt });
      const inserted = await collections().insert(asked);
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
    });

    test('attempts come oldest first', async () => {
      for (const attempt of [1, 2, 3]) await collections().insert(aCollection({ attempt, state: 'failed' }));
      expect((await collections().ofInvoice('101')).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      clock().advance(1);
      await collections().insert(aCollection({ invoiceId: '50', scheduleId: 'IS1' }));
      clock().advance(1);
      await collections().insert(aCollection({ invoiceId: '40', scheduleId: 'IS1' }));
      expect((await collections().ofSchedule('IS1')).map(({ invoiceId }) => invoiceId)).toEqual(['50', '40']);
    });

    test('an attempt, a payment and a key exist once', async () => {
      const first = await collections().insert(aCollection({ paymentId: 'PM1' }));
      await expect(collections().insert(aCollection())).rejects.toThrow();
      await expect(collections().insert(aCollection({ attempt: 2, paymentId: 'PM1' }))).rejects.toThrow();
      const { idempotencyKey } = first;
      await expect(collections().insert(aCollection({ attempt: 2, idempotencyKey }))).rejects.toThrow();
      const second = await collections().insert(aCollection({ attempt: 2 }));
      await expect(collections().update(second.id, { paymentId: 'PM1' })).rejects.toThrow();
      expect(await collections().ofInvoice('101')).toEqual([first, second]);
    });

    test('an update changes what it names and nothing else', async () => {
      const inserted = await collections().insert(aCollection());
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
      await collections().update(inserted.id, changes);
      expect(await collections().byPayment('PM9')).toEqual({ ...inserted, ...changes });
      await collections().update(inserted.id, {});
      expect(await collections().ofInvoice('101')).toEqual([{ ...inserted, ...changes }]);
    });

    test('an update of what is not there is refused', async () => {
      await expect(collections().update('nothing', { state: 'failed' })).rejects.toThrow(
        /no collection nothing/,
      );
    });

    test('live ones of a client are those that have not ended', async () => {
      const live = ['planned', 'requested', 'pending_submission', 'submitted', 'confirmed'] as const;
      const ended = ['paid_out', 'failed', 'cancelled', 'charged_back'] as const;
      for (const [index, state] of [...live, ...ended].entries()) {
        clock().advance(1);
        await collections().insert(aCollection({ invoiceId: String(200 + index), state }));
      }
      clock().advance(1);
      await collections().insert(aCollection({ invoiceId: '300', state: 'failed', willAttemptRetry: true }));
      await collections().insert(aCollection({ invoiceId: '301', clientId: '8' }));
      const states = (await collections().liveOfClient('7')).map(({ state }) => state);
      expect(states).toEqual([...live, 'failed']);
    });
  });
}
