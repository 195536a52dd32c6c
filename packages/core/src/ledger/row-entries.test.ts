import { beforeEach, describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import type { Money } from '../money/money.ts';
import { clearingOf } from './accounts.ts';
import { type LedgerEntry, movementOf } from './entry.ts';
import { movementEntry } from './movements.ts';
import { type BalanceRow, rowEntries } from './row-entries.ts';

const gbp = (minor: bigint): Money => ({ minor, currency: 'GBP' });
const source = { provider: 'paypal', type: 'transaction', id: 'X' };
const factOf = (minor: bigint) => ({ source, amount: gbp(minor), factDate: '2026-11-04', eventId: '1' });

const rowAt = (name: string, fee: Money | null = null): BalanceRow => ({
  place: `paypal:X:T2101:${name}`,
  formerPlace: 'paypal:X:T2101',
  note: 'PayPal T2101 X',
  fee,
  isToBank: false,
});

/** A ledger that takes each key once, as the real one does. */
class Ledger {
  readonly entries: LedgerEntry[] = [];

  take(minor: bigint, row: BalanceRow): number {
    const made = rowEntries(factOf(minor), row, this.entries);
    const known = new Set(this.entries.map(({ key }) => key));
    expect(made.filter(({ key }) => known.has(key))).toEqual([]);
    this.entries.push(...made);
    return made.length;
  }

  get held(): bigint {
    return this.entries.reduce((sum, entry) => sum + movementOf(entry, clearingOf('paypal')), 0n);
  }
}

let ledger: Ledger;
beforeEach(() => {
  ledger = new Ledger();
});

describe('a row of a provider’s list', () => {
  test('three of one refund, with one id and one code, are three', () => {
    for (const minor of [-2_000n, 1_500n, 500n]) ledger.take(minor, rowAt(String(minor)));
    expect(ledger.held).toBe(0n);
    expect(ledger.entries).toHaveLength(3);
    expect(ledger.take(-2_000n, rowAt('-2000'))).toBe(0);
  });

  test('a fee that is told later, changes or is given back is made up for', () => {
    const fees = [null, gbp(-25n), gbp(-25n), gbp(-30n), gbp(0n), gbp(-30n)];
    const held = fees.map((fee) => {
      ledger.take(-5_000n, rowAt('a', fee));
      return ledger.held;
    });
    expect(held).toEqual([-5_000n, -5_025n, -5_025n, -5_030n, -5_000n, -5_030n]);
  });

  test('what stands under the name it had before is this row, when it is of its amount', () => {
    const former = movementEntry(factOf(1_500n), { place: 'paypal:X:T2101', note: '' });
    ledger.entries.push(former);
    expect(ledger.take(1_500n, rowAt('1500'))).toBe(0);
    expect(ledger.take(500n, rowAt('500'))).toBe(1);
    expect(ledger.held).toBe(2_000n);
  });

  test('taken out to the bank, and money that comes in', () => {
    ledger.take(-5_000n, { ...rowAt('out'), isToBank: true });
    ledger.take(100n, rowAt('in'));
    expect(ledger.entries).toMatchObject([
      { kind: 'payout', debit: 'assets:bank', credit: clearingOf('paypal') },
      { kind: 'movement', debit: clearingOf('paypal'), credit: 'liabilities:unallocated' },
    ]);
  });

  test('however often rows are told, in whatever order: the ledger is their sum', () => {
    const rows = fc.uniqueArray(
      fc.record({
        name: fc.string({ minLength: 1 }),
        minor: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }).filter((minor) => minor !== 0n),
        fee: fc.option(fc.bigInt({ min: -9_999n, max: 9_999n })),
      }),
      { selector: ({ name }) => name, maxLength: 8 },
    );
    const told = rows.chain((all) =>
      fc.tuple(
        fc.constant(all),
        all.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...all), { maxLength: 20 }),
      ),
    );
    fc.assert(
      fc.property(told, ([all, more]) => {
        ledger = new Ledger();
        // The fee is not known when some of them are told for the first time.
        for (const { name, minor } of more) ledger.take(minor, rowAt(name));
        for (const { name, minor, fee } of [...more, ...all, ...more])
          ledger.take(minor, rowAt(name, fee === null ? null : gbp(fee)));
        expect(ledger.held).toBe(all.reduce((sum, { minor, fee }) => sum + minor + (fee ?? 0n), 0n));
      }),
    );
  });
});
