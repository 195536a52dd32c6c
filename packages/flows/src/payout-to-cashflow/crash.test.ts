import { describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '@mlc/core';
import { AT_ANY_STEP, FlowWorld, payoutItem, strikeAtEachStep } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';

const UUIDS = {
  bankAccountUuid: '00000000-0000-4000-8000-000000000001',
  clearingAccountUuid: '00000000-0000-4000-8000-000000000002',
  feeAccountUuid: '00000000-0000-4000-8000-000000000003',
};
const ITEMS = [
  payoutItem('payment_paid_out', 100_000n, { paymentId: 'PM1' }),
  payoutItem('payment_paid_out', 50_000n, { paymentId: 'PM9' }),
  payoutItem('gocardless_fee', -1_320n, { paymentId: 'PM1' }),
];

/** PM1 is booked on invoice 1, PM9 is nobody's; everything goes into FreshBooks. */
async function newWorld(): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS, {
    gocardlessFees: 'expense',
    payoutEntry: 'journal',
    accounts: { feeExpenseCategoryId: 11, staffId: 1, ...UUIDS },
  });
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  await world.see({ kind: 'invoice-changed', invoiceId: '1' });
  world.debits.move('PM1', 'confirmed');
  await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'confirmed' });
  world.payouts.addPayout('PO1', 14_868n, ITEMS);
  return world;
}

const paid: DomainEvent = { kind: 'payout-changed', payoutId: 'PO1', action: 'paid' };
const cameBack = (payoutId: string | null): DomainEvent => ({
  kind: 'payout-changed',
  payoutId,
  action: 'bounced_payout',
  happenedAt: '2026-11-27T10:00:00.000Z',
});

function bounce(world: FlowWorld): void {
  const payout = world.payouts.payouts.get('PO1');
  if (payout !== undefined) world.payouts.payouts.set('PO1', { ...payout, status: 'bounced' });
}

function kinds(world: FlowWorld): string[] {
  return world.store
    .ledgerRows()
    .filter(({ payoutId }) => payoutId !== null)
    .map(({ kind }) => kind);
}

const BOOKED = ['payout', 'fee', 'unallocated'];

interface Scenario {
  readonly prepare: (world: FlowWorld) => Promise<void>;
  readonly event: DomainEvent;
  readonly ledger: readonly string[];
  readonly journals: number;
}

const scenarios: Record<string, Scenario> = {
  'a payout': { prepare: () => Promise.resolve(), event: paid, ledger: BOOKED, journals: 1 },
  'a payout that bounced': {
    prepare: async (world) => {
      await world.see(paid);
      bounce(world);
    },
    event: cameBack('PO1'),
    ledger: [...BOOKED, 'payout-return'],
    journals: 2,
  },
  'a payout that bounced, not told which, and never seen before': {
    prepare: (world) => {
      bounce(world);
      return Promise.resolve();
    },
    event: cameBack(null),
    ledger: [...BOOKED, 'payout-return'],
    journals: 2,
  },
};

describe.each(AT_ANY_STEP)('$name, a run ends the same:', (disturbance) => {
  test.each(Object.entries(scenarios))('%s', async (_name, { prepare, event, ledger, journals }) => {
    await strikeAtEachStep(disturbance, event, {
      prepare: async () => {
        const world = await newWorld();
        await prepare(world);
        return world;
      },
      check: (world) => {
        expect(kinds(world)).toEqual(ledger);
        expect(world.books.expenses.filter(({ deleted }) => !deleted)).toHaveLength(1);
        expect(world.books.journal).toHaveLength(journals);
        const open = world.store.reviewRows().filter(({ state }) => state === 'open');
        expect(open).toMatchObject([{ kind: 'payout_unexplained', amount: { minor: 5_000n } }]);
      },
    });
  });
});
