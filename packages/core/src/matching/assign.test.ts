import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { assignOneToOne } from './assign.ts';

const thing = fc.record({
  id: fc.string({ minLength: 1, maxLength: 3 }),
  at: fc.constantFrom('2026-10-01', '2026-10-02'),
});
const things = fc.uniqueArray(thing, { maxLength: 8, selector: (one) => one.id });

test('the oldest to the oldest', () => {
  const payments = [
    { id: 'P2', at: '2026-10-02' },
    { id: 'P1', at: '2026-10-01' },
  ];
  const invoices = [
    { id: 'I9', at: '2026-09-01' },
    { id: 'I1', at: '2026-09-02' },
  ];
  const assigned = assignOneToOne(payments, invoices);
  expect([...(assigned ?? [])].map(([payment, invoice]) => [payment, invoice.id])).toEqual([
    ['P1', 'I9'],
    ['P2', 'I1'],
  ]);
});

test('any permutation and repetition of payments and invoices gives the same assignment', () => {
  fc.assert(
    fc.property(things, things, fc.infiniteStream(fc.nat()), (payments, invoices, random) => {
      const shuffled = <T>(list: readonly T[]): T[] =>
        [...list, ...list.slice(0, 2)]
          .map((one) => ({ one, key: Number(random.next().value) }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
      expect(assignOneToOne(shuffled(payments), shuffled(invoices))).toEqual(
        assignOneToOne(payments, invoices),
      );
    }),
  );
});

test('an assignment uses each payment and each invoice once, or there is none', () => {
  fc.assert(
    fc.property(things, things, (payments, invoices) => {
      const assigned = assignOneToOne(payments, invoices);
      if (payments.length !== invoices.length || payments.length === 0) {
        expect(assigned).toBeNull();
        return;
      }
      expect(new Set([...(assigned ?? [])].map(([, invoice]) => invoice.id)).size).toBe(payments.length);
    }),
  );
});
