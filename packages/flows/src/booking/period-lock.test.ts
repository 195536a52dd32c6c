import { expect, test } from '@jest/globals';
import type { DomainEvent } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';

const debitChanged: DomainEvent = { kind: 'debit-changed', debitId: 'PM1', action: 'changed' };
const captured: DomainEvent = { kind: 'capture-changed', captureId: 'CAP1' };

/** Invoice 1 of client 7, to be debited. */
async function collecting(): Promise<FlowWorld> {
  const world = newWorld();
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  await world.see({ kind: 'invoice-changed', invoiceId: '1' });
  world.debits.move('PM1', 'confirmed');
  return world;
}

function newWorld(): FlowWorld {
  const world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  return world;
}

const open = (world: FlowWorld) => world.store.reviewRows().filter(({ state }) => state === 'open');

test('a capture dated into a month closed in FreshBooks goes into the first it takes, ledger included', async () => {
  const world = newWorld();
  world.captures.addCapture('CAP1', 'payer@client.test');
  world.books.lockedUntil = '2026-12-31';
  await world.see(captured);
  expect(world.books.paymentsOf('1')).toMatchObject([
    {
      date: '2027-01-01',
      note: expect.stringMatching(/ · charged 2026-11-04, that month is closed in FreshBooks$/),
    },
  ]);
  expect(world.store.postingRows()).toMatchObject([{ state: 'posted', date: '2027-01-01' }]);
  expect(world.store.ledgerRows().find(({ kind }) => kind === 'collection')).toMatchObject({
    date: '2027-01-01',
    factDate: '2026-11-04',
  });
});

test('a debit likewise, and seen again it is not booked again', async () => {
  const world = await collecting();
  world.books.lockedUntil = '2026-11-30';
  await world.see(debitChanged);
  await world.see(debitChanged);
  expect(world.books.paymentsOf('1')).toMatchObject([{ date: '2026-12-01' }]);
});

test('our own closed months are left out on the way', async () => {
  const world = newWorld();
  world.captures.addCapture('CAP1', 'payer@client.test');
  world.store.closeMonth('2026-12');
  world.books.lockedUntil = '2026-11-30';
  await world.see(captured);
  expect(world.books.paymentsOf('1')).toMatchObject([{ date: '2027-01-01' }]);
});

test.each([
  ['debit', collecting, debitChanged, { provider: 'gocardless', type: 'payment', id: 'PM1' }],
  [
    'capture',
    () => {
      const world = newWorld();
      world.captures.addCapture('CAP1', 'payer@client.test');
      return Promise.resolve(world);
    },
    captured,
    { provider: 'paypal', type: 'capture', id: 'CAP1' },
  ],
] as const)(
  'a %s that no month takes is asked about; retried once one is open, it is booked',
  async (...given) => {
    const [, prepare, event, subject] = given;
    const world = await prepare();
    world.books.lockedUntil = '2031-12-31';
    await world.see(event);
    expect(open(world)).toMatchObject([{ kind: 'period_locked', subject }]);
    expect(open(world)[0]?.reasons[0]).toMatch(/for invoice INV-1 could not be booked/);
    expect(world.books.faults.count('createPayment')).toBe(12);
    expect(world.store.postingRows()).toMatchObject([{ state: 'rejected' }]);
    world.books.lockedUntil = null;
    await world.store.answer(open(world)[0]?.id ?? '', { action: 'retry', note: 'opened', by: 'mira' });
    await world.settle();
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(world.books.paymentsOf('1')[0]?.date.slice(0, 7)).toBe('2026-11');
    expect(open(world)).toEqual([]);
  },
);

test('killed at any step on the way to the open month, it is booked once', async () => {
  let boundary = 1;
  for (; boundary < 200; boundary += 1) {
    const world = await collecting();
    world.books.lockedUntil = '2026-12-31';
    world.crashAfter(boundary);
    world.deliver(debitChanged);
    await world.settle();
    expect(world.books.payments).toMatchObject([{ date: '2027-01-01' }]);
    expect(world.store.postingRows()).toMatchObject([{ state: 'posted', date: '2027-01-01' }]);
    if (world.crashPending) break;
  }
  expect(boundary).toBeGreaterThan(10);
  expect(boundary).toBeLessThan(200);
});

test('a late failure whose payment lies in a closed month is asked about, and taken back once it is open', async () => {
  const world = await collecting();
  await world.see(debitChanged);
  world.books.lockedUntil = '2026-12-31';
  world.debits.move('PM1', 'failed');
  await world.see(debitChanged);
  expect(world.books.paymentsOf('1')).toHaveLength(1);
  expect(open(world)).toMatchObject([{ kind: 'period_locked', subject: { id: 'PM1' } }]);
  world.books.lockedUntil = null;
  await world.store.answer(open(world)[0]?.id ?? '', { action: 'retry', note: 'opened', by: 'mira' });
  await world.settle();
  expect(world.books.paymentsOf('1')).toEqual([]);
  expect(open(world)).toEqual([]);
  expect(world.store.postingRows()).toMatchObject([
    { kind: 'payment', state: 'reversed' },
    { kind: 'reversal', state: 'posted' },
  ]);
});
