import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { LEDGER_KINDS } from '../ledger/entry.ts';
import { clearingRows, type ClearingSum } from './clearing.ts';
import type { ProviderProof } from './proof.ts';

const sum = fc.record<ClearingSum>({
  currency: fc.constantFrom('GBP', 'EUR', 'JPY'),
  provider: fc.constantFrom('gocardless', 'paypal'),
  kind: fc.constantFrom(...LEDGER_KINDS),
  isBefore: fc.boolean(),
  movedMinor: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
});

function proof(changes: Partial<ProviderProof> = {}): ProviderProof {
  return { provider: 'gocardless', currency: 'GBP', inFlightMinor: 0n, holdings: [], why: null, ...changes };
}

test('closing = opening + collected − reversed − refunded − fees − paid out + other, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(sum), (sums) => {
      const rows = clearingRows(sums, []);
      for (const row of rows) {
        const {
          openingMinor,
          collectedMinor,
          reversedMinor,
          refundedMinor,
          feesMinor,
          paidOutMinor,
          otherMinor,
        } = row;
        const out = reversedMinor + refundedMinor + feesMinor + paidOutMinor;
        expect(row.closingMinor).toBe(openingMinor + collectedMinor - out + otherMinor);
      }
      const total = (amounts: readonly bigint[]) => amounts.reduce((all, amount) => all + amount, 0n);
      expect(total(rows.map(({ closingMinor }) => closingMinor))).toBe(
        total(sums.map(({ movedMinor }) => movedMinor)),
      );
    }),
  );
});

test('neither the order of the sums nor that of the proofs matters; rows are sorted', () => {
  const proofs = [
    proof(),
    proof({ currency: 'SEK' }),
    proof({ provider: 'paypal', currency: null, inFlightMinor: null }),
  ];
  fc.assert(
    fc.property(fc.array(sum), fc.shuffledSubarray(proofs, { minLength: 3 }), (sums, shuffled) => {
      const rows = clearingRows(sums, proofs);
      expect(clearingRows([...sums].reverse(), shuffled)).toEqual(rows);
      const names = rows.map(({ currency, provider }) => `${currency} ${provider}`);
      expect(names).toEqual([...names].sort());
    }),
  );
});

describe('the proof of a row', () => {
  const sums: ClearingSum[] = [
    { currency: 'GBP', provider: 'gocardless', kind: 'collection', isBefore: false, movedMinor: 100n },
  ];

  const unproven = { providerInFlightMinor: null, differenceMinor: null };

  test.each([
    ['fits', proof({ inFlightMinor: 100n }), { providerInFlightMinor: 100n, differenceMinor: 0n }],
    ['differs', proof({ inFlightMinor: 130n }), { providerInFlightMinor: 130n, differenceMinor: -30n }],
    [
      'names other currencies: nothing is held',
      proof({ currency: 'EUR' }),
      { providerInFlightMinor: 0n, differenceMinor: 100n },
    ],
    [
      'is of another provider',
      proof({ provider: 'paypal' }),
      { ...unproven, unprovenWhy: "the provider's own records were not asked for" },
    ],
    [
      'was refused',
      proof({ currency: null, inFlightMinor: null, why: 'not allowed' }),
      { ...unproven, unprovenWhy: 'not allowed' },
    ],
  ])('%s', (_name, given, expected) => {
    const row = clearingRows(sums, [given]).find(
      ({ currency, provider }) => currency === 'GBP' && provider === 'gocardless',
    );
    expect(row).toMatchObject({ closingMinor: 100n, unprovenWhy: null, ...expected });
  });

  test('a provider that cannot be asked and of which the ledger knows nothing has no row', () => {
    expect(clearingRows([], [proof({ currency: null, inFlightMinor: null, why: 'not connected' })])).toEqual(
      [],
    );
  });
});

test('an opening entry of the month is a movement only when it belongs to an earlier one', () => {
  const entry = { currency: 'GBP', provider: 'gocardless', kind: 'opening' as const, movedMinor: 5n };
  expect(clearingRows([{ ...entry, isBefore: true }], [])[0]).toMatchObject({
    openingMinor: 5n,
    otherMinor: 0n,
  });
  expect(clearingRows([{ ...entry, isBefore: false }], [])[0]).toMatchObject({
    openingMinor: 0n,
    otherMinor: 5n,
  });
});

test('a provider proven by its list alone says so', () => {
  const proof = { provider: 'paypal', currency: 'GBP', inFlightMinor: 5n, holdings: [], why: null };
  const [row] = clearingRows([], [{ ...proof, balanceWhy: 'not told' }]);
  expect(row).toMatchObject({
    providerInFlightMinor: 5n,
    differenceMinor: -5n,
    balanceUnprovenWhy: 'not told',
  });
  expect(clearingRows([], [proof])[0]).not.toHaveProperty('balanceUnprovenWhy');
});
