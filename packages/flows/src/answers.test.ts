import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DebitStatus, DomainEvent, Policy, ReviewAction } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from './registry.ts';
import { reverseByHand } from './by-person/reverse-by-hand.ts';

/** An answer covers the state it was given for: what changed since is asked anew, what did not is not. */

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;

let world: FlowWorld;

function aWorld(policy: Partial<Policy> = {}): FlowWorld {
  const made = new FlowWorld(FLOWS, policy);
  made.books.addClient('7', 'payer@client.test');
  made.books.addInvoice('1', '7');
  made.debits.addCustomer('CU1', 'payer@client.test');
  made.debits.addMandate('MD1', 'CU1');
  return made;
}

beforeEach(() => {
  world = aWorld();
});

function open(): string[] {
  return world.store
    .reviewRows()
    .filter(({ state }) => state === 'open')
    .map(({ kind }) => kind);
}

/** A person answers the only open question. */
async function answer(action: ReviewAction = 'done'): Promise<void> {
  const [review, ...others] = world.store.reviewRows().filter(({ state }) => state === 'open');
  expect(others).toEqual([]);
  world.advance(60_000);
  await world.store.answer(review?.id ?? '', { action, note: 'seen', by: 'mira' });
  world.advance(60_000);
  await world.settle();
}

/** The event is seen twice: what is open afterwards. */
async function seen(event: DomainEvent): Promise<string[]> {
  await world.see(event);
  await world.see(event);
  return open();
}

describe('PayPal', () => {
  const told = { kind: 'dispute-changed', disputeId: 'PP-D-1' } as const;
  const refundTold = { kind: 'refund-changed', refundId: 'REF1', captureId: null } as const;

  function dispute(stage: string, status: string, outcome: string | null = null): void {
    const rest = { reason: 'UNAUTHORISED', amount: gbp(10_000n), captureIds: ['CAP1'] };
    world.captures.disputes.set('PP-D-1', { id: 'PP-D-1', stage, status, outcome, ...rest });
  }

  function refund(status: string): void {
    const rest = { captureId: 'CAP1', amount: gbp(2_500n), fee: null, createdAt: '2026-11-05T10:00:00Z' };
    world.captures.refunds.set('REF1', { id: 'REF1', status, ...rest });
  }

  test('a dispute: a further stage and a lost outcome are asked about, another status is not', async () => {
    dispute('INQUIRY', 'OPEN');
    expect(await seen(told)).toEqual(['dispute']);
    await answer();
    dispute('INQUIRY', 'WAITING_FOR_BUYER_RESPONSE');
    expect(await seen(told)).toEqual([]);
    dispute('CHARGEBACK', 'UNDER_REVIEW');
    expect(await seen(told)).toEqual(['dispute']);
    await answer();
    dispute('CHARGEBACK', 'RESOLVED', 'RESOLVED_BUYER_FAVOUR');
    expect(await seen(told)).toEqual(['dispute']);
    await answer('ignore');
    expect(await seen(told)).toEqual([]);
  });

  test('a refund: pending, then completed', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test');
    refund('pending');
    expect(await seen(refundTold)).toEqual(['refund']);
    await answer();
    expect(await seen(refundTold)).toEqual([]);
    refund('completed');
    expect(await seen(refundTold)).toEqual(['refund']);
  });

  test('a refund that fails after it was dealt with: what was done for it is to be undone', async () => {
    world.captures.addCapture('CAP1', 'payer@client.test');
    refund('pending');
    await world.see(refundTold);
    await answer();
    refund('failed');
    expect(await seen(refundTold)).toEqual(['refund']);
    expect(world.store.reviewRows().at(-1)?.reasons[0]).toBe(
      'PayPal refund REF1 of GBP 25.00 is failed after it was dealt with: the money stayed.',
    );
    await answer();
    expect(await seen(refundTold)).toEqual([]);
  });
});

describe('GoCardless', () => {
  async function becomes(status: DebitStatus): Promise<string[]> {
    world.debits.move('PM1', status);
    const steps = { pending_submission: 'resubmission_requested' } as Partial<Record<DebitStatus, string>>;
    const action = steps[status] ?? status;
    world.debits.steps.push({ debitId: 'PM1', action, at: world.clock.now().toISOString() });
    return seen({ kind: 'debit-changed', debitId: 'PM1', action });
  }

  test('a refund: under way, paid, returned', async () => {
    const told = { kind: 'debit-refund-changed', refundId: 'RF1' } as const;
    const refund = { id: 'RF1', paymentId: 'PM1', mandateId: null, amount: gbp(3_000n), createdAt: '' };
    const asked: string[][] = [];
    for (const status of ['created', 'pending_submission', 'submitted', 'paid', 'funds_returned']) {
      world.payouts.refunds.set('RF1', { ...refund, status });
      asked.push(await seen(told));
      if (open().length > 0) await answer();
    }
    expect(asked).toEqual([['refund'], [], [], ['refund'], ['refund']]);
  });

  test.each([
    ['failed', 'late_failure'],
    ['charged_back', 'chargeback'],
  ] as const)('%s: money that came back and is lost again is another loss', async (loss, kind) => {
    world = aWorld({ onLateFailure: 'review' });
    await world.see(invoiceChanged);
    await becomes('confirmed');
    expect(await becomes(loss)).toEqual([kind]);
    await answer();
    expect(await becomes(loss)).toEqual([]);
    await becomes('confirmed');
    expect(await becomes(loss)).toEqual([kind]);
    await answer('retry');
    expect(world.books.paymentsOf('1')).toEqual([]);
    await becomes('confirmed');
    expect(world.books.paymentsOf('1')).toHaveLength(1);
    expect(await becomes(loss)).toEqual([kind]);
    await answer();
    expect(await becomes(loss)).toEqual([]);
  });

  test('money that was ignored once, then booked and taken back by hand: where it belongs is asked', async () => {
    world.debits.addDebit('PM9', 'MD1', { status: 'confirmed', amount: gbp(4_000n) });
    const told = { kind: 'debit-changed', debitId: 'PM9', action: 'confirmed' } as const;
    expect(await seen(told)).toEqual(['unmatched_payment']);
    await answer('ignore');
    world.books.addInvoice('2', '7', { number: 'INV-2', amountMinor: 4_000n });
    world.debits.debits.set('PM9', {
      ...(world.debits.debits.get('PM9') ?? ({} as never)),
      description: 'INV-2',
    });
    await world.see(told);
    expect(world.books.paymentsOf('2')).toHaveLength(1);
    const [posting] = world.store.postingRows();
    world.advance(60_000);
    await reverseByHand(world.context(), { key: posting?.key ?? '', note: 'wrong invoice', by: 'mira' });
    expect(open()).toEqual(['unmatched_payment']);
    await answer('ignore');
    expect(await seen(told)).toEqual([]);
  });
});

describe('an invoice', () => {
  test('a debit that can no longer be changed: each outstanding amount is asked about', async () => {
    await world.see(invoiceChanged);
    world.debits.move('PM1', 'submitted');
    await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'submitted' });
    const asked: string[][] = [];
    for (const amount of [9_000n, 9_000n, 8_000n, 9_000n]) {
      world.books.change('1', { amount: gbp(amount) });
      asked.push(await seen(invoiceChanged));
      if (open().length > 0) await answer();
    }
    expect(asked).toEqual([['amount_mismatch'], [], ['amount_mismatch'], []]);
  });

  test('several customers: one more is another question', async () => {
    world.debits.addCustomer('CU2', 'payer@client.test');
    expect(await seen(invoiceChanged)).toEqual(['ambiguous_customer']);
    await answer();
    expect(await seen(invoiceChanged)).toEqual([]);
    world.debits.addCustomer('CU3', 'payer@client.test');
    world.advance(3_600_000);
    expect(await seen(invoiceChanged)).toEqual(['ambiguous_customer']);
  });

  test('no mandate: a customer that is found later has another chance', async () => {
    world.debits.customers.clear();
    world.debits.mandates.clear();
    expect(await seen(invoiceChanged)).toEqual(['no_mandate']);
    await answer();
    expect(await seen(invoiceChanged)).toEqual([]);
    world.debits.addCustomer('CU1', 'payer@client.test');
    world.advance(3_600_000);
    expect(await seen(invoiceChanged)).toEqual(['no_mandate']);
  });
});
