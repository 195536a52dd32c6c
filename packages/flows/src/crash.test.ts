import { describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '@mlc/core';
import { AT_ANY_STEP, FlowWorld, ledgerBalances, ledgerProblems, strikeAtEachStep } from '@mlc/testkit';
import { FLOWS } from './registry.ts';

function newWorld(): FlowWorld {
  const world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  return world;
}

interface Scenario {
  readonly prepare: (world: FlowWorld) => Promise<void>;
  readonly event: DomainEvent;
  readonly expected: (world: FlowWorld) => void;
}

const invoiceChanged: DomainEvent = { kind: 'invoice-changed', invoiceId: '1' };
const debitChanged: DomainEvent = { kind: 'debit-changed', debitId: 'PM1', action: 'changed' };

const scenarios: Record<string, Scenario> = {
  'a new debit': {
    prepare: () => Promise.resolve(),
    event: invoiceChanged,
    expected: (world) => {
      expect(world.debits.all()).toMatchObject([
        { status: 'pending_submission', amount: { minor: 10_000n } },
      ]);
      expect(world.store.collectionRows()).toMatchObject([{ paymentId: 'PM1', state: 'pending_submission' }]);
    },
  },
  'a debit made in the dashboard that names the invoice and brought its money': {
    prepare: (world) => {
      world.debits.addDebit('PM50', 'MD1', { description: 'Invoice INV-1', status: 'confirmed' });
      return Promise.resolve();
    },
    event: invoiceChanged,
    expected: (world) => {
      expect(world.debits.all()).toHaveLength(1);
      expect(world.books.paymentsOf('1')).toHaveLength(1);
      expect(world.store.collectionRows()).toMatchObject([{ paymentId: 'PM50', state: 'confirmed' }]);
    },
  },
  'debits of an installation whose store was lost': {
    prepare: (world) => {
      const metadata = (mlc_collection: string) => ({
        freshbooks_account_id: 'ACC1',
        freshbooks_invoice_id: '1',
        mlc_collection,
      });
      const amount = { minor: 9_000n, currency: 'GBP' };
      world.debits.addDebit('PM50', 'MD1', { metadata: metadata('k1'), status: 'cancelled' });
      world.debits.addDebit('PM51', 'MD1', { metadata: metadata('k2'), amount });
      return Promise.resolve();
    },
    event: invoiceChanged,
    expected: (world) => {
      expect(world.debits.all()).toMatchObject([
        { id: 'PM50', status: 'cancelled' },
        { id: 'PM51', status: 'cancelled' },
        { status: 'pending_submission', amount: { minor: 10_000n } },
      ]);
      expect(world.store.collectionRows()).toHaveLength(3);
    },
  },
  'an edited invoice': {
    prepare: async (world) => {
      await world.see(invoiceChanged);
      world.books.change('1', { amount: { minor: 12_000n, currency: 'GBP' } });
    },
    event: invoiceChanged,
    expected: (world) => {
      expect(world.debits.all()).toMatchObject([
        { status: 'cancelled' },
        { status: 'pending_submission', amount: { minor: 12_000n } },
      ]);
    },
  },
  'an invoice that moved to another client and another month': {
    prepare: async (world) => {
      await world.see(invoiceChanged);
      world.books.addClient('8', 'other@client.test');
      world.debits.addCustomer('CU8', 'other@client.test');
      world.debits.addMandate('MD8', 'CU8');
      world.books.change('1', { clientId: '8', dueDate: '2026-12-20' });
    },
    event: invoiceChanged,
    expected: (world) => {
      expect(world.debits.all()).toMatchObject([
        { status: 'cancelled', mandateId: 'MD1' },
        { status: 'pending_submission', mandateId: 'MD8', chargeDate: '2026-12-20' },
      ]);
    },
  },
  'a debit that was retried beside the one made after it': {
    prepare: async (world) => {
      await world.see(invoiceChanged);
      world.debits.move('PM1', 'failed');
      await world.see(debitChanged);
      world.books.change('1', { amount: { minor: 11_000n, currency: 'GBP' } });
      await world.see(invoiceChanged);
      world.debits.move('PM1', 'pending_submission');
    },
    event: debitChanged,
    expected: (world) => {
      expect(openQuestions(world)).toEqual(['double_payment_risk']);
      expect(world.debits.all()).toMatchObject([
        { status: 'pending_submission' },
        { status: 'pending_submission' },
      ]);
    },
  },
  'a deleted invoice': {
    prepare: async (world) => {
      await world.see(invoiceChanged);
      world.books.change('1', { visibility: 'deleted' });
    },
    event: invoiceChanged,
    expected: (world) => {
      expect(world.debits.all()).toMatchObject([{ status: 'cancelled' }]);
    },
  },
  'a confirmed debit': {
    prepare: async (world) => {
      await world.see(invoiceChanged);
      world.debits.move('PM1', 'confirmed');
    },
    event: debitChanged,
    expected: (world) => {
      expect(world.books.paymentsOf('1')).toHaveLength(1);
      expect(world.store.postingRows()).toMatchObject([{ state: 'posted' }]);
    },
  },
  'a chargeback': {
    prepare: async (world) => {
      await world.see(invoiceChanged);
      world.debits.move('PM1', 'confirmed');
      await world.see(debitChanged);
      world.debits.move('PM1', 'charged_back');
    },
    event: debitChanged,
    expected: (world) => {
      expect(world.books.paymentsOf('1')).toEqual([]);
      expect(world.store.postingRows()).toMatchObject([
        { state: 'reversed' },
        { kind: 'reversal', state: 'posted' },
      ]);
    },
  },
  'a debit that failed before it was booked': {
    prepare: async (world) => {
      await world.see(invoiceChanged);
      world.debits.move('PM1', 'failed');
    },
    event: debitChanged,
    expected: (world) => {
      expect(world.store.reviewRows()).toMatchObject([{ kind: 'not_collected', state: 'open' }]);
      expect(world.store.collectionRows()).toMatchObject([{ state: 'failed' }]);
    },
  },
  'a mandate that ended under a debit': {
    prepare: async (world) => {
      await world.see(invoiceChanged);
      world.debits.move('PM1', 'cancelled');
      world.debits.addMandate('MD1', 'CU1', { status: 'cancelled' });
    },
    event: { kind: 'mandate-changed', mandateId: 'MD1' },
    expected: (world) => {
      expect(world.store.reviewRows()).toMatchObject([{ kind: 'not_collected', state: 'open' }]);
    },
  },
  'a failed debit that is tried again': {
    prepare: async (world) => {
      await world.see(invoiceChanged);
      world.debits.move('PM1', 'failed');
      await world.see(debitChanged);
      world.debits.move('PM1', 'submitted');
    },
    event: debitChanged,
    expected: (world) => {
      expect(world.store.reviewRows()).toMatchObject([{ kind: 'not_collected', state: 'resolved' }]);
      expect(world.debits.all()).toHaveLength(1);
    },
  },
  'a PayPal payment for an invoice that is being debited': {
    prepare: async (world) => {
      await world.see(invoiceChanged);
      world.captures.addCapture('CAP1', 'payer@client.test');
    },
    event: { kind: 'capture-changed', captureId: 'CAP1' },
    expected: (world) => {
      expect(world.books.paymentsOf('1')).toMatchObject([{ type: 'PayPal' }]);
      expect(world.debits.all()).toMatchObject([{ status: 'cancelled' }]);
    },
  },
  'a chargeback of a payment booked before there was a ledger': {
    prepare: async (world) => {
      await world.see(invoiceChanged);
      world.debits.move('PM1', 'confirmed');
      await world.see(debitChanged);
      world.store.forgetLedger();
      world.debits.move('PM1', 'charged_back');
    },
    event: debitChanged,
    expected: (world) => {
      expect(world.store.ledgerRows().map(({ kind }) => kind)).toEqual(['collection', 'reversal']);
    },
  },
  'a PayPal payment that fits nothing': {
    prepare: (world) => {
      world.captures.addCapture('CAP1', 'stranger@else.test');
      return Promise.resolve();
    },
    event: { kind: 'capture-changed', captureId: 'CAP1' },
    expected: (world) => {
      expect(world.store.ledgerRows().map(({ kind }) => kind)).toEqual(['unallocated', 'fee']);
    },
  },
  'a refund of a PayPal payment never told of': {
    prepare: (world) => {
      world.captures.addCapture('CAP1', 'payer@client.test', { status: 'partially_refunded' });
      const amount = { minor: 2_500n, currency: 'GBP' };
      world.captures.refunds.set('REF1', {
        id: 'REF1',
        captureId: 'CAP1',
        amount,
        fee: { minor: 80n, currency: 'GBP' },
        status: 'completed',
        createdAt: '2026-11-05T08:00:00Z',
      });
      return Promise.resolve();
    },
    event: { kind: 'refund-changed', refundId: 'REF1', captureId: null },
    expected: (world) => {
      expect(ledgerBalances(world.store)).toMatchObject({
        '2026-11-04 collection assets:clearing:paypal GBP': 10_000,
        '2026-11-04 fee assets:clearing:paypal GBP': -320,
        '2026-11-05 fee assets:clearing:paypal GBP': 80,
        '2026-11-05 refund assets:clearing:paypal GBP': -2_500,
      });
    },
  },
  'a debit that leads to one invoice and stands on another by hand': {
    prepare: (world) => {
      world.books.addInvoice('2', '7', { createdDate: '2026-10-01' });
      const facts = { status: 'confirmed' as const, metadata: { freshbooks_invoice_id: '1' } };
      world.debits.addDebit('PM1', 'MD1', { ...facts, chargeDate: '2026-11-04' });
      world.books.payByHand('2', { minor: 10_000n, currency: 'GBP' }, 'PM1', '2026-11-04');
      return Promise.resolve();
    },
    event: debitChanged,
    expected: (world) => {
      expect(world.store.postingRows()).toEqual([]);
      expect(world.store.ledgerRows().map(({ kind, invoiceId }) => [kind, invoiceId])).toEqual([
        ['collection', '2'],
      ]);
      const followed = world.store.collectionRows().filter(({ paymentId }) => paymentId !== null);
      expect(followed).toMatchObject([{ invoiceId: '2', state: 'confirmed' }]);
    },
  },
  'a mandate somebody waited for': {
    prepare: async (world) => {
      world.debits.mandates.clear();
      await world.see(invoiceChanged);
      world.debits.addMandate('MD1', 'CU1');
    },
    event: { kind: 'mandate-changed', mandateId: 'MD1' },
    expected: (world) => {
      expect(world.debits.all()).toHaveLength(1);
    },
  },
};

const openQuestions = (world: FlowWorld): string[] =>
  world.store
    .reviewRows()
    .filter(({ state }) => state === 'open')
    .map(({ kind }) => kind);

describe.each(AT_ANY_STEP)('$name, a run ends the same:', (disturbance) => {
  test.each(Object.entries(scenarios))('%s', async (_name, { prepare, event, expected }) => {
    const prepared = async (): Promise<FlowWorld> => {
      const world = newWorld();
      await prepare(world);
      return world;
    };
    const undisturbed = await prepared();
    await undisturbed.see(event);
    await strikeAtEachStep(disturbance, event, {
      prepare: prepared,
      check: (world) => {
        expected(world);
        expect(ledgerProblems(world.store)).toEqual([]);
        expect(world.books.payments.length).toBeLessThanOrEqual(1);
        expect(openQuestions(world)).toEqual(openQuestions(undisturbed));
      },
    });
  });
});
