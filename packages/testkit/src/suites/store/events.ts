import { inTransactions } from '../../in-transactions.ts';
import { describe, expect, test } from '@jest/globals';
import type { Bench } from './subject.ts';

const DONE = { state: 'done' as const, reason: 'collected', waitingFor: null, recheckAt: null };

/** `EventStore`. */
export function eventTests({ subject, clock }: Bench): void {
  const events = () => subject().store.events;
  const writes = () => inTransactions(subject().store);
  const queue = (type = 'invoice.create', resourceId = '101') => subject().queueEvent({ type, resourceId });
  const park = async (waitingFor: string) => {
    const event = await queue('invoice.create', waitingFor);
    const recheckAt = new Date(clock().now().getTime() + 60_000);
    await writes().events.finish(event.id, {
      state: 'parked',
      reason: 'no mandate yet',
      waitingFor,
      recheckAt,
    });
    return event.id;
  };
  const stateOf = async (eventId: string) => (await events().get(eventId))?.state;

  describe('events', () => {
    test('an event is found by id only', async () => {
      const event = await queue();
      expect(await events().get(event.id)).toEqual(event);
      expect(await events().get('999999999')).toBeNull();
      expect(await events().get('nothing')).toBeNull();
    });

    test.each(['done', 'skipped'] as const)('a run ends %s, once', async (state) => {
      const { id } = await queue();
      await writes().events.finish(id, { ...DONE, state });
      expect(await stateOf(id)).toBe(state);
      await expect(writes().events.finish(id, DONE)).rejects.toThrow(/over already/);
    });

    test('waking runs what waits for exactly this again', async () => {
      const [first, second, other] = [
        await park('mandate:7'),
        await park('mandate:7'),
        await park('mandate:8'),
      ];
      expect(await writes().events.wake('mandate:7')).toBe(2);
      expect(await Promise.all([first, second, other].map(stateOf))).toEqual(['stored', 'stored', 'parked']);
      expect(await writes().events.wake('mandate:7')).toBe(0);
    });

    test('what is waited for, by how it begins', async () => {
      await park('pending-payment:7:B');
      await park('pending-payment:7:A');
      const again = await park('pending-payment:7:A');
      await park('pending-payment:71:C');
      expect(await events().awaited('pending-payment:7:')).toEqual([
        'pending-payment:7:A',
        'pending-payment:7:B',
      ]);
      await writes().events.wake('pending-payment:7:A');
      expect(await stateOf(again)).toBe('stored');
      expect(await events().awaited('pending-payment:7:')).toEqual(['pending-payment:7:B']);
    });

    test('rerun starts what rests again and leaves what is to run anyway', async () => {
      const [resting, waiting] = [await queue(), await queue()];
      await writes().events.finish(resting.id, DONE);
      expect(await writes().events.rerun([resting.id, waiting.id, '999999999', 'nothing'])).toBe(1);
      expect(await stateOf(resting.id)).toBe('stored');
      expect(await stateOf(waiting.id)).toBe('queued');
      expect(await writes().events.rerun([])).toBe(0);
    });

    test('rerunInvoices runs the newest event of each invoice again', async () => {
      const [older, newer, otherInvoice] = [
        await queue(),
        await queue('invoice.update'),
        await queue('invoice.create', '102'),
      ];
      const others = [await queue('client.update', '101'), await queue('payment.create', '101')];
      for (const { id } of [older, newer, otherInvoice, ...others]) await writes().events.finish(id, DONE);
      expect(await writes().events.rerunInvoices(['101', '999'])).toBe(1);
      expect(await stateOf(newer.id)).toBe('stored');
      expect(await Promise.all([older, otherInvoice, ...others].map(({ id }) => stateOf(id)))).toEqual(
        Array(4).fill('done'),
      );
      expect(await writes().events.rerunInvoices([])).toBe(0);
    });

    test('the other waiting events on the same object are covered', async () => {
      const [first, second, done] = [await queue(), await queue('invoice.update'), await queue()];
      const others = [await queue('client.update', '101'), await queue('invoice.update', '102')];
      await writes().events.finish(done.id, DONE);
      const waiting = await events().waitingOn(first);
      expect(waiting).toEqual([{ eventId: second.id, type: 'invoice.update', run: 0 }]);
      expect(await stateOf(second.id)).toBe('queued');
      expect(await writes().events.cover(first, waiting)).toEqual([second.id]);
      expect(await stateOf(second.id)).toBe('skipped');
      expect(await Promise.all([first, ...others].map(({ id }) => stateOf(id)))).toEqual(
        Array.from({ length: 3 }, () => 'queued'),
      );
      // It was under way already: its effects count, so it may end.
      await writes().events.finish(second.id, DONE);
      expect(await stateOf(second.id)).toBe('done');
    });

    test('what ended meanwhile, or runs again for another reason, is not covered', async () => {
      const [first, ended, again] = [await queue(), await queue(), await queue()];
      const waiting = await events().waitingOn(first);
      await writes().events.finish(ended.id, DONE);
      await writes().events.finish(again.id, DONE);
      await writes().events.rerun([again.id]);
      expect(await writes().events.cover(first, waiting)).toEqual([]);
      expect(await Promise.all([ended, again].map(({ id }) => stateOf(id)))).toEqual(['done', 'stored']);
    });

    test('events without a readable object cover nothing', async () => {
      const [first] = [await queue('unreadable', ''), await queue('unreadable', '')];
      expect(await events().waitingOn(first)).toEqual([]);
    });
  });
}
