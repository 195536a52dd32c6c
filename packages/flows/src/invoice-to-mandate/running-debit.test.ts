import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DebitStatus, DomainEvent } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { FLOWS } from '../registry.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;
const debitChanged = (debitId: string): DomainEvent => ({
  kind: 'debit-changed',
  debitId,
  action: 'changed',
});

/** Clients 7 and 8 with a mandate each; invoice 1 of GBP 100.00 belongs to client 7 and is due on 20 November. */
function newWorld(): FlowWorld {
  const world = new FlowWorld(FLOWS);
  for (const [clientId, customerId, mandateId] of [
    ['7', 'CU7', 'MD7'],
    ['8', 'CU8', 'MD8'],
  ] as const) {
    world.books.addClient(clientId, `payer${clientId}@client.test`);
    world.debits.addCustomer(customerId, `payer${clientId}@client.test`);
    world.debits.addMandate(mandateId, customerId);
  }
  world.books.addInvoice('1', '7');
  return world;
}

function openReviews(world: FlowWorld): string[] {
  return world.store
    .reviewRows()
    .filter((review) => review.state === 'open')
    .map((review) => review.kind);
}

let world: FlowWorld;
beforeEach(async () => {
  world = newWorld();
  await world.see(invoiceChanged);
});

describe('the due date moves', () => {
  test('by a month while the debit waits: taken on the new date, once', async () => {
    world.books.change('1', { dueDate: '2026-12-20' });
    await world.see(invoiceChanged);
    await world.see(invoiceChanged);
    expect(world.debits.all()).toMatchObject([
      { id: 'PM1', status: 'cancelled', chargeDate: '2026-11-20' },
      { id: 'PM2', status: 'pending_submission', chargeDate: '2026-12-20' },
    ]);
    expect(openReviews(world)).toEqual([]);
  });

  test('after submission: asked, until the date is back', async () => {
    world.debits.move('PM1', 'submitted');
    world.books.change('1', { dueDate: '2026-12-20' });
    await world.see(invoiceChanged);
    expect(openReviews(world)).toEqual(['amount_mismatch']);
    expect(world.store.reviewRows()[0]?.reasons[0]).toMatch(
      /taken on 2026-11-20, and the invoice is due on 2026-12-20/,
    );
    expect(world.debits.all()).toHaveLength(1);
    world.books.change('1', { dueDate: '2026-11-20' });
    await world.see(invoiceChanged);
    expect(openReviews(world)).toEqual([]);
  });

  test('when the money has come, dates play no part any more', async () => {
    world.debits.move('PM1', 'confirmed');
    await world.see(debitChanged('PM1'));
    world.books.change('1', { dueDate: '2026-12-20' });
    await world.see(invoiceChanged);
    expect(openReviews(world)).toEqual([]);
  });

  test('to a day before the mandate allows, and the earliest day moves on: replaced once', async () => {
    world.books.change('1', { dueDate: '2026-11-06' });
    await world.see(invoiceChanged);
    for (const nextPossibleChargeDate of ['2026-11-13', '2026-11-16']) {
      world.debits.addMandate('MD7', 'CU7', { nextPossibleChargeDate });
      await world.see(invoiceChanged);
    }
    expect(world.debits.all().map(({ status, chargeDate }) => [status, chargeDate])).toEqual([
      ['cancelled', '2026-11-20'],
      ['pending_submission', '2026-11-12'],
    ]);
  });

  test('a mandate is asked for its earliest day only when the due date is another one', async () => {
    await world.see(invoiceChanged);
    expect(world.debits.faults.count('getMandate')).toBe(0);
  });
});

describe('the invoice moves to another client', () => {
  test('while the debit waits: cancelled, and the new client pays', async () => {
    world.books.change('1', { clientId: '8' });
    await world.see(invoiceChanged);
    expect(world.debits.all()).toMatchObject([
      { mandateId: 'MD7', status: 'cancelled' },
      { mandateId: 'MD8', status: 'pending_submission' },
    ]);
    expect(world.store.collectionRows()).toMatchObject([{ clientId: '7' }, { clientId: '8' }]);
    expect(openReviews(world)).toEqual([]);
  });

  test('before the first debit was even sent: only the new client is asked', async () => {
    const fresh = newWorld();
    const [row] = world.store.collectionRows();
    if (row === undefined) throw new Error('nothing was collected');
    await fresh.store.transaction((tx) =>
      tx.collections.insert({
        ...row,
        paymentId: null,
        state: 'planned',
        calledAt: null,
      }),
    );
    fresh.books.change('1', { clientId: '8' });
    await fresh.see(invoiceChanged);
    expect(fresh.debits.all()).toMatchObject([{ mandateId: 'MD8' }]);
    expect(fresh.store.collectionRows()).toMatchObject([{ clientId: '8', paymentId: 'PM1' }]);
  });

  test.each<DebitStatus>(['submitted', 'confirmed'])(
    'when the debit is %s: asked, nothing is made, and its money is not booked without a word',
    async (status) => {
      world.debits.move('PM1', status);
      world.books.change('1', { clientId: '8' });
      await world.see(invoiceChanged);
      expect(openReviews(world)).toEqual(['double_payment_risk']);
      world.debits.move('PM1', 'confirmed');
      await world.see(debitChanged('PM1'));
      await world.see(invoiceChanged);
      expect(world.debits.all()).toHaveLength(1);
      expect(world.books.payments).toEqual([]);
      expect(openReviews(world).toSorted()).toEqual(['ambiguous_match', 'double_payment_risk']);
    },
  );

  test('a person says that the money is for it all the same: booked', async () => {
    world.debits.move('PM1', 'confirmed');
    world.books.change('1', { clientId: '8' });
    await world.see(debitChanged('PM1'));
    const review = world.store.reviewRows().find(({ kind }) => kind === 'ambiguous_match');
    expect(review?.candidates).toMatchObject([{ invoiceId: '1' }]);
    await world.store.answer(review?.id ?? '', {
      action: 'match',
      note: 'same firm',
      by: 'finance',
      invoiceId: '1',
    });
    await world.settle();
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(world.debits.all()).toHaveLength(1);
  });

  test('a person says that the money is another invoice’s: the new client pays this one', async () => {
    world.books.addInvoice('2', '7', { number: 'INV-2' });
    world.debits.move('PM1', 'confirmed');
    world.books.change('1', { clientId: '8' });
    await world.see(debitChanged('PM1'));
    const review = world.store.reviewRows().find(({ kind }) => kind === 'ambiguous_match');
    await world.store.answer(review?.id ?? '', {
      action: 'match',
      note: 'old one',
      by: 'finance',
      invoiceId: '2',
    });
    await world.settle();
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    await world.see(invoiceChanged);
    expect(world.debits.all()).toMatchObject([{ mandateId: 'MD7' }, { mandateId: 'MD8' }]);
    expect(world.store.collectionRows().map(({ invoiceId, attempt }) => [invoiceId, attempt])).toContainEqual(
      ['1', 2],
    );
  });
});

describe('another creditor is chosen', () => {
  async function chosenAnew(status: DebitStatus): Promise<FlowWorld> {
    const on = newWorld();
    on.debits.creditorId = 'CR1';
    on.debits.creditors = ['CR1', 'CR2'].map((id) => ({ id, name: id }));
    on.debits.addMandate('MD7', 'CU7', { creditorId: 'CR1' });
    await on.see(invoiceChanged);
    on.debits.move('PM1', status);
    on.debits.creditorId = 'CR2';
    on.debits.addMandate('MD72', 'CU7', { creditorId: 'CR2' });
    await on.see(invoiceChanged);
    return on;
  }

  test('while the debit waits: cancelled, and the mandate of the new one is used', async () => {
    const on = await chosenAnew('pending_submission');
    expect(on.debits.all()).toMatchObject([
      { mandateId: 'MD7', status: 'cancelled' },
      { mandateId: 'MD72', status: 'pending_submission' },
    ]);
    expect(openReviews(on)).toEqual([]);
  });

  test('after submission: asked, and nothing is made', async () => {
    const on = await chosenAnew('submitted');
    expect(on.debits.all()).toHaveLength(1);
    expect(openReviews(on)).toEqual(['double_payment_risk']);
  });
});

describe('two debits of one invoice run at once', () => {
  /** A failed debit of 100.00, a late fee, attempt 2 of 110.00. */
  async function secondAttempt(): Promise<void> {
    world.debits.move('PM1', 'failed');
    await world.see(debitChanged('PM1'));
    world.books.change('1', { amount: gbp(11_000n) });
    await world.see(invoiceChanged);
    expect(world.debits.all()).toMatchObject([{ status: 'failed' }, { amount: gbp(11_000n) }]);
  }

  test.each<[string, DomainEvent]>([
    ['its event', debitChanged('PM1')],
    ['an event of the invoice', invoiceChanged],
  ])(
    'a person retries the first one in GoCardless, %s tells: asked, nothing is cancelled',
    async (_name, event) => {
      await secondAttempt();
      world.debits.move('PM1', 'pending_submission');
      await world.see(event);
      await world.see(debitChanged('PM1'));
      await world.see(invoiceChanged);
      expect(openReviews(world)).toEqual(['double_payment_risk']);
      expect(world.store.reviewRows().find(({ kind }) => kind === 'double_payment_risk')).toMatchObject({
        amount: gbp(21_000n),
        reasons: expect.arrayContaining([expect.stringMatching(/PM1 of GBP 100.00.*PM2 of GBP 110.00/)]),
      });
      expect(world.debits.all().map(({ status }) => status)).toEqual([
        'pending_submission',
        'pending_submission',
      ]);
    },
  );

  test('the one too many is cancelled in GoCardless: what is left has to fit', async () => {
    await secondAttempt();
    world.debits.move('PM1', 'submitted');
    await world.see(debitChanged('PM1'));
    world.debits.move('PM2', 'cancelled');
    await world.see(debitChanged('PM2'));
    expect(openReviews(world)).toContain('amount_mismatch');
    expect(world.debits.all()).toHaveLength(2);
  });

  test('the invoice is deleted: all that can be cancelled is', async () => {
    await secondAttempt();
    world.debits.move('PM1', 'pending_submission');
    await world.see(debitChanged('PM1'));
    world.books.change('1', { visibility: 'deleted' });
    await world.see(invoiceChanged);
    expect(world.debits.all().map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });

  test('the first one is confirmed: booked, and the other one is of the amount that is left', async () => {
    await secondAttempt();
    world.debits.move('PM1', 'confirmed');
    await world.see(debitChanged('PM1'));
    expect(world.books.paymentsOf('1')).toMatchObject([{ amount: gbp(10_000n) }]);
    await world.see(invoiceChanged);
    expect(world.debits.all()).toMatchObject([
      { status: 'confirmed' },
      { status: 'cancelled' },
      { status: 'pending_submission', amount: gbp(1_000n) },
    ]);
  });
});

test('whatever is changed and in whichever order it is told, one debit at most can run, and it fits in the end', async () => {
  const edit = fc.record(
    {
      dueDate: fc.constantFrom('2026-11-05', '2026-11-20', '2026-12-20', null),
      clientId: fc.constantFrom('7', '8'),
      amount: fc.constantFrom(gbp(10_000n), gbp(11_000n)),
    },
    { requiredKeys: [] },
  );
  const story = fc.array(fc.tuple(edit, fc.boolean()), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(story, async (edits) => {
      const on = newWorld();
      await on.see(invoiceChanged);
      for (const [change, isTold] of edits) {
        on.books.change('1', change);
        if (isTold) await on.see(invoiceChanged);
      }
      await on.see(invoiceChanged);
      const made = on.debits.all().length;
      for (let again = 0; again < 3; again += 1) await on.see(invoiceChanged);
      expect(on.debits.all()).toHaveLength(made);
      const invoice = await on.books.getInvoice('1');
      const running = on.debits.all().filter(({ status }) => status === 'pending_submission');
      expect(running).toMatchObject([
        { amount: invoice?.outstanding, mandateId: `MD${invoice?.clientId ?? ''}` },
      ]);
      const isAhead = (invoice?.dueDate ?? '') >= '2026-11-12';
      expect(running[0]?.chargeDate).toBe(isAhead ? invoice?.dueDate : '2026-11-12');
      expect(openReviews(on)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
