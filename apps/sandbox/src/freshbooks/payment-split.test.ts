import { describe, expect, it } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { splitPayment } from './payment-split.ts';

describe('overpayment split', () => {
  it('agrees with the recorded one: 3300.00 on 180.00', () => {
    expect(splitPayment(330_000n, 18_000n)).toEqual({ applied: 18_000n, overpaid: 312_000n });
  });

  it('gives a paid invoice nothing', () => {
    expect(splitPayment(100n, 0n)).toEqual({ applied: 0n, overpaid: 100n });
    expect(splitPayment(100n, -50n)).toEqual({ applied: 0n, overpaid: 100n });
  });

  it('never loses a cent and never applies more than is outstanding', () => {
    const posted = fc.bigInt({ min: 0n, max: 10n ** 12n });
    const outstanding = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
    fc.assert(
      fc.property(posted, outstanding, (amount, room) => {
        const { applied, overpaid } = splitPayment(amount, room);
        expect(applied + overpaid).toBe(amount);
        expect(applied).toBeGreaterThanOrEqual(0n);
        expect(overpaid).toBeGreaterThanOrEqual(0n);
        expect(applied === 0n || applied <= room).toBe(true);
        expect(overpaid === 0n || applied === (room > 0n ? room : 0n)).toBe(true);
      }),
    );
  });
});
