import { expect, test } from '@jest/globals';
import type { DomainEvent } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from './registry.ts';

/** An event about many objects: each one's effect is recorded, and its locks let go, before the next one is looked at. */

const MANY = 40;

async function worldWith(invoices: number): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  for (let n = 1; n <= invoices; n += 1) world.books.addInvoice(String(n), '7', { number: `INV-${n}` });
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  // Somebody else's invoice: reading all customers for the first time has a lock of its own.
  world.books.addClient('6', 'nobody@client.test');
  world.books.addInvoice('600', '6', { number: 'INV-600' });
  await world.see({ kind: 'invoice-changed', invoiceId: '600' });
  return world;
}

/** What one event locks: at once at most, and how often a transaction asks whether a lock was lost. */
async function lockingOf(world: FlowWorld, event: DomainEvent) {
  Object.assign(world.locking, { heldAtMost: 0, asked: 0 });
  const { state } = await world.see(event);
  return { ...world.locking, state };
}

async function clientChanged(invoices: number) {
  const world = await worldWith(invoices);
  const locking = await lockingOf(world, { kind: 'client-changed', clientId: '7' });
  expect(world.debits.all()).toHaveLength(invoices);
  return locking;
}

async function mandateEnded(invoices: number) {
  const world = await worldWith(invoices);
  await world.see({ kind: 'client-changed', clientId: '7' });
  world.debits.addMandate('MD1', 'CU1', { status: 'cancelled' });
  for (const { id } of world.debits.all()) world.debits.move(id, 'cancelled');
  const locking = await lockingOf(world, { kind: 'mandate-changed', mandateId: 'MD1', action: 'cancelled' });
  expect(world.store.collectionRows().filter(({ state }) => state === 'cancelled')).toHaveLength(invoices);
  return locking;
}

test.each([
  ['a client with open invoices', clientChanged],
  ['a mandate with debits that ended with it', mandateEnded],
])('%s: one invoice is locked at a time, and statements grow with their number', async (_what, seeing) => {
  const few = await seeing(MANY - 20);
  const more = await seeing(MANY - 10);
  const many = await seeing(MANY);
  expect(many).toEqual({ heldAtMost: 1, asked: more.asked + (more.asked - few.asked), state: 'done' });
});

test('a client whose invoices are held back by the mode: one is locked at a time, and the run waits', async () => {
  const world = await worldWith(MANY);
  await world.setPolicy({ mode: 'observe' });
  const locking = await lockingOf(world, { kind: 'client-changed', clientId: '7' });
  expect(locking).toMatchObject({ heldAtMost: 1, state: 'parked' });
  expect(locking.asked).toBeLessThanOrEqual(3 * MANY);
});

test('an order of many captures: no more is locked at once than for one of them', async () => {
  const bookOrder = async (captures: number) => {
    const world = await worldWith(captures);
    for (let n = 1; n <= captures; n += 1)
      world.captures.addCapture(`CAP${n}`, 'payer@client.test', {
        orderId: 'ORDER1',
        references: [`INV-${n}`],
      });
    const locking = await lockingOf(world, { kind: 'order-completed', orderId: 'ORDER1' });
    expect(world.books.payments).toHaveLength(captures);
    return locking;
  };
  const one = await bookOrder(1);
  const half = await bookOrder(MANY / 2);
  const whole = await bookOrder(MANY);
  expect(whole).toEqual({ heldAtMost: one.heldAtMost, asked: 2 * half.asked, state: 'done' });
});
