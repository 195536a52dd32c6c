import { expect, test } from '@jest/globals';
import type { DebitStatus, DomainEvent, LedgerEntry, PayoutItem, PayoutItemType } from '@mlc/core';
import { FlowWorld, payoutItem } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { FLOWS } from '../registry.ts';

/** What became of a debit of GBP 100.00: where it stands in the end, and its items in payouts 1, 2, 3. */
interface Life {
  readonly status: DebitStatus;
  readonly items: readonly (readonly [payout: number, type: PayoutItemType, tenths: bigint])[];
}

const ALL = 100_000n;
const LIVES: readonly Life[] = [
  { status: 'confirmed', items: [] },
  { status: 'paid_out', items: [[1, 'payment_paid_out', ALL]] },
  {
    status: 'failed',
    items: [
      [1, 'payment_paid_out', ALL],
      [2, 'payment_failed', -ALL],
    ],
  },
  {
    status: 'charged_back',
    items: [
      [2, 'payment_paid_out', ALL],
      [3, 'payment_charged_back', -ALL],
    ],
  },
  // Retried by GoCardless under the same id.
  {
    status: 'paid_out',
    items: [
      [1, 'payment_paid_out', ALL],
      [2, 'payment_failed', -ALL],
      [3, 'payment_paid_out', ALL],
    ],
  },
  {
    status: 'paid_out',
    items: [
      [1, 'payment_paid_out', ALL],
      [2, 'payment_refunded', -30_000n],
    ],
  },
  // Refunded, and the payer's bank sent it back.
  {
    status: 'paid_out',
    items: [
      [1, 'payment_paid_out', ALL],
      [1, 'payment_refunded', -30_000n],
      [3, 'refund_funds_returned', 30_000n],
    ],
  },
];

interface Story {
  /** One debit of ours each; `seen` were confirmed and booked before anything else was told. */
  readonly ours: readonly { readonly life: number; readonly seen: boolean }[];
  /** Debits nobody here asked for, and that no invoice fits. */
  readonly foreign: readonly number[];
  readonly bounced: boolean;
}

const story: fc.Arbitrary<Story> = fc.record({
  ours: fc.array(fc.record({ life: fc.nat(LIVES.length - 1), seen: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  }),
  foreign: fc.array(fc.nat(LIVES.length - 1), { maxLength: 2 }),
  bounced: fc.boolean(),
});

/** The world as it is in the end, and every event that tells of it. */
async function worldOf({ ours, foreign, bounced }: Story): Promise<[FlowWorld, DomainEvent[]]> {
  const world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  const items = new Map<number, PayoutItem[]>();
  const events: DomainEvent[] = [];
  const live = (debitId: string, index: number): void => {
    const { status, items: lived } = LIVES[index] ?? { status: 'failed', items: [] };
    world.debits.move(debitId, status);
    events.push({ kind: 'debit-changed', debitId, action: status });
    for (const [payout, type, tenths] of lived) {
      const fee = payoutItem('gocardless_fee', tenths / -80n, { paymentId: debitId });
      const both = [payoutItem(type, tenths, { paymentId: debitId }), fee];
      items.set(payout, [...(items.get(payout) ?? []), ...both]);
    }
  };
  for (const [index, { life, seen }] of ours.entries()) {
    world.books.addInvoice(String(index + 1), '7');
    await world.see({ kind: 'invoice-changed', invoiceId: String(index + 1) });
    const debitId = `PM${index + 1}`;
    if (seen) {
      world.debits.move(debitId, 'confirmed');
      await world.see({ kind: 'debit-changed', debitId, action: 'confirmed' });
    }
    live(debitId, life);
  }
  for (const [index, life] of foreign.entries()) {
    const debitId = `PM-foreign-${index}`;
    world.debits.addDebit(debitId, 'MD1', { amount: { minor: 7_777n, currency: 'GBP' } });
    live(debitId, life);
  }
  for (const [number, lines] of items) {
    const tenths = lines.reduce((sum, { amountTenths }) => sum + amountTenths, 0n);
    const half = tenths < 0n ? -5n : 5n;
    const status = bounced && number === 1 ? 'bounced' : 'paid';
    const dates = { arrivalDate: `2026-11-2${number}`, createdAt: `2026-11-1${number}T09:00:00.000Z` };
    world.payouts.addPayout(`PO${number}`, (tenths + half) / 10n, lines, { status, ...dates });
    events.push({ kind: 'payout-changed', payoutId: `PO${number}`, action: 'paid' });
    if (status === 'bounced') {
      const happenedAt = '2026-11-30T09:00:00.000Z';
      events.push({ kind: 'payout-changed', payoutId: 'PO1', action: 'bounced_payout', happenedAt });
    }
  }
  return [world, events];
}

function shuffledAndRepeated(events: readonly DomainEvent[], order: Iterator<number>): DomainEvent[] {
  const next = (): number => Number(order.next().value);
  return events
    .flatMap((event) => Array.from({ length: 1 + (next() % 3) }, () => event))
    .map((event, index) => ({ event, key: (next() * 31 + index) % 9_973 }))
    .sort((left, right) => left.key - right.key)
    .map(({ event }) => event);
}

/** By day, account and kind; what is zero is as if it had never been. */
function balances(entries: readonly LedgerEntry[]): string[] {
  const sums = new Map<string, bigint>();
  const add = (key: string, minor: bigint): void => void sums.set(key, (sums.get(key) ?? 0n) + minor);
  for (const { date, kind, debit, credit, amount } of entries) {
    add(`${date} ${debit} ${kind}`, amount.minor);
    add(`${date} ${credit} ${kind}`, -amount.minor);
  }
  return [...sums]
    .filter(([, minor]) => minor !== 0n)
    .map(([key, minor]) => `${key} ${minor}`)
    .sort();
}

function questions(world: FlowWorld): string[] {
  return world.store
    .reviewRows()
    .filter(({ state, kind }) => state === 'open' && kind === 'payout_unexplained')
    .map(({ subject, amount }) => `${subject.id} ${amount?.minor ?? ''}`)
    .sort();
}

test('the same payouts and payments told in any order, and repeated, leave the same ledger', async () => {
  const plan = fc.tuple(story, fc.infiniteStream(fc.nat()), fc.infiniteStream(fc.nat()));
  await fc.assert(
    fc.asyncProperty(plan, async ([told, firstOrder, secondOrder]) => {
      const outcomes: unknown[] = [];
      for (const order of [firstOrder, secondOrder]) {
        const [world, events] = await worldOf(told);
        for (const event of shuffledAndRepeated(events, order)) world.deliver(event);
        await world.settle();
        outcomes.push({ balances: balances(world.store.ledgerRows()), questions: questions(world) });
      }
      expect(outcomes[1]).toEqual(outcomes[0]);
    }),
    { numRuns: 40 },
  );
});
