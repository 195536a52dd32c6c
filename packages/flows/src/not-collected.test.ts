import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DebitStatus, DomainEvent, Policy, Review, ReviewAction } from '@mlc/core';
import { fc } from '@mlc/testkit/property';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from './registry.ts';

/** A debit that comes to nothing before it was booked is seen, said once, and settles when it is no longer true. */

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;
const INVOICE = { provider: 'freshbooks', type: 'invoice', id: '1' };

let world: FlowWorld;

async function collectingWorld(policy: Partial<Policy> = {}): Promise<FlowWorld> {
  const made = new FlowWorld(FLOWS, policy);
  made.books.addClient('7', 'payer@client.test');
  made.books.addInvoice('1', '7');
  made.debits.addCustomer('CU1', 'payer@client.test');
  made.debits.addMandate('MD1', 'CU1');
  await made.see(invoiceChanged);
  return made;
}

beforeEach(async () => {
  world = await collectingWorld();
});

const ACTIONS: Partial<Record<DebitStatus, string>> = { pending_submission: 'resubmission_requested' };

/** GoCardless moves a debit, keeps the event, and tells of it. */
async function becomes(status: DebitStatus, why?: string, debitId = 'PM1'): Promise<void> {
  world.advance(3_600_000);
  world.debits.move(debitId, status);
  const action = ACTIONS[status] ?? status;
  const at = world.clock.now().toISOString();
  world.debits.steps.push({ debitId, action, at, ...(why === undefined ? {} : { why }) });
  await world.see({ kind: 'debit-changed', debitId, action });
}

function mandateBecomes(status: string, mandateId = 'MD1'): void {
  const mandate = world.debits.mandates.get(mandateId);
  if (mandate !== undefined) world.debits.mandates.set(mandateId, { ...mandate, status });
}

function openReviews(): Review[] {
  return world.store.reviewRows().filter(({ state }) => state === 'open');
}

function open(): string[] {
  return openReviews().map(({ kind }) => kind);
}

async function answer(action: ReviewAction): Promise<void> {
  world.advance(60_000);
  await world.store.answer(openReviews()[0]?.id ?? '', { action, note: 'seen', by: 'mira' });
  await world.settle();
}

/** What became of the question last closed: who closed it, and why. */
function lastClosed(): string {
  const closed = world.store.reviewRows().filter(({ state }) => state === 'resolved');
  const { by, note } = closed.at(-1)?.resolution ?? {};
  return `${by ?? ''}: ${note ?? ''}`;
}

describe('is asked', () => {
  test.each<[DebitStatus, RegExp]>([
    [
      'failed',
      /^Debit PM1 of GBP 100\.00 for invoice INV-1 failed on 2026-11-05: the bank account was closed\.$/,
    ],
    ['cancelled', /^Debit PM1 .* was cancelled at GoCardless, not by us, on 2026-11-05/],
    ['customer_approval_denied', /^Debit PM1 .* was refused by the payer on 2026-11-05/],
    ['charged_back', /^Debit PM1 .* was charged back before it was booked on 2026-11-05/],
  ])('%s: on the invoice, with the cause, once', async (status, said) => {
    await becomes(status, 'the bank account was closed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: status });
    await world.see(invoiceChanged);
    expect(openReviews()).toMatchObject([
      {
        kind: 'not_collected',
        subject: INVOICE,
        amount: gbp(10_000n),
        reasons: [expect.stringMatching(said), expect.anything(), expect.anything(), expect.anything()],
      },
    ]);
    expect(openReviews()[0]?.reasons.join(' ')).toMatch(
      /repeated by itself.*collections release.*new mandate/,
    );
    expect(world.debits.all()).toHaveLength(1);
  });

  test('confirmed, not booked by policy, and then failed', async () => {
    world = await collectingWorld({ recordPaymentAt: 'paid_out' });
    await becomes('confirmed');
    await becomes('failed');
    expect(open()).toEqual(['not_collected']);
  });

  test('only once GoCardless does not try again', async () => {
    world.debits.retrying.add('PM1');
    await becomes('failed');
    await world.see(invoiceChanged);
    expect(open()).toEqual([]);
    await becomes('pending_submission');
    await becomes('submitted');
    world.debits.retrying.delete('PM1');
    await becomes('failed');
    expect(open()).toEqual(['not_collected']);
  });

  test('a mandate that ends takes a promised retry with it, whoever tells of it', async () => {
    world.debits.retrying.add('PM1');
    await becomes('failed');
    mandateBecomes('cancelled');
    await world.see({ kind: 'mandate-changed', mandateId: 'MD1' });
    expect(open()).toEqual(['not_collected']);
    expect(openReviews()[0]?.reasons.join(' ')).toMatch(/Mandate MD1 is cancelled: .* set up a new one/);
  });

  test.each(['cancelled', 'expired', 'failed', 'blocked'])(
    'a mandate that is %s under a waiting debit, whose own event never comes',
    async (status) => {
      mandateBecomes(status);
      world.debits.move('PM1', 'cancelled');
      await world.see({ kind: 'mandate-changed', mandateId: 'MD1' });
      expect(open()).toEqual(['not_collected']);
      await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'cancelled' });
      await world.see(invoiceChanged);
      expect(open()).toEqual(['not_collected']);
    },
  );

  test('by a look at the invoice, when the debit ended before such questions were asked', async () => {
    await world.store.transaction((tx) => tx.collections.update('collection-1', { state: 'failed' }));
    world.debits.move('PM1', 'failed');
    await world.see(invoiceChanged);
    expect(open()).toEqual(['not_collected']);
  });

  test('a debit that a person made, which names the invoice', async () => {
    world = new FlowWorld(FLOWS);
    world.books.addClient('7', 'payer@client.test');
    world.books.addInvoice('1', '7');
    world.debits.addCustomer('CU1', 'payer@client.test');
    world.debits.addMandate('MD1', 'CU1');
    world.debits.addDebit('PM9', 'MD1', { metadata: { freshbooks_invoice_id: '1' } });
    await world.see({ kind: 'debit-changed', debitId: 'PM9', action: 'created' });
    await becomes('failed', undefined, 'PM9');
    expect(open()).toEqual(['not_collected']);
  });

  test('a debit of a subscription that was linked to the invoice', async () => {
    world = await subscribedWorld();
    world.debits.addDebit('PM9', 'MD1', { subscriptionId: 'SB1' });
    await world.see({ kind: 'debit-changed', debitId: 'PM9', action: 'created' });
    await becomes('failed', undefined, 'PM9');
    expect(open()).toEqual(['not_collected']);
  });

  test('a debit that its subscription will not take any more', async () => {
    world = await subscribedWorld();
    const [subscription] = world.debits.subscriptions.splice(0);
    if (subscription !== undefined)
      world.debits.subscriptions.push({ ...subscription, status: 'cancelled', upcoming: [] });
    await world.see({ kind: 'schedule-changed', scheduleId: 'SB1' });
    expect(open()).toEqual(['not_collected']);
    expect(openReviews()[0]?.reasons[0]).toBe(
      'Debit of SB1 of GBP 100.00 for invoice INV-1 will not be taken: its subscription or schedule ended or changed.',
    );
    await answer('retry');
    expect(world.debits.all()).toHaveLength(1);
    expect(open()).toEqual([]);
  });
});

async function subscribedWorld(): Promise<FlowWorld> {
  const made = new FlowWorld(FLOWS);
  made.books.addClient('7', 'payer@client.test');
  made.books.addInvoice('1', '7', { dueDate: '2026-11-20' });
  made.debits.addCustomer('CU1', 'payer@client.test');
  made.debits.addMandate('MD1', 'CU1');
  made.debits.subscriptions.push({
    id: 'SB1',
    status: 'active',
    mandateId: 'MD1',
    currency: 'GBP',
    upcoming: [{ chargeDate: '2026-11-20', amountMinor: 10_000n }],
  });
  await made.see(invoiceChanged);
  expect(made.debits.all()).toEqual([]);
  return made;
}

describe('is not asked', () => {
  test('when we cancelled the debit', async () => {
    world.books.payByHand('1', gbp(10_000n));
    await world.see(invoiceChanged);
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'cancelled' });
    expect(world.debits.debits.get('PM1')?.status).toBe('cancelled');
    expect(world.store.reviewRows()).toEqual([]);
  });

  test.each<[string, () => void]>([
    [
      'paid',
      () => {
        world.books.payByHand('1', gbp(10_000n));
      },
    ],
    [
      'deleted',
      () => {
        world.books.change('1', { visibility: 'deleted' });
      },
    ],
    [
      'opted out',
      () => {
        world.store.optOut('invoice', '1', 'pays by cheque');
      },
    ],
  ])('when the invoice is %s by then', async (_what, change) => {
    await becomes('submitted');
    change();
    await becomes('failed');
    expect(open()).toEqual([]);
  });

  test('when it had been booked: that loss has its own way', async () => {
    await becomes('confirmed');
    await becomes('failed');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'failed' });
    await world.see(invoiceChanged);
    expect(open()).toEqual([]);
    // Tried again in vain: this time nothing was booked.
    await becomes('pending_submission');
    await becomes('failed');
    expect(open()).toEqual(['not_collected']);
  });

  test('for an earlier attempt, once another debit was made', async () => {
    await becomes('failed');
    await answer('retry');
    expect(world.debits.all()).toHaveLength(2);
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'failed' });
    expect(open()).toEqual([]);
  });
});

describe('settles by itself', () => {
  beforeEach(() => becomes('failed'));

  test('the debit is tried again', async () => {
    await becomes('pending_submission');
    expect(open()).toEqual([]);
    expect(lastClosed()).toBe('system: debit PM1 is pending_submission again');
  });

  const byHand = () => {
    world.books.payByHand('1', gbp(10_000n));
  };
  const deleted = () => {
    world.books.change('1', { visibility: 'deleted' });
  };
  const credited = () => {
    world.books.change('1', { amount: gbp(0n) });
  };
  const byPaypal = () => {
    world.captures.addCapture('CAP1', 'payer@client.test');
  };
  const byDebit = () => {
    world.debits.addDebit('PM9', 'MD1', { status: 'confirmed', description: 'INV-1' });
  };
  const captured = { kind: 'capture-changed', captureId: 'CAP1' } as const;
  const debited = { kind: 'debit-changed', debitId: 'PM9', action: 'confirmed' } as const;

  test.each<[string, () => void, DomainEvent]>([
    ['paid by hand', byHand, invoiceChanged],
    ['deleted', deleted, invoiceChanged],
    ['credited', credited, invoiceChanged],
    ['paid by PayPal', byPaypal, captured],
    ['paid by a debit a person made', byDebit, debited],
  ])('the invoice is %s', async (_what, change, event) => {
    change();
    await world.see(event);
    expect(open()).toEqual([]);
    expect(lastClosed()).toMatch(/^system/);
  });

  test('a payment in part: the rest is another amount', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test', { amount: gbp(4_000n), references: ['INV-1'] });
    await world.see({ kind: 'capture-changed', captureId: 'CAP1' });
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    // Another amount is another debit: ADR 4.
    expect(world.debits.all().map(({ amount }) => amount.minor)).toEqual([10_000n, 6_000n]);
    expect(open()).toEqual([]);
  });

  test('a new mandate collects the invoice', async () => {
    mandateBecomes('cancelled');
    await world.see({ kind: 'mandate-changed', mandateId: 'MD1' });
    expect(open()).toEqual(['not_collected']);
    world.debits.addMandate('MD2', 'CU1', { createdAt: '2026-11-06T00:00:00.000Z' });
    await world.see({ kind: 'mandate-changed', mandateId: 'MD2' });
    expect(world.debits.all().map(({ mandateId }) => mandateId)).toEqual(['MD1', 'MD2']);
    expect(open()).toEqual([]);
    expect(lastClosed()).toMatch(/^system: collected by PM2/);
  });

  test('a mandate that is reinstated does not debit by itself', async () => {
    mandateBecomes('cancelled');
    await world.see({ kind: 'mandate-changed', mandateId: 'MD1' });
    mandateBecomes('active');
    await world.see({ kind: 'mandate-changed', mandateId: 'MD1' });
    expect(world.debits.all()).toHaveLength(1);
    expect(open()).toEqual(['not_collected']);
  });
});

describe('answers', () => {
  beforeEach(() => becomes('failed'));

  test('retry debits the mandate again, once, and the next end is asked about', async () => {
    await answer('retry');
    await world.see(invoiceChanged);
    expect(world.debits.all().map(({ id, status }) => [id, status])).toEqual([
      ['PM1', 'failed'],
      ['PM2', 'pending_submission'],
    ]);
    await becomes('failed', undefined, 'PM2');
    expect(openReviews()).toMatchObject([
      {
        reasons: [
          expect.stringMatching(/^Debit PM2 /),
          expect.anything(),
          expect.anything(),
          expect.anything(),
        ],
      },
    ]);
    await world.see(invoiceChanged);
    expect(world.debits.all()).toHaveLength(2);
  });

  test('retry of a question that a look asked debits again as well', async () => {
    await world.see(invoiceChanged);
    await answer('retry');
    expect(world.debits.all()).toHaveLength(2);
  });

  test.each(['done', 'ignore'] as const)(
    '%s: not asked again for this end, but for the next',
    async (action) => {
      await answer(action);
      await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'failed' });
      await world.see(invoiceChanged);
      expect(open()).toEqual([]);
      expect(world.debits.all()).toHaveLength(1);
      await becomes('pending_submission');
      await becomes('failed');
      expect(open()).toEqual(['not_collected']);
    },
  );
});

describe('one question about the invoice', () => {
  test('no mandate any more: what failed, not once more that there is none', async () => {
    await becomes('cancelled');
    mandateBecomes('cancelled');
    await world.see(invoiceChanged);
    expect(open()).toEqual(['not_collected']);
  });

  test.each(['request', 'pause'] as const)(
    'policy noMandate %s does what it does besides',
    async (noMandate) => {
      world = await collectingWorld({ noMandate });
      await becomes('cancelled');
      mandateBecomes('cancelled');
      expect(await world.see(invoiceChanged)).toMatchObject({ state: 'parked' });
      expect(open()).toEqual(noMandate === 'request' ? ['not_collected', 'no_mandate'] : ['not_collected']);
    },
  );
});

test('whatever comes when and how often: an uncollected invoice is asked about, and no other', async () => {
  const happening = fc.constantFrom<DebitStatus | 'look' | 'mandate' | 'paid' | 'unpaid'>(
    'submitted',
    'failed',
    'cancelled',
    'pending_submission',
    'customer_approval_denied',
    'look',
    'mandate',
    'paid',
    'unpaid',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 8 }), async (happenings) => {
      world = await collectingWorld();
      for (const each of happenings) {
        if (each === 'look') await world.see(invoiceChanged);
        else if (each === 'mandate') await world.see({ kind: 'mandate-changed', mandateId: 'MD1' });
        else if (each === 'paid' || each === 'unpaid') {
          world.books.payments.splice(0);
          if (each === 'paid') world.books.payByHand('1', gbp(10_000n));
          await world.see(invoiceChanged);
        } else await becomes(each);
      }
      const isPaid = world.books.paymentsOf('1').length > 0;
      const statuses = world.debits.all().map(({ status }) => status);
      const lives = statuses.some((status) => ['pending_submission', 'submitted'].includes(status));
      const asked = open().includes('not_collected');
      expect({ statuses, isPaid, asked }).toEqual({ statuses, isPaid, asked: !isPaid && !lives });
    }),
    { numRuns: 150 },
  );
});
