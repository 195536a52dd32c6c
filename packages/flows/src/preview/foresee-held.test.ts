import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';
import { foreseeHeld, type HeldNow } from './foresee-held.ts';

const GBP_100 = { minor: 10_000n, currency: 'GBP' };
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;
const debitChanged = { kind: 'debit-changed', debitId: 'PM1', action: 'any' } as const;
const captured = { kind: 'capture-changed', captureId: 'CAP1' } as const;
const noPause = (): Promise<void> => Promise.reject(new Error('nothing asks to wait here'));

let world: FlowWorld;
beforeEach(async () => {
  world = new FlowWorld(FLOWS, {});
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  await world.see(invoiceChanged);
  await world.setPolicy({ mode: 'observe' });
});

/** The newest event that waits for go-live, run again as a preview does. */
async function now(event: DomainEvent): Promise<HeldNow> {
  const [held] = world.store
    .eventRows()
    .filter(({ waitingFor }) => waitingFor === 'go-live')
    .slice(-1);
  const inbound = await world.store.events.get(held?.id ?? '');
  if (inbound === null) throw new Error('nothing waits for go-live');
  return foreseeHeld(world.context(), { inbound, event }, { flows: FLOWS, pause: noPause });
}

const everything = () =>
  JSON.stringify(
    [
      world.store.collectionRows(),
      world.store.postingRows(),
      world.store.reviewRows(),
      world.store.eventRows(),
    ],
    (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  );

describe('a payment that waits to be booked', () => {
  beforeEach(async () => {
    world.debits.move('PM1', 'confirmed');
    expect(await world.see(debitChanged)).toMatchObject({ state: 'parked', details: { would: 'payment' } });
  });

  test('still would, and nothing is changed by looking', async () => {
    const before = everything();
    expect(await now(debitChanged)).toMatchObject({
      kind: 'write',
      details: { would: 'payment', invoiceId: '1', amountMinor: 10_000, currency: 'GBP' },
    });
    expect(everything()).toBe(before);
  });

  test('is asked about when the invoice was paid meanwhile', async () => {
    world.books.payByHand('1', GBP_100);
    const found = await now(debitChanged);
    expect(found).toMatchObject({ kind: 'question', obstacles: [{ kind: 'overpayment' }] });
  });

  test('is asked about when the invoice was deleted meanwhile', async () => {
    world.books.change('1', { visibility: 'deleted' });
    expect(await now(debitChanged)).toMatchObject({
      kind: 'question',
      obstacles: [{ kind: 'invoice_missing' }],
    });
  });

  test('is asked about when the invoice was lessened meanwhile', async () => {
    world.books.change('1', { amount: { minor: 4_000n, currency: 'GBP' } });
    expect(await now(debitChanged)).toMatchObject({ kind: 'question' });
  });

  test('is nothing when a person booked this very debit', async () => {
    world.books.payByHand('1', GBP_100, 'GoCardless PM1');
    expect((await now(debitChanged)).kind).toBe('nothing');
  });

  test('is not booked when the debit failed meanwhile', async () => {
    world.debits.move('PM1', 'failed');
    expect((await now(debitChanged)).kind).not.toBe('write');
  });
});

test('a PayPal payment whose invoice was paid meanwhile is asked about', async () => {
  world.books.addInvoice('2', '7', { number: 'INV-002' });
  world.captures.addCapture('CAP1', null, { references: ['INV-002'] });
  expect(await world.see(captured)).toMatchObject({ state: 'parked', details: { would: 'payment' } });
  world.books.payByHand('2', GBP_100);
  expect((await now(captured)).kind).toBe('question');
});

describe('a debit that waits to be cancelled', () => {
  beforeEach(async () => {
    world.books.payByHand('1', GBP_100);
    expect(await world.see(invoiceChanged)).toMatchObject({
      state: 'parked',
      details: { would: 'cancellation' },
    });
  });

  test('still would be', async () => {
    expect(await now(invoiceChanged)).toMatchObject({ kind: 'write', details: { would: 'cancellation' } });
  });

  test('is asked about once it cannot be cancelled any more', async () => {
    world.debits.move('PM1', 'submitted');
    expect(await now(invoiceChanged)).toMatchObject({
      kind: 'question',
      obstacles: [{ kind: 'double_payment_risk' }],
    });
  });

  test('is nothing once a person cancelled it', async () => {
    world.debits.move('PM1', 'cancelled');
    expect((await now(invoiceChanged)).kind).not.toBe('write');
  });
});
