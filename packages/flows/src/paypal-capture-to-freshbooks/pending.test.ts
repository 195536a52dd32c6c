import { beforeEach, describe, expect, test } from '@jest/globals';
import { type DomainEvent, type PaypalTransaction, WAITING_FOR_PENDING } from '@mlc/core';
import { accountBalance, FlowWorld, ledgerProblems } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';

const CLEARING = 'assets:clearing:paypal';
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const ROW: PaypalTransaction = {
  id: 'ECHECK1',
  referenceId: null,
  eventCode: 'T0000',
  amount: gbp(10_000n),
  fee: null,
  status: 'P',
  initiatedAt: '2026-11-05T08:30:00.000Z',
  updatedAt: '2026-11-05T08:30:00.000Z',
  payerEmail: 'payer@client.test',
  references: [],
  ordinal: 0,
};
const invoiced = { kind: 'invoice-changed', invoiceId: '1' } as const;
const asListed: DomainEvent = { kind: 'capture-changed', captureId: 'ECHECK1', told: 'pending', row: ROW };
const asTold: DomainEvent = { kind: 'capture-changed', captureId: 'ECHECK1', told: 'pending' };

let world: FlowWorld;
beforeEach(() => {
  world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7', { number: 'INV-001' });
  world.debits.addCustomer('CU7', 'payer@client.test');
  world.debits.addMandate('MD7', 'CU7');
});

/** PayPal lists it like this now, with nothing else known of it. */
function listAs(changes: Partial<PaypalTransaction>): void {
  world.captures.transactions.splice(0, Infinity, { ...ROW, ...changes });
}

/** PayPal's API shows it like this now. */
function showAs(status: 'pending' | 'completed' | 'declined'): void {
  const facts = { createdAt: ROW.initiatedAt, fee: status === 'completed' ? gbp(320n) : null };
  world.captures.addCapture('ECHECK1', 'payer@client.test', { status, ...facts });
}

const debits = () => world.debits.all().map(({ status }) => status);
const open = () => world.store.reviewRows().filter(({ state }) => state === 'open');

const AS_LISTED = {
  event: asListed,
  begins: () => listAs({}),
  clears: () => listAs({ status: 'S', fee: gbp(-320n) }),
  bounces: () => listAs({ status: 'D' }),
};
const AS_SHOWN = {
  event: asTold,
  begins: () => showAs('pending'),
  clears: () => showAs('completed'),
  bounces: () => showAs('declined'),
};

describe.each([
  ['that only PayPal’s list knows', AS_LISTED],
  ['that PayPal’s API shows', AS_SHOWN],
])('a pending payment %s', (_case, { event, begins, clears, bounces }) => {
  beforeEach(() => begins());

  test('beside a debit that can still be held: asked about at once, nothing cancelled', async () => {
    await world.see(invoiced);
    await world.see(event);
    expect(open()).toMatchObject([
      {
        kind: 'double_payment_risk',
        subject: { provider: 'freshbooks', type: 'invoice', id: '1' },
        reasons: [expect.stringMatching(/ECHECK1.*INV-001 is pending while debit PM/), expect.any(String)],
      },
    ]);
    for (let day = 0; day < 6; day += 1) await world.pass(DAY_MS);
    expect(open()).toHaveLength(1);
    expect(debits()).toEqual(['pending_submission']);
  });

  test('it clears days later: booked, the debit cancelled, the question over', async () => {
    await world.see(invoiced);
    await world.see(event);
    await world.pass(6 * DAY_MS);
    clears();
    await world.pass(2 * HOUR_MS);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(accountBalance(world.store, CLEARING)).toBe(10_000 - 320);
    expect(debits()).toEqual(['cancelled']);
    expect(open()).toEqual([]);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('it bounces: the question is over, and the debit goes on', async () => {
    await world.see(invoiced);
    await world.see(event);
    await world.pass(6 * DAY_MS);
    bounces();
    await world.pass(2 * HOUR_MS);
    expect(world.books.paymentsOf('1')).toEqual([]);
    expect(debits()).toEqual(['pending_submission']);
    expect(open()).toEqual([]);
  });

  test('there before the debit: nothing is debited until it ends, and a person knows', async () => {
    await world.see(event);
    await world.see(invoiced);
    expect(debits()).toEqual([]);
    expect(open()).toMatchObject([
      {
        kind: 'double_payment_risk',
        reasons: [expect.stringMatching(/ECHECK1.*no debit is made/), expect.any(String)],
      },
    ]);
    bounces();
    await world.pass(2 * HOUR_MS);
    expect(debits()).toEqual(['pending_submission']);
    expect(open()).toEqual([]);
  });

  test('told to debit all the same', async () => {
    await world.see(event);
    await world.see(invoiced);
    await world.store.answer(open()[0]?.id ?? '', { action: 'retry', note: 'it will bounce', by: 'finance' });
    await world.settle();
    expect(debits()).toEqual(['pending_submission']);
  });

  test('for nothing that is known: remembered, and booked or asked about when it has ended', async () => {
    world.books.change('1', { number: 'OTHER', amount: gbp(777n) });
    await world.see(event);
    expect(open()).toEqual([]);
    clears();
    await world.pass(2 * HOUR_MS);
    expect(open().map(({ kind }) => kind)).toEqual(['unmatched_payment']);
    expect(accountBalance(world.store, CLEARING)).toBe(10_000 - 320);
  });
});

test.each([
  ['a withdrawal', 'T0400', -10_000],
  ['a refund', 'T1107', -10_000],
  ['a chargeback', 'T1201', -10_000],
  ['a hold', 'T2101', -10_000],
])('%s that is pending counts when it is through, however late', async (_case, eventCode, held) => {
  const row = { ...ROW, eventCode, amount: gbp(-10_000n) };
  const event: DomainEvent =
    eventCode === 'T1107'
      ? { kind: 'refund-changed', refundId: row.id, captureId: null, row }
      : { kind: 'balance-moved', transaction: row };
  world.captures.transactions.push(row);
  await world.see(event);
  expect(accountBalance(world.store, CLEARING)).toBe(0);
  await world.pass(10 * DAY_MS);
  world.captures.transactions.splice(0, Infinity, { ...row, status: 'S' });
  await world.pass(2 * HOUR_MS);
  expect(accountBalance(world.store, CLEARING)).toBe(held);
  expect(ledgerProblems(world.store)).toEqual([]);
});

describe.each(['initiatedAt', 'updatedAt'] as const)('where PayPal’s list goes by %s', (by) => {
  const LATER = '2026-11-09T08:30:00.000Z';
  const dated: readonly [string, Partial<PaypalTransaction>][] = [
    ['its dates as they were', {}],
    ['a new date of change', { updatedAt: LATER }],
    ['both dates new', { initiatedAt: LATER, updatedAt: LATER }],
  ];
  const tells = (row: PaypalTransaction): DomainEvent => {
    if (row.eventCode !== 'T0000') return { kind: 'balance-moved', transaction: row };
    return {
      kind: 'capture-changed',
      captureId: row.id,
      told: row.status === 'P' ? 'pending' : 'completed',
      row,
    };
  };

  beforeEach(() => {
    world.captures.searchesBy = by;
    listAs({});
  });

  test.each(dated)('a payment that completes four days later, %s: booked once', async (_case, changes) => {
    await world.see(asListed);
    await world.pass(4 * DAY_MS);
    const cleared = { ...ROW, ...changes, status: 'S', fee: gbp(-320n) };
    listAs(cleared);
    await world.pass(2 * HOUR_MS);
    for (const row of [cleared, ROW, cleared]) await world.see(tells(row));
    await world.pass(2 * DAY_MS);
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(accountBalance(world.store, CLEARING)).toBe(10_000 - 320);
    expect(await world.store.events.awaited(WAITING_FOR_PENDING)).toEqual([]);
    expect(open()).toEqual([]);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test.each(dated)('a payment that is denied, %s: nothing booked, nothing waits', async (_case, changes) => {
    await world.see(invoiced);
    await world.see(asListed);
    expect(open().map(({ kind }) => kind)).toEqual(['double_payment_risk']);
    await world.pass(4 * DAY_MS);
    listAs({ ...changes, status: 'D' });
    await world.pass(2 * HOUR_MS);
    expect(world.books.paymentsOf('1')).toEqual([]);
    expect(accountBalance(world.store, CLEARING)).toBe(0);
    expect(await world.store.events.awaited(WAITING_FOR_PENDING)).toEqual([]);
    expect(open()).toEqual([]);
    expect(debits()).toEqual(['pending_submission']);
  });

  test.each(dated)(
    'a withdrawal that was pending, %s: counted once, nothing waits',
    async (_case, changes) => {
      const pending = { ...ROW, eventCode: 'T0400', amount: gbp(-10_000n) };
      world.captures.transactions.splice(0, Infinity, pending);
      await world.see(tells(pending));
      await world.pass(4 * DAY_MS);
      const through = { ...pending, ...changes, status: 'S' };
      world.captures.transactions.splice(0, Infinity, through);
      await world.pass(2 * HOUR_MS);
      for (const row of [through, pending, through]) await world.see(tells(row));
      expect(accountBalance(world.store, CLEARING)).toBe(-10_000);
      expect(await world.store.events.awaited(WAITING_FOR_PENDING)).toEqual([]);
    },
  );

  test('two that are alike, one clears and one is denied', async () => {
    const twin = { ...ROW, initiatedAt: '2026-11-05T08:45:00.000Z' };
    world.captures.transactions.push(twin);
    await world.see(tells(ROW));
    await world.see(tells(twin));
    await world.pass(4 * DAY_MS);
    world.captures.transactions.splice(0, Infinity, { ...ROW, status: 'S' }, { ...twin, status: 'D' });
    await world.pass(2 * HOUR_MS);
    expect(accountBalance(world.store, CLEARING)).toBe(10_000);
    expect(await world.store.events.awaited(WAITING_FOR_PENDING)).toEqual([]);
  });
});
