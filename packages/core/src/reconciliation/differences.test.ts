import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { compareText } from './compare.ts';
import { type Difference, differencesOf, holdingsOf } from './differences.ts';
import type { Holding } from './proof.ts';

const account = { provider: 'gocardless', currency: 'GBP' };

async function differing(ours: readonly Holding[], theirs: readonly Holding[]): Promise<Difference[]> {
  async function* read(): AsyncGenerator<Holding> {
    for (const holding of ours) yield await Promise.resolve(holding);
  }
  const found = [];
  for await (const difference of differencesOf(account, read(), theirs)) found.push(difference);
  return found;
}

function proofOf(holdings: readonly Holding[]) {
  return [{ ...account, inFlightMinor: 0n, holdings, why: null }];
}

const holdings = fc.array(
  fc.record({
    id: fc.constantFrom('PM1', 'PM2', 'PM10', 'PO1', 'é', 'z'),
    amountMinor: fc.bigInt(-99n, 99n),
  }),
  { maxLength: 12 },
);

test('what is listed adds up to the difference of the sums, sorted by id, without zeros', async () => {
  await fc.assert(
    fc.asyncProperty(holdings, holdings, async (left, right) => {
      const [ours, theirs] = [holdingsOf(account, proofOf(left)), holdingsOf(account, proofOf(right))];
      const found = await differing(ours, theirs);
      const total = (list: readonly { amountMinor: bigint | null }[]) =>
        list.reduce((sum, { amountMinor }) => sum + (amountMinor ?? 0n), 0n);
      expect(total(found)).toBe(total(left) - total(right));
      expect(found.filter(({ amountMinor }) => amountMinor === 0n)).toEqual([]);
      const ids = found.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].sort(compareText));
    }),
  );
});

test('each says who holds what', async () => {
  const found = await differing(
    [
      { id: 'PM1', amountMinor: 1000n },
      { id: 'PM2', amountMinor: 5n },
      { id: 'PM4', amountMinor: 7n },
    ],
    [
      { id: 'PM0', amountMinor: 1n },
      { id: 'PM1', amountMinor: 1250n },
      { id: 'PM3', amountMinor: -2n },
      { id: 'PM4', amountMinor: 7n },
      { id: 'PM5', amountMinor: 3n },
    ],
  );
  expect(found).toEqual([
    { id: 'PM0', amountMinor: -1n, why: 'gocardless holds GBP 0.01 of it, the ledger nothing' },
    { id: 'PM1', amountMinor: -250n, why: 'the ledger holds GBP 10.00 of it, gocardless GBP 12.50' },
    { id: 'PM2', amountMinor: 5n, why: 'the ledger holds GBP 0.05 of it, gocardless nothing' },
    { id: 'PM3', amountMinor: 2n, why: 'gocardless holds GBP -0.02 of it, the ledger nothing' },
    { id: 'PM5', amountMinor: -3n, why: 'gocardless holds GBP 0.03 of it, the ledger nothing' },
  ]);
});

test('holdings of an account: one per id, of its provider and currency only', () => {
  const proofs = [
    ...proofOf([
      { id: 'b', amountMinor: 2n },
      { id: 'a', amountMinor: 1n },
      { id: 'b', amountMinor: -2n },
      { id: 'a', amountMinor: 4n },
    ]),
    { ...account, currency: 'EUR', inFlightMinor: 9n, holdings: [{ id: 'c', amountMinor: 9n }], why: null },
  ];
  expect(holdingsOf(account, proofs)).toEqual([{ id: 'a', amountMinor: 5n }]);
});

test('what explains a difference is said of it; where there is none, nothing is', async () => {
  const why = 'in transit at gocardless: not there yet';
  const transit = { id: 'PM1', amountMinor: 0n, why };
  expect(holdingsOf(account, proofOf([transit, { id: 'PM2', amountMinor: 0n }]))).toEqual([transit]);
  expect(await differing([{ id: 'PM1', amountMinor: 1_702n }], [transit])).toEqual([
    { id: 'PM1', amountMinor: 1_702n, why: `the ledger holds GBP 17.02 of it, ${why}` },
  ]);
  expect(await differing([{ id: 'PM9', amountMinor: 1n }], [transit])).toMatchObject([{ id: 'PM9' }]);
  expect(await differing([], [transit])).toEqual([]);
  expect(await differing([], [{ ...transit, amountMinor: -5n }])).toEqual([
    { id: 'PM1', amountMinor: 5n, why },
  ]);
});
