import { expect, test } from '@jest/globals';
import type { DebitStatus } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';

/** A debit stands under the key of an attempt already, and no list shows it: it was made by an earlier installation, long ago. */

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;

/** An installation that knows nothing, after a debit of 100.00 became this, and the invoice is `minor` now. */
async function startedOver(status: DebitStatus, minor: bigint): Promise<FlowWorld> {
  const before = new FlowWorld(FLOWS);
  before.books.addClient('7', 'payer@client.test');
  before.books.addInvoice('1', '7');
  before.debits.addCustomer('CU1', 'payer@client.test');
  before.debits.addMandate('MD1', 'CU1');
  await before.see(invoiceChanged);
  before.debits.move('PM1', status);
  const [debit] = before.debits.all();
  if (debit !== undefined) before.debits.debits.set('PM1', { ...debit, chargeDate: '2026-06-01' });
  before.books.change('1', { amount: gbp(minor) });
  return new FlowWorld(FLOWS, {}, before);
}

function open(world: FlowWorld): string[] {
  const reviews = world.store.reviewRows().filter(({ state }) => state === 'open');
  return reviews.map(({ kind }) => kind);
}

const attempts = (world: FlowWorld) =>
  world.store.collectionRows().map(({ attempt, state, paymentId, amount }) => {
    return [attempt, state, paymentId, amount.minor];
  });

test.each<[DebitStatus, bigint, (readonly [number, string, string, bigint])[], string[]]>([
  // It ended: another amount is the next attempt, under the next key.
  ['failed', 11_000n, [[1, 'failed', 'PM1', 10_000n], [2, 'pending_submission', 'PM2', 11_000n]], []], // prettier-ignore
  ['failed', 10_000n, [[1, 'failed', 'PM1', 10_000n]], ['not_collected']],
  // Nobody but a person repeats what was stopped or taken back.
  ['cancelled', 11_000n, [[1, 'cancelled', 'PM1', 10_000n]], ['not_collected']],
  ['customer_approval_denied', 11_000n, [[1, 'cancelled', 'PM1', 10_000n]], ['not_collected']],
  ['charged_back', 11_000n, [[1, 'charged_back', 'PM1', 10_000n]], ['not_collected']],
  // It lives: as any running debit that does not fit.
  ['pending_submission', 11_000n, [[1, 'cancelled', 'PM1', 10_000n], [2, 'pending_submission', 'PM2', 11_000n]], []], // prettier-ignore
  ['submitted', 11_000n, [[1, 'submitted', 'PM1', 10_000n]], ['amount_mismatch']],
])('%s, and %d is outstanding now', async (status, minor, rows, asked) => {
  const world = await startedOver(status, minor);
  await world.see(invoiceChanged);
  expect(attempts(world)).toEqual(rows);
  expect(open(world)).toEqual(asked);
  await world.see(invoiceChanged);
  await world.see({ kind: 'debit-changed', debitId: 'PM1', action: status });
  expect(attempts(world)).toEqual(rows);
  expect(open(world)).toEqual(asked);
});

test('it failed on another mandate of the client: the next attempt', async () => {
  const world = await startedOver('failed', 10_000n);
  world.debits.addMandate('MD2', 'CU1', { createdAt: '2026-11-01T00:00:00.000Z' });
  await world.see(invoiceChanged);
  expect(world.debits.all()).toMatchObject([{ id: 'PM1' }, { id: 'PM2', mandateId: 'MD2' }]);
  expect(open(world)).toEqual([]);
});

test('whichever step the process dies at, there is one next attempt', async () => {
  for (let step = 1; ; step += 1) {
    const world = await startedOver('failed', 11_000n);
    world.crashAfter(step);
    world.deliver(invoiceChanged);
    await world.settle();
    expect([step, ...attempts(world)]).toEqual([
      step,
      [1, 'failed', 'PM1', 10_000n],
      [2, 'pending_submission', 'PM2', 11_000n],
    ]);
    expect(open(world)).toEqual([]);
    if (world.crashPending) return;
  }
});

test('GoCardless does not show it yet: it is looked for again, and nobody is asked', async () => {
  const world = await startedOver('failed', 11_000n);
  const get = world.debits.getDebit.bind(world.debits);
  let looks = 0;
  world.debits.getDebit = (debitId) => {
    looks += 1;
    return looks === 1 ? Promise.resolve(null) : get(debitId);
  };
  await world.see(invoiceChanged);
  expect(attempts(world)).toHaveLength(2);
  expect(open(world)).toEqual([]);
});
