import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import type { PaypalTransaction } from '../ports/captures.ts';
import { paypalProofs, type PaypalQuestion } from './paypal-proof.ts';

describe('what PayPal holds', () => {
  const row = (id: string, minor: bigint, facts: Partial<PaypalTransaction> = {}): PaypalTransaction => ({
    id,
    referenceId: null,
    eventCode: 'T0006',
    amount: { minor, currency: 'GBP' },
    fee: null,
    status: 'S',
    initiatedAt: '2026-11-10T12:00:00.000Z',
    updatedAt: '2026-11-10T12:00:00.000Z',
    payerEmail: null,
    references: [],
    ordinal: 0,
    ...facts,
  });
  const why = 'PayPal does not tell';
  const days = { goLive: '2026-11-01', lastDay: '2026-11-30', timezone: 'Europe/London', balance: { why } };

  test('is every row that moved the balance, net of its fee, on top of what it opened with', () => {
    const rows = [
      row('A', 10_000n, { fee: { minor: -320n, currency: 'GBP' } }),
      row('B', 5_000n, { status: 'V' }),
      row('C', -5_000n, { eventCode: 'T1107', fee: { minor: 20n, currency: 'GBP' } }),
      row('D', 7_000n, { status: 'P' }),
      row('E', 7_000n, { status: 'D' }),
      row('F', 900n, { amount: { minor: 900n, currency: 'EUR' } }),
      row('early', 1n, { initiatedAt: '2026-10-31T23:59:59.000Z' }),
      row('late', 1n, { initiatedAt: '2026-12-01T00:00:00.000Z' }),
    ];
    const opening = [{ id: 'balance', currency: 'GBP', amountMinor: 2_500n }];
    expect(paypalProofs(rows, opening, days)).toEqual([
      {
        provider: 'paypal',
        currency: 'EUR',
        inFlightMinor: 900n,
        holdings: [{ id: 'F', amountMinor: 900n }],
        why: null,
        balanceWhy: why,
      },
      {
        provider: 'paypal',
        currency: 'GBP',
        inFlightMinor: 12_200n,
        holdings: [
          { id: 'A', amountMinor: 9_680n },
          { id: 'B', amountMinor: 5_000n },
          { id: 'C', amountMinor: -4_980n },
          { id: 'balance', amountMinor: 2_500n },
        ],
        why: null,
        balanceWhy: why,
      },
    ]);
  });

  test('days are those of the business', () => {
    const rows = [row('A', 1n, { initiatedAt: '2026-10-31T23:30:00.000Z' })];
    expect(paypalProofs(rows, [], { ...days, timezone: 'Europe/Berlin' })[0]?.inFlightMinor).toBe(1n);
    expect(paypalProofs(rows, [], days)[0]?.inFlightMinor).toBe(0n);
  });

  const told = (...amounts: readonly [string, bigint][]): PaypalQuestion => ({
    ...days,
    balance: { amounts: amounts.map(([currency, minor]) => ({ currency, minor })) },
  });
  const cleared = { initiatedAt: '2026-11-30T10:00:00.000Z', updatedAt: '2026-12-04T10:00:00.000Z' };

  test('is the balance it told; an eCheck of the 30th that cleared on the 4th was in transit', () => {
    const rows = [row('CARD', 1_801n), row('ECHECK', 1_702n, cleared)];
    expect(paypalProofs(rows, [], told(['GBP', 1_801n]))).toEqual([
      {
        provider: 'paypal',
        currency: 'GBP',
        inFlightMinor: 1_801n,
        holdings: [
          { id: 'CARD', amountMinor: 1_801n },
          {
            id: 'ECHECK',
            amountMinor: 0n,
            why:
              'in transit at paypal: it lists GBP 17.02 as made on 2026-11-30 and changed on 2026-12-04, and its balance at ' +
              'the end of 2026-11-30 did not have it yet',
          },
        ],
        why: null,
      },
    ]);
  });

  test('a row that only changed later was there already', () => {
    const rows = [row('A', 1_000n), row('REFUNDED', 1_702n, cleared)];
    expect(paypalProofs(rows, [], told(['GBP', 2_702n]))[0]?.holdings).toEqual([
      { id: 'A', amountMinor: 1_000n },
      { id: 'REFUNDED', amountMinor: 1_702n },
    ]);
  });

  test('of several that changed later, those that make up what the balance lacks; a guess is none', () => {
    const rows = [
      row('A', 100n, cleared),
      row('B', 250n, { ...cleared, status: 'V' }),
      row('C', 70n, cleared),
    ];
    const transit = (minor: bigint) =>
      paypalProofs(rows, [], told(['GBP', minor]))[0]
        ?.holdings.filter((holding) => holding.why?.startsWith('in transit') === true)
        .map(({ id }) => id);
    expect(transit(250n)).toEqual(['A', 'C']);
    expect(transit(350n)).toEqual(['C']);
    expect(transit(0n)).toEqual(['A', 'B', 'C']);
    expect(transit(1n)).toEqual([]);
    rows.push(row('D', 70n, cleared));
    expect(transit(420n)).toEqual([]);
  });

  test('a withdrawal that went through later still was in the balance', () => {
    const rows = [row('A', 5_000n), row('W', -3_000n, { ...cleared, eventCode: 'T0403' })];
    expect(paypalProofs(rows, [], told(['GBP', 5_000n]))[0]).toMatchObject({
      inFlightMinor: 5_000n,
      holdings: [{ id: 'A' }, { id: 'W', amountMinor: 0n }],
    });
  });

  test('what nothing explains shows, also in a currency of which no row speaks', () => {
    const rows = [row('A', 1_000n)];
    const said = (balance: string, list: string) =>
      `paypal says its balance at the end of 2026-11-30 was ${balance}, but what it opened with and the transactions it lists make ${list}`;
    expect(paypalProofs(rows, [], told(['EUR', 5n], ['GBP', 900n], ['USD', 0n]))).toMatchObject([
      {
        currency: 'EUR',
        inFlightMinor: 5n,
        holdings: [{ id: 'balance', amountMinor: 5n, why: said('EUR 0.05', 'EUR 0.00') }],
      },
      {
        currency: 'GBP',
        inFlightMinor: 900n,
        holdings: [
          { id: 'A', amountMinor: 1_000n },
          { id: 'balance', amountMinor: -100n, why: said('GBP 9.00', 'GBP 10.00') },
        ],
      },
    ]);
  });

  test('holdings always add up to the balance, in whatever order the rows come', () => {
    const someRow = fc.record({
      id: fc.constantFrom('A', 'B', 'C'),
      minor: fc.bigInt(-200n, 200n),
      isLate: fc.boolean(),
      status: fc.constantFrom('S', 'V', 'P'),
    });
    fc.assert(
      fc.property(fc.array(someRow, { maxLength: 8 }), fc.bigInt(-400n, 400n), (specs, minor) => {
        const rows = specs.map(({ id, minor: amount, isLate, status }) =>
          row(id, amount, { status, ...(isLate ? cleared : {}) }),
        );
        const question = told(['GBP', minor]);
        for (const order of [rows, rows.toReversed()]) {
          const [proof] = paypalProofs(order, [], question);
          const sum = (proof?.holdings ?? []).reduce((total, { amountMinor }) => total + amountMinor, 0n);
          expect([proof?.inFlightMinor, sum]).toEqual([minor, minor]);
        }
      }),
    );
  });
});
