import { describe, expect, test } from '@jest/globals';
import { type Policy, setAsideCovers } from '@mlc/core';
import { FlowWorld, ledgerProblems } from '@mlc/testkit';
import { FLOWS } from './registry.ts';
import { reverseByHand } from './by-person/reverse-by-hand.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;
const captured = { kind: 'capture-changed', captureId: 'CAP1' } as const;

/** Invoice 1 of GBP 61.00 with a mandate; its debit PM1 waits. */
async function waiting(policy: Partial<Policy> = {}): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS, policy);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7', { number: 'INV-1', amountMinor: 6_100n });
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  await world.see(invoiceChanged);
  return world;
}

/** A PayPal payment came meanwhile: it is booked, and the debit cancelled when it was all of it. */
async function paidByPaypal(minor = 6_100n): Promise<FlowWorld> {
  const world = await waiting();
  world.captures.addCapture('CAP1', 'payer@client.test', { amount: gbp(minor), references: ['INV-1'] });
  await world.see(captured);
  return world;
}

const running = (world: FlowWorld) =>
  world.debits.all().filter(({ status }) => status !== 'cancelled' && status !== 'failed');
const open = (world: FlowWorld) => world.store.reviewRows().filter(({ state }) => state === 'open');
const entryId = (world: FlowWorld, at = 0) => world.books.payments[at]?.id ?? '';

async function answer(
  world: FlowWorld,
  action: 'match' | 'retry' | 'done',
  invoiceId?: string,
): Promise<void> {
  const [review] = open(world);
  const chosen = invoiceId === undefined ? {} : { invoiceId };
  await world.store.answer(review?.id ?? '', { action, note: 'seen', by: 'mira', ...chosen });
  await world.settle();
}

/** A person does something to an entry in FreshBooks, which tells of it. */
async function edit(
  world: FlowWorld,
  changes: Parameters<FlowWorld['books']['changePayment']>[1],
  id = entryId(world),
): Promise<void> {
  world.books.changePayment(id, changes);
  await world.see({ kind: 'book-payment-changed', bookPaymentId: id });
  await world.see(invoiceChanged);
}

describe('a payment that a person takes out of FreshBooks', () => {
  test('was PayPal’s: the invoice is not debited, a person is asked', async () => {
    const world = await paidByPaypal();
    expect(running(world)).toEqual([]);
    await edit(world, { deleted: true });
    expect(running(world)).toEqual([]);
    expect(open(world)).toMatchObject([
      {
        kind: 'double_payment_risk',
        subject: { provider: 'freshbooks', type: 'invoice', id: '1' },
        amount: gbp(6_100n),
        reasons: [
          expect.stringMatching(
            /^Invoice INV-1 is not collected again: PayPal payment CAP1 of GBP 61\.00 paid it, but its payment \d+ was removed from FreshBooks by hand\./,
          ),
          expect.stringMatching(/mlc collections release/),
        ],
      },
    ]);
  });

  test('put back in: nothing is left to ask', async () => {
    const world = await paidByPaypal();
    await edit(world, { deleted: true });
    await edit(world, { deleted: false });
    expect(open(world)).toEqual([]);
    expect(running(world)).toEqual([]);
  });

  test('told to collect it all the same, it is debited once; another one taken out is asked about anew', async () => {
    const world = await paidByPaypal();
    await edit(world, { deleted: true });
    await answer(world, 'retry');
    await world.see(invoiceChanged);
    const [again] = running(world);
    expect(running(world)).toHaveLength(1);
    expect(open(world)).toEqual([]);
    world.debits.move(again?.id ?? '', 'confirmed');
    await world.see({ kind: 'debit-changed', debitId: again?.id ?? '', action: 'confirmed' });
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    await edit(world, { deleted: true }, entryId(world, 1));
    expect(running(world)).toHaveLength(1);
    expect(open(world)).toMatchObject([{ kind: 'double_payment_risk' }]);
  });

  test('left so: it is neither debited nor asked about again', async () => {
    const world = await paidByPaypal();
    await edit(world, { deleted: true });
    await answer(world, 'done');
    await world.see(invoiceChanged);
    expect(running(world)).toEqual([]);
    expect(open(world)).toEqual([]);
  });

  test('was a debit’s', async () => {
    const world = await waiting();
    world.debits.move('PM1', 'confirmed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    await edit(world, { deleted: true });
    expect(running(world)).toHaveLength(1);
    expect(open(world)).toMatchObject([
      { reasons: [expect.stringMatching(/Debit PM1 of GBP 61\.00/), expect.anything()] },
    ]);
    await answer(world, 'retry');
    expect(running(world)).toHaveLength(2);
  });

  test('was not ours, but found to be PayPal’s', async () => {
    const world = await waiting();
    world.captures.addCapture('CAP1', 'payer@client.test', { amount: gbp(6_100n) });
    world.books.payByHand('1', gbp(6_100n), 'PayPal CAP1', '2026-11-04');
    await world.see(captured);
    await world.see(invoiceChanged);
    expect(running(world)).toEqual([]);
    await edit(world, { deleted: true });
    expect(running(world)).toEqual([]);
    expect(open(world)).toMatchObject([{ kind: 'double_payment_risk' }]);
  });

  test('was not ours, but found to be a debit’s', async () => {
    const world = await waiting();
    world.debits.move('PM1', 'confirmed');
    world.books.payByHand('1', gbp(6_100n), 'PM1', '2026-11-20');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    expect(open(world)).toEqual([]);
    // It is our own debit: without that entry it is booked like any other.
    await edit(world, { deleted: true });
    expect(running(world)).toHaveLength(1);
    expect(world.books.paymentsOf('1')).toMatchObject([{ note: expect.stringMatching(/^GoCardless PM1 /) }]);
    expect(open(world)).toEqual([]);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('was not ours, but found to be a debit’s that nobody here made', async () => {
    const world = await waiting();
    world.debits.addDebit('PM00X', 'MD1', {
      status: 'paid_out',
      amount: gbp(5_000n),
      chargeDate: '2026-11-04',
    });
    world.books.addInvoice('3', '7', { number: 'INV-3', amountMinor: 5_000n });
    world.books.payByHand('3', gbp(5_000n), 'PM00X', '2026-11-04');
    await world.see({ kind: 'debit-changed', debitId: 'PM00X', action: 'paid_out' });
    world.books.changePayment(entryId(world), { deleted: true });
    await world.see({ kind: 'invoice-changed', invoiceId: '3' });
    expect(world.books.paymentsOf('3')).toEqual([]);
    expect(running(world).filter(({ metadata }) => metadata['freshbooks_invoice_id'] === '3')).toEqual([]);
    expect(open(world)).toMatchObject([{ kind: 'double_payment_risk', subject: { id: '3' } }]);
  });

  test('a cheque that nobody here knew of is the person’s own: the invoice is collected', async () => {
    const world = await waiting();
    world.books.payByHand('1', gbp(6_100n), 'cheque');
    await world.see(invoiceChanged);
    expect(running(world)).toEqual([]);
    await edit(world, { deleted: true });
    expect(running(world)).toHaveLength(1);
  });

  test('of a debit that failed since is not missed', async () => {
    const world = await waiting({ onLateFailure: 'review' });
    world.debits.move('PM1', 'confirmed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    world.debits.move('PM1', 'failed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'failed' });
    await answer(world, 'done');
    await edit(world, { deleted: true });
    expect(open(world).filter(({ kind }) => kind === 'double_payment_risk')).toEqual([]);
    expect(running(world)).toEqual([]);
  });
});

describe('a payment that a person changes in FreshBooks', () => {
  test.each<[string, Parameters<FlowWorld['books']['changePayment']>[1], RegExp]>([
    ['to a smaller amount', { amount: gbp(2_000n) }, /payment \d+ was changed to GBP 20\.00/],
    ['onto another invoice', { invoiceId: '2' }, /was moved to invoice INV-2 in FreshBooks/],
  ])('%s: the rest is not debited, a person is asked', async (_how, changes, says) => {
    const world = await paidByPaypal();
    world.books.addInvoice('2', '7', { number: 'INV-2', createdDate: '2026-10-01' });
    await edit(world, changes);
    expect(running(world)).toEqual([]);
    expect(open(world)).toMatchObject([
      { kind: 'double_payment_risk', reasons: [expect.stringMatching(says), expect.anything()] },
    ]);
  });

  test('to more than came is nothing to ask about', async () => {
    const world = await paidByPaypal(2_000n);
    await edit(world, { amount: gbp(2_500n) });
    expect(open(world)).toEqual([]);
    expect(running(world)).toMatchObject([{ amount: gbp(3_600n) }]);
  });

  test('what FreshBooks itself made smaller is not missing', async () => {
    const world = await paidByPaypal(2_000n);
    await edit(world, { amount: gbp(1_500n), overpaymentId: '77' });
    expect(open(world)).toEqual([]);
    expect(running(world)).toMatchObject([{ amount: gbp(4_600n) }]);
  });
});

describe('a part that was paid and is taken out', () => {
  test('the debit of the rest stays as it is', async () => {
    const world = await paidByPaypal(2_000n);
    expect(running(world)).toMatchObject([{ amount: gbp(4_100n) }]);
    await edit(world, { deleted: true });
    expect(running(world)).toMatchObject([{ amount: gbp(4_100n) }]);
    expect(open(world)).toMatchObject([{ kind: 'double_payment_risk' }]);
  });

  test('a debit that would take too much is cancelled', async () => {
    const world = await paidByPaypal(2_000n);
    world.books.change('1', { amount: gbp(3_000n) });
    await edit(world, { deleted: true });
    expect(running(world)).toEqual([]);
    expect(open(world)).toMatchObject([{ kind: 'double_payment_risk' }]);
  });
});

describe('a payment whose outcome is not known', () => {
  test.each(['payment', 'reversal'] as const)('a %s of PayPal’s is waited for', async (kind) => {
    const world = await paidByPaypal();
    const [posting] = world.store.postingRows();
    if (posting === undefined) throw new Error('there is no posting');
    const { state: _state, externalId: _id, calledAt: _at, recheckAt: _re, ...rest } = posting;
    if (kind === 'payment')
      await world.store.transaction((tx) => tx.postings.update(posting.key, { state: 'intent' }));
    else
      await world.store.transaction((tx) =>
        tx.postings.insertIntent({ ...rest, kind, key: 'R', reversesKey: posting.key }),
      );
    world.books.changePayment(posting.externalId ?? '', { deleted: true });
    const event = world.deliver(invoiceChanged);
    await world.settle();
    expect(world.outcomes.get(event.id)).toMatchObject({ state: 'parked' });
    expect(running(world)).toEqual([]);
  });
});

describe('mlc postings reverse', () => {
  async function reversed(world: FlowWorld): Promise<void> {
    const { key } = world.store.postingRows().find(({ state }) => state === 'posted') ?? { key: '' };
    await reverseByHand(world.context(), { key, note: 'wrong invoice', by: 'cli' });
    await world.see(invoiceChanged);
    await world.see(captured);
    await world.see(invoiceChanged);
  }

  test('of a PayPal payment: the client is not debited while the money waits', async () => {
    const world = await paidByPaypal();
    await reversed(world);
    expect(running(world)).toEqual([]);
    expect(open(world)).toMatchObject([
      {
        kind: 'unmatched_payment',
        subject: { id: 'CAP1' },
        reasons: [expect.anything(), expect.stringMatching(/invoice INV-1 is not collected/)],
      },
    ]);
    expect(await world.see(invoiceChanged)).toMatchObject({
      state: 'skipped',
      because: 'money-set-aside',
      reason: expect.stringMatching(/GBP 61\.00 of PayPal payment CAP1/),
    });
  });

  test('matched with another invoice: this one is collected again', async () => {
    const world = await paidByPaypal();
    world.books.addInvoice('2', '7', { number: 'INV-2', amountMinor: 6_100n, createdDate: '2026-10-01' });
    await reversed(world);
    await answer(world, 'match', '2');
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    expect(running(world)).toMatchObject([{ metadata: { freshbooks_invoice_id: '1' } }]);
    expect(open(world)).toEqual([]);
    expect(ledgerProblems(world.store)).toEqual([]);
  });

  test('matched with the same invoice: paid, as before', async () => {
    const world = await paidByPaypal();
    await reversed(world);
    await answer(world, 'match', '1');
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(running(world)).toEqual([]);
    expect(open(world)).toEqual([]);
  });

  test('entered by hand on another invoice: this one is collected again', async () => {
    const world = await paidByPaypal();
    world.books.addInvoice('2', '7', { number: 'INV-2', amountMinor: 6_100n, createdDate: '2026-10-01' });
    await reversed(world);
    world.books.payByHand('2', gbp(6_100n), 'CAP1', '2026-11-05');
    await answer(world, 'retry');
    expect(running(world)).toMatchObject([{ metadata: { freshbooks_invoice_id: '1' } }]);
    expect(open(world)).toEqual([]);
  });

  test('left: the invoice stays as it is until it is released', async () => {
    const world = await paidByPaypal();
    await reversed(world);
    await answer(world, 'done');
    await world.see(invoiceChanged);
    expect(running(world)).toEqual([]);
  });

  test.each(['while it waits', 'when it was left'])('released %s, the invoice is collected', async (when) => {
    const world = await paidByPaypal();
    await reversed(world);
    if (when === 'when it was left') await answer(world, 'done');
    const reversal = world.store.postingRows().find(({ kind }) => kind === 'reversal');
    // What `mlc collections release` keeps.
    const { id } = await world.store.transaction((tx) =>
      tx.reviews.open({
        kind: 'double_payment_risk',
        subject: { provider: 'freshbooks', type: 'invoice', id: '1' },
        amount: null,
        reasons: [],
        candidates: [],
        covers: setAsideCovers(reversal?.key ?? ''),
        eventId: '1',
      }),
    );
    await world.store.answer(id, { action: 'retry', note: 'bill them', by: 'mira' });
    await world.settle();
    await world.see(invoiceChanged);
    expect(running(world)).toMatchObject([{ amount: gbp(6_100n) }]);
  });

  test('of a part: the debit of the rest stays, no more is taken', async () => {
    const world = await paidByPaypal(2_000n);
    await reversed(world);
    expect(running(world)).toMatchObject([{ amount: gbp(4_100n) }]);
  });

  test('of a debit: the client is not debited again', async () => {
    const world = await waiting();
    world.debits.move('PM1', 'confirmed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    const [posting] = world.store.postingRows();
    await reverseByHand(world.context(), { key: posting?.key ?? '', note: 'wrong', by: 'cli' });
    expect(await world.see(invoiceChanged)).toMatchObject({ because: 'money-set-aside' });
    world.books.change('1', { amount: gbp(7_000n) });
    expect(await world.see(invoiceChanged)).toMatchObject({ because: 'money-set-aside' });
    expect(world.debits.all()).toHaveLength(1);
  });

  test('of a debit, matched with another invoice: this one is collected again', async () => {
    const world = await waiting();
    world.debits.move('PM1', 'confirmed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
    world.books.addInvoice('2', '7', { number: 'INV-2', amountMinor: 6_100n, createdDate: '2026-10-01' });
    const [posting] = world.store.postingRows();
    await reverseByHand(world.context(), { key: posting?.key ?? '', note: 'wrong', by: 'cli' });
    await answer(world, 'match', '2');
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    const [, second] = world.debits.all();
    expect(second).toMatchObject({ metadata: { freshbooks_invoice_id: '1' }, status: 'pending_submission' });
    expect(world.store.collectionRows()).toMatchObject([
      { paymentId: 'PM1', attempt: 1 },
      { paymentId: second?.id, attempt: 2 },
    ]);
    expect(open(world)).toEqual([]);
  });
});
