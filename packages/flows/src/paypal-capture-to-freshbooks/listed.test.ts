import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DomainEvent, PaypalTransaction } from '@mlc/core';
import { accountBalance, FlowWorld, ledgerBalances, ledgerProblems } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';

const CLEARING = 'assets:clearing:paypal';
const MINUTE_MS = 60_000;
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
/** Five hours before the world begins. */
const ROW: PaypalTransaction = {
  id: 'PAYME1',
  referenceId: null,
  eventCode: 'T0000',
  amount: gbp(8_101n),
  fee: gbp(-265n),
  status: 'S',
  initiatedAt: '2026-11-05T04:00:00.000Z',
  updatedAt: '2026-11-05T04:00:00.000Z',
  payerEmail: 'payer@client.test',
  references: [],
  ordinal: 0,
};
const BOOKED = {
  '2026-11-05 collection assets:clearing:paypal GBP': 8_101,
  '2026-11-05 collection assets:receivables GBP': -8_101,
  '2026-11-05 fee assets:clearing:paypal GBP': -265,
  '2026-11-05 fee expenses:fees:paypal GBP': 265,
};

let world: FlowWorld;
beforeEach(() => {
  world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7', { number: 'INV-4402', amountMinor: 8_101n });
});

const TOLD: Readonly<Record<string, 'completed' | 'pending' | 'declined'>> = {
  S: 'completed',
  P: 'pending',
  D: 'declined',
};

/** As polling tells of a payment. */
function listed(changes: Partial<PaypalTransaction> = {}): DomainEvent {
  const row = { ...ROW, ...changes };
  const told = TOLD[row.status];
  return { kind: 'capture-changed', captureId: row.id, row, ...(told === undefined ? {} : { told }) };
}

/** PayPal's list has it like this now. */
function list(...rows: Partial<PaypalTransaction>[]): void {
  world.captures.transactions.splice(0, Infinity, ...rows.map((changes) => ({ ...ROW, ...changes })));
}

const paid = () => world.books.paymentsOf('1');
const openReviews = () => world.store.reviewRows().filter(({ state }) => state === 'open');
const openKinds = () => openReviews().map(({ kind }) => kind);

describe('a payment that only PayPal’s list knows', () => {
  test('the client’s e-mail and the exact amount: booked, with its fee, once', async () => {
    list({});
    for (let times = 0; times < 3; times += 1) await world.see(listed());
    expect(paid()).toMatchObject([{ amount: gbp(8_101n), date: '2026-11-05', type: 'PayPal' }]);
    expect(ledgerBalances(world.store)).toEqual(BOOKED);
    expect(openKinds()).toEqual([]);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test.each<[string, Partial<PaypalTransaction>]>([
    ['a reference that names the invoice', { payerEmail: null, references: ['inv-4402'] }],
    ['its id', { payerEmail: null, references: ['1'] }],
    ['reversed since, which is a row of its own', { status: 'V' }],
  ])('%s', async (_case, changes) => {
    list(changes);
    await world.see(listed(changes));
    expect(paid()).toHaveLength(1);
    expect(ledgerBalances(world.store)).toEqual(BOOKED);
  });

  test('neither: asked about, and booked where a person says', async () => {
    const stranger = { payerEmail: 'stranger@else.test' };
    list(stranger);
    await world.see(listed(stranger));
    expect(openReviews()).toMatchObject([
      { kind: 'unmatched_payment', subject: { provider: 'paypal', type: 'capture', id: 'PAYME1' } },
    ]);
    expect(accountBalance(world.store, CLEARING)).toBe(8_101 - 265);
    const answer = { action: 'match', note: 'theirs', by: 'finance', invoiceId: '1' } as const;
    await world.store.answer(openReviews()[0]?.id ?? '', answer);
    await world.settle();
    expect(paid()).toHaveLength(1);
    expect(ledgerBalances(world.store)).toEqual(BOOKED);
  });

  test('the list does not find it by its id: the row that told of it is enough', async () => {
    await world.see(listed());
    expect(paid()).toHaveLength(1);
  });

  test('its object or a webhook shows up later: nothing more', async () => {
    list({});
    await world.see(listed());
    const captured = { kind: 'capture-changed', captureId: 'PAYME1', told: 'completed' } as const;
    expect(await world.see(captured)).toMatchObject({ state: 'skipped', because: 'recorded-already' });
    const facts = { amount: gbp(8_101n), fee: gbp(265n), createdAt: '2026-11-05T04:00:00Z' };
    world.captures.addCapture('PAYME1', 'payer@client.test', facts);
    await world.see(captured);
    await world.see(listed());
    expect(paid()).toHaveLength(1);
    expect(ledgerBalances(world.store)).toEqual(BOOKED);
  });

  test('its webhook came and PayPal’s API never shows it: booked from the list in the end', async () => {
    await world.see({ kind: 'capture-changed', captureId: 'PAYME1', told: 'completed' });
    expect(paid()).toEqual([]);
    list({ initiatedAt: '2026-11-05T08:59:00.000Z' });
    for (let times = 0; times < 8; times += 1) await world.pass(30 * MINUTE_MS);
    expect(paid()).toHaveLength(1);
    expect(openKinds()).toEqual([]);
  });

  test('young: PayPal’s API may be behind its own list; waited for, then the row decides', async () => {
    const young = { initiatedAt: '2026-11-05T08:30:00.000Z' };
    list(young);
    expect(await world.see(listed(young))).toMatchObject({ state: 'parked' });
    expect(paid()).toEqual([]);
    await world.pass(20 * MINUTE_MS);
    expect(paid()).toEqual([]);
    await world.pass(60 * MINUTE_MS);
    expect(paid()).toHaveLength(1);
    expect(openKinds()).toEqual([]);
  });

  test('young, and its object shows: that one counts, with the order’s payer', async () => {
    const young = { initiatedAt: '2026-11-05T08:30:00.000Z', payerEmail: null };
    list(young);
    await world.see(listed(young));
    world.captures.addCapture('PAYME1', 'payer@client.test', { amount: gbp(8_101n), fee: gbp(265n) });
    await world.pass(MINUTE_MS);
    expect(paid()).toHaveLength(1);
  });

  test('a fee that PayPal’s object does not tell is the row’s; one that is told later is made up for', async () => {
    const facts = { amount: gbp(8_101n), fee: null, createdAt: '2026-11-05T04:00:00Z' };
    world.captures.addCapture('PAYME1', 'payer@client.test', facts);
    await world.see({ kind: 'capture-changed', captureId: 'PAYME1' });
    await world.see(listed());
    await world.see(listed());
    expect(ledgerBalances(world.store)).toEqual(BOOKED);
    await world.see(listed({ fee: gbp(-300n) }));
    expect(accountBalance(world.store, CLEARING)).toBe(8_101 - 300);
  });

  test('several rows of one payment: the first is the payment, the others move the balance', async () => {
    const more = [{ amount: gbp(500n), fee: null, initiatedAt: '2026-11-05T05:00:00.000Z' }, { ordinal: 1 }];
    list({}, ...more);
    for (const changes of [...more, {}, ...more]) await world.see(listed(changes));
    expect(paid()).toHaveLength(1);
    expect(accountBalance(world.store, CLEARING)).toBe(8_101 - 265 + 500 + 8_101 - 265);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('two of a payer and two invoices that fit each other, one to one', async () => {
    world.books.addInvoice('2', '7', { number: 'INV-4403', amountMinor: 8_101n, createdDate: '2026-11-03' });
    const second = { id: 'PAYME2', initiatedAt: '2026-11-05T05:00:00.000Z' };
    list({}, second);
    await world.see(listed());
    expect(openKinds()).toEqual(['ambiguous_match']);
    await world.see(listed(second));
    expect(paid()).toHaveLength(1);
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    expect(openKinds()).toEqual([]);
  });
});

describe('money that leaves, as the list tells it', () => {
  const lost = (changes: Partial<PaypalTransaction>): PaypalTransaction => ({
    ...ROW,
    id: 'GONE1',
    referenceId: 'CAP1',
    amount: gbp(-6_101n),
    fee: null,
    payerEmail: null,
    ...changes,
  });
  const refund = (changes: Partial<PaypalTransaction> = {}): DomainEvent => {
    const row = lost({ eventCode: 'T1107', ...changes });
    return { kind: 'refund-changed', refundId: row.id, captureId: row.referenceId, row };
  };
  const moved = (changes: Partial<PaypalTransaction>): DomainEvent => ({
    kind: 'balance-moved',
    transaction: lost(changes),
  });

  beforeEach(async () => {
    world.books.addInvoice('3', '7', { number: 'INV-61', amountMinor: 6_101n });
    world.captures.addCapture('CAP1', null, { references: ['INV-61'], amount: gbp(6_101n), fee: gbp(210n) });
    await world.see({ kind: 'capture-changed', captureId: 'CAP1', told: 'completed' });
  });

  test('a chargeback of a booked payment', async () => {
    for (let times = 0; times < 2; times += 1)
      await world.see(moved({ eventCode: 'T1201', fee: gbp(-1_500n) }));
    expect(openReviews()).toMatchObject([
      {
        kind: 'chargeback',
        subject: { provider: 'paypal', type: 'capture', id: 'CAP1' },
        amount: gbp(6_101n),
        reasons: [
          expect.stringMatching(/61\.01.*payment CAP1.*invoice INV-61.*chargeback/),
          expect.any(String),
        ],
      },
    ]);
    expect(accountBalance(world.store, CLEARING)).toBe(-210 - 1_500);
    expect(world.books.paymentsOf('3')).toHaveLength(1);
  });

  test('one that names nothing', async () => {
    await world.see(moved({ eventCode: 'T1201', referenceId: null }));
    expect(openReviews()).toMatchObject([
      { kind: 'chargeback', subject: { provider: 'paypal', type: 'transaction', id: 'GONE1' } },
    ]);
    expect(accountBalance(world.store, CLEARING)).toBe(-210);
  });

  test.each(['T1106', 'T1107', 'T1116'])(
    '%s: a refund that PayPal’s API does not know',
    async (eventCode) => {
      for (let times = 0; times < 2; times += 1) await world.see(refund({ eventCode, fee: gbp(30n) }));
      expect(openReviews()).toMatchObject([
        { kind: 'refund', subject: { provider: 'paypal', type: 'refund', id: 'GONE1' }, amount: gbp(6_101n) },
      ]);
      expect(accountBalance(world.store, CLEARING)).toBe(-210 + 30);
      expect(ledgerProblems(world.store)).toEqual([]);
    },
  );

  test('a refund that the merchant receives is money in, and no question', async () => {
    await world.see(moved({ eventCode: 'T1107', amount: gbp(2_500n), referenceId: 'SUPPLIER1' }));
    expect(openKinds()).toEqual([]);
    expect(accountBalance(world.store, CLEARING)).toBe(6_101 - 210 + 2_500);
  });

  test('money sent back as a payment of its own', async () => {
    await world.see(moved({ eventCode: 'T0000' }));
    expect(openKinds()).toEqual(['refund']);
    await world.see(moved({ eventCode: 'T0000', id: 'SUPPLIER', referenceId: null }));
    expect(openKinds()).toEqual(['refund']);
    expect(accountBalance(world.store, CLEARING)).toBe(-210 - 6_101);
  });

  test('young: PayPal’s API is asked again before the row counts', async () => {
    const young = { initiatedAt: '2026-11-05T08:40:00.000Z' };
    expect(await world.see(refund(young))).toMatchObject({ state: 'parked' });
    expect(openKinds()).toEqual([]);
    await world.pass(90 * MINUTE_MS);
    expect(openKinds()).toEqual(['refund']);
    expect(accountBalance(world.store, CLEARING)).toBe(-210);
  });

  test('its object, or a webhook, comes later: one question, and counted once', async () => {
    const facts = { amount: gbp(6_101n), fee: null, status: 'completed', createdAt: ROW.initiatedAt };
    const told = { kind: 'refund-changed', refundId: 'GONE1', captureId: 'CAP1' } as const;
    for (const row of [moved({ eventCode: 'T1201' }), refund()]) {
      world.captures.refunds.clear();
      await world.see(row);
      const kinds = openKinds();
      expect(await world.see(told)).toMatchObject({ state: 'skipped', because: 'recorded-already' });
      world.captures.refunds.set('GONE1', { id: 'GONE1', captureId: 'CAP1', ...facts });
      await world.see(told);
      await world.see(row);
      expect(openKinds()).toEqual(kinds);
      expect(accountBalance(world.store, CLEARING)).toBe(-210);
    }
  });

  test('several rows of one refund are their sum, in any order; so is PayPal’s object beside them', async () => {
    const rows = [
      lost({ eventCode: 'T1107', amount: gbp(-1_500n) }),
      lost({ eventCode: 'T1107', amount: gbp(-500n) }),
    ];
    world.captures.transactions.push(...rows);
    const [first, second] = rows.map((row) => refund(row));
    if (first === undefined || second === undefined) throw new Error('two rows');
    for (const event of [second, first, second]) await world.see(event);
    expect(accountBalance(world.store, CLEARING)).toBe(6_101 - 210 - 2_000);
    const facts = { amount: gbp(2_000n), fee: null, status: 'completed', createdAt: ROW.initiatedAt };
    world.captures.refunds.set('GONE1', { id: 'GONE1', captureId: 'CAP1', ...facts });
    await world.see(first);
    await world.see({ kind: 'refund-changed', refundId: 'GONE1', captureId: null });
    expect(accountBalance(world.store, CLEARING)).toBe(6_101 - 210 - 2_000);
  });

  test('of a payment that only the list knows: its money first', async () => {
    list({}, lost({ referenceId: 'PAYME1', eventCode: 'T1107', amount: gbp(-8_101n) }));
    await world.see(refund({ referenceId: 'PAYME1', amount: gbp(-8_101n) }));
    expect(paid()).toHaveLength(1);
    expect(openKinds()).toEqual(['refund']);
    expect(accountBalance(world.store, CLEARING)).toBe(6_101 - 210 - 265);
  });

  test('a chargeback that is won: the question is over; answered already: asked the other way round', async () => {
    const won = moved({ id: 'BACK1', eventCode: 'T1202', amount: gbp(6_101n) });
    await world.see(moved({ eventCode: 'T1201' }));
    await world.see(won);
    expect(openKinds()).toEqual([]);
    expect(accountBalance(world.store, CLEARING)).toBe(6_101 - 210);
    await world.see(moved({ id: 'GONE2', eventCode: 'T1201' }));
    const answer = { action: 'done', note: 'taken off', by: 'finance' } as const;
    await world.store.answer(openReviews()[0]?.id ?? '', answer);
    for (let times = 0; times < 2; times += 1)
      await world.see(moved({ id: 'BACK2', eventCode: 'T1202', amount: gbp(6_101n) }));
    expect(openReviews()).toMatchObject([
      { kind: 'chargeback', reasons: [expect.stringMatching(/came back/), expect.any(String)] },
    ]);
    expect(accountBalance(world.store, CLEARING)).toBe(6_101 - 210);
  });

  test('a code nobody knows: in the ledger, and asked what it was', async () => {
    await world.see(moved({ eventCode: 'T7700', amount: gbp(-5n) }));
    expect(openReviews()).toMatchObject([
      { kind: 'unreadable_event', subject: { type: 'transaction', id: 'GONE1' }, amount: gbp(-5n) },
    ]);
    expect(accountBalance(world.store, CLEARING)).toBe(6_101 - 210 - 5);
  });
});
