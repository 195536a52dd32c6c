import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventReaders, paypalCaptures, paypalEventSources, paypalTokens } from '@mlc/connectors';
import type { Captures, PaypalTransaction, PolledEvent } from '@mlc/core';
import { FLOWS } from '@mlc/flows';
import { type ClosableHttpClient, createHttpClient } from '@mlc/platform';
import { type Sandbox, SANDBOX_MERCHANT, SandboxClock, startSandbox } from '@mlc/sandbox';
import { accountBalance, FlowWorld, ledgerProblems } from '@mlc/testkit';

const CLEARING = 'assets:clearing:paypal';
const FROM = new Date('2026-11-02T09:00:00Z');
let sandbox: Sandbox;
let http: ClosableHttpClient;
let captures: Captures;

beforeAll(async () => {
  const clock = new SandboxClock({ start: FROM });
  sandbox = await startSandbox({ freshbooksPort: 0, gocardlessPort: 0, clock });
  http = createHttpClient({ version: 'test', readRetries: 0 });
  const app = {
    http,
    limiter: { take: () => Promise.resolve(0), pause: () => Promise.resolve() },
    apiUrl: sandbox.urls.paypal,
    clientId: SANDBOX_MERCHANT.clientId,
    clientSecret: () => Promise.resolve(SANDBOX_MERCHANT.clientSecret),
    connectionId: 'conn-1',
    clock,
  };
  const { merchantId } = SANDBOX_MERCHANT;
  captures = paypalCaptures({ ...app, tokens: paypalTokens(app), merchantId });
});

afterAll(async () => {
  http.close();
  await sandbox.close();
});

/** Everything that moves a PayPal balance, none of it told by a webhook; the last payment is pending. */
function everythingHappens(): void {
  const { scenarios } = sandbox.paypal;
  const untold = { webhook: 'none' } as const;
  const pay = (amount: string, more: object = {}) =>
    scenarios.payerPays({ amount, payerEmail: 'payer@client.test', ...untold, ...more });
  pay('100.00', { invoiceId: 'INV-001' });
  pay('33.33');
  const whole = pay('40.00');
  scenarios.refund({ captureId: whole.captureId, ...untold });
  const part = pay('50.00', { invoiceId: 'INV-002' });
  scenarios.refund({ captureId: part.captureId, amount: '10.00', feeReturned: '0.29', ...untold });
  scenarios.refund({ captureId: part.captureId, amount: '5.00', isPending: true, ...untold });
  const taken = pay('60.00');
  scenarios.reverse({ captureId: taken.captureId, ...untold });
  const disputed = pay('70.00');
  const { disputeId } = scenarios.openDispute({
    paymentId: disputed.captureId,
    channel: 'EXTERNAL',
    ...untold,
  });
  scenarios.resolveDispute({ disputeId, ...untold });
  scenarios.winChargeback({ captureId: disputed.captureId, amount: '70.00' });
  const sale = scenarios.subscriptionSale({ payerEmail: 'payer@client.test', amount: '12.00', ...untold });
  scenarios.reverseSale({ saleId: sale.saleId, amount: '2.00', ...untold });
  pay('80.00', { currency: 'EUR', platformFee: '1.00' });
  scenarios.moveBalance({ amount: '-20.00', code: 'T0200' });
  scenarios.moveBalance({ amount: '23.10', code: 'T0200', currency: 'EUR' });
  scenarios.withdraw({ amount: '90.00', fee: '0.25' });
  scenarios.withdraw({ amount: '1.00', isAutomatic: true });
  scenarios.withdraw({ amount: '2.00', isPending: true });
  scenarios.pendingPayment({ amount: '7.00', ...untold });
}

async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of list) found.push(one);
  return found;
}

async function polled(): Promise<PolledEvent[]> {
  const source = paypalEventSources({ captures, clock: sandbox.clock }).find(
    ({ name }) => name === 'transactions',
  );
  if (source === undefined) throw new Error('PayPal has no list of transactions');
  return collect(source.read({ from: FROM, until: null }));
}

/** The flows, the real reading of PayPal, and its events in this order. */
async function ledgerOf(events: readonly PolledEvent[]): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS);
  Object.assign(world, { captures });
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7', { number: 'INV-001' });
  world.books.addInvoice('2', '7', { number: 'INV-002' });
  for (const event of events) {
    const meaning = eventReaders.get('paypal')?.translate(event);
    if (meaning !== undefined) world.deliver(meaning);
  }
  await world.settle();
  return world;
}

/** Minor units that PayPal's rows moved, per transaction and currency. */
function byTransaction(rows: readonly PaypalTransaction[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { id, status, amount, fee } of rows) {
    if (status !== 'S' && status !== 'V') continue;
    const name = `${id} ${amount.currency}`;
    sums[name] = (sums[name] ?? 0) + Number(amount.minor + (fee?.minor ?? 0n));
  }
  return sums;
}

function bySource(world: FlowWorld): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { source, amount, debit, credit } of world.store.ledgerRows()) {
    if (debit !== CLEARING && credit !== CLEARING) continue;
    const name = `${source.id} ${amount.currency}`;
    sums[name] = (sums[name] ?? 0) + (debit === CLEARING ? 1 : -1) * Number(amount.minor);
  }
  return sums;
}

test('the ledger holds what PayPal says it holds, in total and of each transaction, in any order', async () => {
  everythingHappens();
  await sandbox.clock.advanceDays(1);
  const events = await polled();
  const rows = await collect(
    captures.searchTransactions(FROM.toISOString(), sandbox.clock.now().toISOString()),
  );
  for (const order of [events, events.toReversed(), [...events, ...events].toSorted(byMiddle)]) {
    const world = await ledgerOf(order);
    expect(bySource(world)).toEqual(byTransaction(rows));
    expect(ledgerProblems(world.store)).toEqual([]);
    const held = await captures.balancesAt(sandbox.clock.now().toISOString());
    expect(held.map(({ currency }) => currency).toSorted()).toEqual(['EUR', 'GBP']);
    for (const { currency, minor } of held)
      expect(accountBalance(world.store, CLEARING, currency)).toBe(Number(minor));
  }
});

/** Some fixed order that is neither that of the list nor its reverse. */
function byMiddle(left: PolledEvent, right: PolledEvent): number {
  const middle = (event: PolledEvent): string => event.externalEventId.slice(9, 15);
  return middle(left) < middle(right) ? -1 : 1;
}
