import { beforeEach, describe, expect, test } from '@jest/globals';
import { type DomainEvent, type PaypalTransaction, treatmentOf } from '@mlc/core';
import { accountBalance, FlowWorld, ledgerProblems } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { FLOWS } from '../registry.ts';

const CLEARING = 'assets:clearing:paypal';
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
/** Days before the world begins, so that PayPal's API would show what it has. */
const day = (of: number, hour = 4) => `2026-11-0${of}T0${hour}:00:00.000Z`;
const ROW: PaypalTransaction = {
  id: 'TXN1',
  referenceId: null,
  eventCode: 'T0000',
  amount: gbp(2_000n),
  fee: null,
  status: 'S',
  initiatedAt: day(2),
  updatedAt: day(2),
  payerEmail: 'payer@client.test',
  references: [],
  ordinal: 0,
};

let world: FlowWorld;
beforeEach(() => {
  world = worldOf();
});

function worldOf(): FlowWorld {
  const made = new FlowWorld(FLOWS);
  made.books.addClient('7', 'payer@client.test');
  made.books.addInvoice('1', '7', { number: 'INV-20', amountMinor: 2_000n });
  return made;
}

/** As polling tells of a row. */
function told(row: PaypalTransaction): DomainEvent {
  const treatment = treatmentOf(row);
  if (treatment === 'payment') return { kind: 'capture-changed', captureId: row.id, told: 'completed', row };
  if (treatment === 'given-back')
    return { kind: 'refund-changed', refundId: row.id, captureId: row.referenceId, row };
  return { kind: 'balance-moved', transaction: row };
}

const held = (): number => accountBalance(world.store, CLEARING);
const paid = () => world.books.paymentsOf('1');
const open = () => world.store.reviewRows().filter(({ state }) => state === 'open');

describe('rows of one id in different windows of PayPal’s list', () => {
  const first = ROW;
  const second = { ...ROW, initiatedAt: day(4), updatedAt: day(4) };

  test.each([
    ['the older one first', [first, second]],
    ['the newer one first', [second, first]],
  ])('two payments that are alike but for their moment, %s', async (_case, rows) => {
    for (const row of rows) {
      world.captures.transactions.push(row);
      await world.see(told(row));
    }
    expect(held()).toBe(4_000);
    expect(paid()).toHaveLength(1);
    for (const row of [...rows, ...rows]) await world.see(told(row));
    expect(held()).toBe(4_000);
    expect(paid()).toHaveLength(1);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test.each([
    ['the payment’s own row is told', first],
    ['the other one is told', second],
  ])('beside a payment that PayPal’s API shows, only %s', async (_case, row) => {
    const facts = { amount: ROW.amount, fee: null, createdAt: first.initiatedAt };
    world.captures.addCapture('TXN1', 'payer@client.test', facts);
    world.captures.transactions.push(first, second);
    await world.see({ kind: 'capture-changed', captureId: 'TXN1', told: 'completed' });
    await world.see(told(row));
    expect(held()).toBe(4_000);
    expect(paid()).toHaveLength(1);
  });

  test('two of a refund: the later one alone does not take the earlier one back', async () => {
    const refund = { ...ROW, id: 'BACK1', eventCode: 'T1107', referenceId: 'TXN1' };
    const parts = [
      { ...refund, amount: gbp(-1_500n), initiatedAt: day(2, 5), updatedAt: day(2, 5) },
      { ...refund, amount: gbp(-500n), initiatedAt: day(4), updatedAt: day(4) },
    ];
    world.captures.transactions.push(first, ...parts);
    for (const row of parts) await world.see(told(row));
    expect(held()).toBe(0);
  });

  test('what PayPal’s API says of one of them takes nothing from their sum, however late it is told', async () => {
    const refund = { ...ROW, id: 'BACK1', eventCode: 'T1107', referenceId: 'TXN1' };
    const parts = [
      { ...refund, amount: gbp(-1_500n) },
      { ...refund, amount: gbp(-500n), initiatedAt: day(4), updatedAt: day(4) },
    ];
    world.captures.transactions.push(first, ...parts);
    const facts = { captureId: 'TXN1', fee: null, status: 'completed', createdAt: day(2) };
    world.captures.refunds.set('BACK1', { id: 'BACK1', amount: gbp(1_500n), ...facts });
    for (const row of parts) await world.see(told(row));
    for (let times = 0; times < 2; times += 1) {
      await world.see({ kind: 'refund-changed', refundId: 'BACK1', captureId: 'TXN1' });
      for (const row of parts) await world.see(told(row));
    }
    expect(held()).toBe(0);
  });

  test('a reversal under the id of its payment', async () => {
    const reversal = { ...ROW, eventCode: 'T1106', amount: gbp(-2_000n), initiatedAt: day(4) };
    world.captures.transactions.push(first, reversal);
    for (const row of [reversal, first, reversal]) await world.see(told(row));
    expect(held()).toBe(0);
    expect(open().map(({ kind }) => kind)).toEqual(['refund']);
  });
});

test('every row counts once, in any order, however often it is listed, over any windows and restarts', async () => {
  const SENT = ['T1107', 'T1106', 'T1201', 'T2101', 'T0200', 'T0400'] as const;
  const row = fc
    .record({
      id: fc.constantFrom('TXN1', 'TXN2'),
      eventCode: fc.constantFrom('T0000', 'T0006', 'T2101', 'T0200', 'T1202', ...SENT),
      minor: fc.constantFrom(2_000n, 1_500n, 500n),
      feeMinor: fc.constantFrom(null, -30n),
      of: fc.constantFrom(2, 3, 4),
    })
    .map(({ id, eventCode, minor, feeMinor, of }): PaypalTransaction => {
      const amount = gbp((SENT as readonly string[]).includes(eventCode) ? -minor : minor);
      const fee = feeMinor === null ? null : gbp(feeMinor);
      return { ...ROW, id, eventCode, amount, fee, initiatedAt: day(of), updatedAt: day(of) };
    });
  const alike = (one: PaypalTransaction) =>
    `${one.id} ${one.eventCode} ${one.amount.minor} ${one.initiatedAt}`;
  const rows = fc.uniqueArray(row, { minLength: 1, maxLength: 6, selector: alike });
  const plan = rows.chain((all) =>
    fc.record({
      all: fc.constant(all),
      // What a poll finds, in the order it is found: a row may be listed late, and often.
      found: fc.array(fc.constantFrom(...all), { maxLength: 8 }),
      last: fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length }),
      by: fc.constantFrom('initiatedAt' as const, 'updatedAt' as const),
      shown: fc.boolean(),
      // PayPal tells of fees late, and of what was reversed by another status.
      before: fc.constantFrom<Partial<PaypalTransaction>>({}, { fee: null }, { status: 'V' }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(plan, async ({ all, found, last, by, shown, before }) => {
      world = worldOf();
      world.captures.searchesBy = by;
      const payment = all.find((one) => treatmentOf(one) === 'payment');
      if (shown && payment !== undefined)
        world.captures.addCapture(payment.id, 'payer@client.test', {
          amount: payment.amount,
          fee: null,
          createdAt: payment.initiatedAt,
        });
      const { transactions } = world.captures;
      for (const one of found) {
        const early = { ...one, ...before };
        if (!transactions.some((each) => alike(each) === alike(early))) transactions.push(early);
        await world.see(told(early));
      }
      for (const one of last) {
        const known = transactions.findIndex((each) => alike(each) === alike(one));
        transactions.splice(known === -1 ? transactions.length : known, 1, one);
        await world.see(told(one));
      }
      const said = all.reduce((sum, { amount, fee }) => sum + Number(amount.minor + (fee?.minor ?? 0n)), 0);
      expect(held()).toBe(said);
      expect(ledgerProblems(world.store)).toEqual([]);
      expect(world.books.payments.filter(({ deleted }) => !deleted).length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 60 },
  );
});

describe('a chargeback and the money that came back, in either order', () => {
  const loss = (id: string, minor: bigint): PaypalTransaction => ({
    ...ROW,
    id,
    eventCode: 'T1201',
    referenceId: 'TXN1',
    amount: gbp(-minor),
    initiatedAt: day(3),
  });
  const back = (id: string, minor: bigint): PaypalTransaction => ({
    ...ROW,
    id,
    eventCode: 'T1202',
    referenceId: 'TXN1',
    amount: gbp(minor),
    initiatedAt: day(4),
  });

  test.each<[string, PaypalTransaction[], number]>([
    ['one, won', [loss('GONE1', 2_000n), back('BACK1', 2_000n)], 0],
    ['one, partly won', [loss('GONE1', 2_000n), back('BACK1', 500n)], 1],
    ['one, won in parts', [loss('GONE1', 2_000n), back('BACK1', 500n), back('BACK2', 1_500n)], 0],
    ['two, one won', [loss('GONE1', 2_000n), back('BACK1', 2_000n), loss('GONE2', 2_000n)], 1],
    [
      'a refund beside one that was won',
      [{ ...loss('REFUND1', 500n), eventCode: 'T1107' }, loss('GONE1', 1_500n), back('BACK1', 1_500n)],
      0,
    ],
  ])('%s', async (_case, rows, asked) => {
    const orders = [rows, rows.toReversed(), [...rows.slice(1), ...rows.slice(0, 1)], [...rows, ...rows]];
    for (const order of orders) {
      world = worldOf();
      world.captures.transactions.push(ROW, ...rows);
      for (const row of [ROW, ...order]) await world.see(told(row));
      const chargebacks = open().filter(({ kind }) => kind === 'chargeback');
      expect(chargebacks).toHaveLength(asked);
      expect(held()).toBe([ROW, ...rows].reduce((sum, { amount }) => sum + Number(amount.minor), 0));
    }
  });
});
