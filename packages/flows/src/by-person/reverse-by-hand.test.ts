import { describe, expect, test } from '@jest/globals';
import {
  clearingOf,
  ConnectorError,
  isByHand,
  type LedgerEntry,
  movementOf,
  type Policy,
  type Posting,
} from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { payoutItem } from '@mlc/testkit/fakes/fake-payouts';
import { FLOWS } from '../registry.ts';
import { ReversalRefusedError } from './reversible.ts';
import { reverseByHand } from './reverse-by-hand.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const debitChanged = { kind: 'debit-changed', debitId: 'PM1', action: 'changed' } as const;
const captured = { kind: 'capture-changed', captureId: 'CAP1' } as const;

/** Invoice 1 of client 7, collected and confirmed as PM1: booked. */
async function debited(policy: Partial<Policy> = {}): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS, policy);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  await world.see({ kind: 'invoice-changed', invoiceId: '1' });
  world.debits.move('PM1', 'confirmed');
  await world.see(debitChanged);
  return world;
}

function posting(world: FlowWorld, kind: Posting['kind'] = 'payment'): Posting {
  const found = world.store.postingRows().find((row) => row.kind === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found;
}

const reverse = (world: FlowWorld, key: string) =>
  reverseByHand(world.context(), { key, note: 'booked on the wrong invoice', by: 'cli' });

const clearing = (entries: readonly LedgerEntry[], provider: string) =>
  entries.reduce((sum, entry) => sum + movementOf(entry, clearingOf(provider)), 0n);

describe('a payment', () => {
  test('is deleted in FreshBooks, mirrored in the ledger, and its money asked about', async () => {
    const world = await debited();
    world.advance(40 * 86_400_000);
    const original = posting(world);
    const reversal = await reverse(world, original.key);
    expect(reversal).toMatchObject({
      kind: 'reversal',
      state: 'posted',
      reversesKey: original.key,
      externalId: original.externalId,
      invoiceId: '1',
      invoiceNumber: 'INV-1',
      amount: gbp(10_000n),
      date: '2026-12-15',
      note: expect.stringMatching(/^by hand: booked on the wrong invoice · mlc:\w{32}$/),
    });
    expect(isByHand(reversal)).toBe(true);
    expect(world.books.paymentsOf('1')).toEqual([]);
    expect(posting(world).state).toBe('reversed');
    expect(world.store.ledgerRows().map(({ kind, date, key }) => ({ kind, date, key }))).toMatchObject([
      { kind: 'collection' },
      { kind: 'reversal', date: '2026-12-15', key: `reversal:${reversal.key}` },
      { kind: 'unallocated', date: '2026-12-15', key: `unallocated:${reversal.key}` },
    ]);
    // The money is still at the provider.
    expect(clearing(world.store.ledgerRows(), 'gocardless')).toBe(10_000n);
    expect(world.store.reviewRows()).toMatchObject([
      {
        kind: 'unmatched_payment',
        state: 'open',
        subject: { provider: 'gocardless', type: 'payment', id: 'PM1' },
        amount: gbp(10_000n),
        eventId: original.eventId,
        reasons: [
          expect.stringMatching(/^GBP 100\.00 of PM1 was .* from invoice INV-1 \(by hand: /),
          expect.anything(),
        ],
      },
    ]);
    expect(world.store.auditEntries().at(-1)).toBeDefined();
    expect(
      world.store.auditEntries().find(({ action }) => action === 'posting.reversed-by-hand'),
    ).toMatchObject({
      actor: 'cli',
      subject: { provider: 'freshbooks', type: 'invoice', id: '1' },
      details: { note: 'booked on the wrong invoice', key: reversal.key, reverses: original.key },
    });
  });

  test('in a closed month is taken back in the open one, and says so', async () => {
    const world = await debited();
    world.store.closeMonth('2026-11');
    const { date } = posting(world);
    const reversal = await reverse(world, posting(world).key);
    expect(reversal.date).toBe('2026-12-01');
    expect(reversal.note).toContain(` · booked ${date}, that month is closed`);
  });

  test('is not booked again by itself, and neither is the client debited again', async () => {
    const world = await debited();
    await reverse(world, posting(world).key);
    world.debits.move('PM1', 'paid_out');
    await world.see(debitChanged);
    await world.see({ kind: 'invoice-changed', invoiceId: '1' });
    expect(world.books.paymentsOf('1')).toEqual([]);
    expect(world.debits.all()).toHaveLength(1);
  });

  test('matched with another invoice afterwards is booked there', async () => {
    const world = await debited();
    world.books.addInvoice('2', '7');
    await reverse(world, posting(world).key);
    const [review] = world.store.reviewRows();
    await world.store.answer(review?.id ?? '', { action: 'match', note: 'this', by: 'mira', invoiceId: '2' });
    await world.settle();
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    expect(clearing(world.store.ledgerRows(), 'gocardless')).toBe(10_000n);
  });

  test('of PayPal is asked about under its capture', async () => {
    const world = new FlowWorld(FLOWS);
    world.books.addClient('7', 'payer@client.test');
    world.books.addInvoice('1', '7');
    world.captures.addCapture('CAP1', 'payer@client.test');
    await world.see(captured);
    await reverse(world, posting(world).key);
    await world.see(captured);
    expect(world.books.paymentsOf('1')).toEqual([]);
    expect(world.store.reviewRows()).toMatchObject([
      {
        kind: 'unmatched_payment',
        state: 'open',
        subject: { provider: 'paypal', type: 'capture', id: 'CAP1' },
      },
    ]);
  });

  test('killed at any step and asked for again, it ends the same', async () => {
    let boundary = 1;
    for (; boundary < 100; boundary += 1) {
      const world = await debited();
      const { key } = posting(world);
      world.crashAfter(boundary);
      const died = await reverse(world, key).then(
        () => false,
        () => true,
      );
      // It may have died after all was done.
      if (died) {
        world.crashAfter(Infinity);
        await reverse(world, key).catch((error: unknown) => {
          expect(error).toMatchObject({ message: expect.stringMatching(/was taken back already/) });
        });
      }
      expect(world.books.paymentsOf('1')).toEqual([]);
      expect(world.store.postingRows().map(({ state }) => state)).toEqual(['reversed', 'posted']);
      expect(world.store.ledgerRows()).toHaveLength(3);
      expect(world.store.reviewRows()).toHaveLength(1);
      if (!died) break;
    }
    expect(boundary).toBeGreaterThan(5);
    expect(boundary).toBeLessThan(100);
  });

  test('whose month FreshBooks keeps closed stays, with what to do', async () => {
    const world = await debited();
    world.books.lockedUntil = '2026-11-30';
    const refused = reverse(world, posting(world).key);
    await expect(refused).rejects.toBeInstanceOf(ReversalRefusedError);
    await expect(refused).rejects.toThrow(/FreshBooks keeps the month of 2026-11-\d\d closed/);
    expect(posting(world).state).toBe('posted');
    world.books.lockedUntil = null;
    expect(await reverse(world, posting(world).key)).toMatchObject({ state: 'posted' });
  });
});

describe('what a payout brought into FreshBooks', () => {
  const uuid = (digit: number) => `11111111-0000-4000-8000-00000000000${digit}`;
  const accounts = {
    feeExpenseCategoryId: null,
    staffId: null,
    bankAccountUuid: uuid(1),
    clearingAccountUuid: uuid(2),
    feeAccountUuid: uuid(3),
  };

  async function paidOut(policy: Partial<Policy>): Promise<FlowWorld> {
    const world = new FlowWorld(FLOWS, { accounts, ...policy });
    world.payouts.addPayout('PO1', 9_750n, [
      payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM1' }),
      payoutItem('gocardless_fee', -2_500n, { paymentId: 'PM1' }),
    ]);
    await world.see({ kind: 'payout-changed', payoutId: 'PO1', action: 'paid' });
    return world;
  }

  test('the expense of a fee is deleted, the fee itself stays in the ledger, and it is not booked again', async () => {
    const world = await paidOut({ gocardlessFees: 'expense' });
    const before = world.store.ledgerRows().length;
    const reversal = await reverse(world, posting(world, 'fee').key);
    expect(reversal).toMatchObject({ kind: 'reversal', state: 'posted', invoiceId: null });
    expect(world.books.expenses).toMatchObject([{ deleted: true }]);
    expect(world.store.ledgerRows()).toHaveLength(before);
    await world.see({ kind: 'payout-changed', payoutId: 'PO1', action: 'paid' });
    expect(world.books.expenses).toHaveLength(1);
  });

  test('a journal entry gets its mirror, dated today, once', async () => {
    const world = await paidOut({ payoutEntry: 'journal' });
    const before = world.store.ledgerRows().length;
    const reversal = await reverse(world, posting(world, 'journal').key);
    expect(reversal).toMatchObject({ kind: 'reversal', state: 'posted', externalId: 'journal-2' });
    expect(isByHand(reversal)).toBe(true);
    expect(world.books.journal[1]).toMatchObject({
      number: 'MLC-PO1-R',
      date: '2026-11-05',
      lines: [{ side: 'credit' }, { side: 'credit' }, { side: 'debit' }],
    });
    expect(posting(world, 'journal').state).toBe('reversed');
    expect(world.store.ledgerRows()).toHaveLength(before);
    await expect(reverse(world, posting(world, 'journal').key)).rejects.toThrow(/was taken back already/);
    await world.see({ kind: 'payout-changed', payoutId: 'PO1', action: 'paid' });
    expect(world.books.journal).toHaveLength(2);
    expect(
      world.store.auditEntries().filter(({ action }) => action === 'posting.reversed-by-hand'),
    ).toHaveLength(1);
  });
});

describe('refused, with what to do', () => {
  const says = (world: FlowWorld, key: string, message: RegExp) =>
    expect(reverse(world, key)).rejects.toThrow(message);

  test('an unknown key', async () => {
    const world = await debited();
    await says(world, 'nonsense', /there is no posting nonsense of acme; mlc postings list shows them/);
    await says(world, '99999', /there is no posting 99999/);
  });

  test('somebody else’s payment, and ours by its payment id', async () => {
    const world = await debited();
    world.books.addInvoice('2', '7');
    const other = world.books.payByHand('2', gbp(100n));
    await says(world, other.id, /was entered into FreshBooks by somebody else: take it back there/);
    const ours = posting(world);
    await says(world, ours.externalId ?? '', new RegExp(`mlc postings reverse ${ours.key}`));
  });

  test('one that was taken back, and its reversal', async () => {
    const world = await debited();
    const { key } = posting(world);
    const reversal = await reverse(world, key);
    await says(world, key, /was taken back already/);
    await says(world, reversal.key, /is a reversal itself/);
  });

  test('one that is being booked, never got there, or is being taken back', async () => {
    const world = await debited();
    const { key } = posting(world);
    await world.store.transaction((tx) => tx.postings.update(key, { state: 'intent' }));
    await says(world, key, /is being booked/);
    await world.store.transaction((tx) => tx.postings.update(key, { state: 'rejected' }));
    await says(world, key, /never got into the books/);
    await world.store.transaction((tx) => tx.postings.update(key, { state: 'posted' }));
    const { state: _state, externalId: _id, calledAt: _at, recheckAt: _re, ...rest } = posting(world);
    await world.store.transaction((tx) =>
      tx.postings.insertIntent({ ...rest, key: 'auto', kind: 'reversal', reversesKey: key }),
    );
    await says(world, key, /is being taken back already \(auto\)/);
  });

  test('any other answer of FreshBooks is passed on, and the payment stays', async () => {
    const world = await debited();
    const failure = { provider: 'freshbooks', operation: 'deletePayment', message: 'No.' };
    world.books.faults.fail('deletePayment', 'before', new ConnectorError({ ...failure, kind: 'rejected' }));
    await says(world, posting(world).key, /freshbooks deletePayment: No\./);
    expect(posting(world).state).toBe('posted');
    expect(posting(world, 'reversal').state).toBe('rejected');
  });
});
