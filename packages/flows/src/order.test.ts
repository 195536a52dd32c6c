import { expect, test } from '@jest/globals';
import type { DebitStatus, DomainEvent } from '@mlc/core';
import { accountBalance, FlowWorld, ledgerBalances, ledgerProblems } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { FLOWS } from './registry.ts';

/** One thing that happens in the outside world; each is told by webhooks that may come late, twice or not in order. */
type Happening =
  | { readonly what: 'debit'; readonly invoice: number; readonly status: DebitStatus }
  | { readonly what: 'edit'; readonly invoice: number; readonly minor: bigint }
  | { readonly what: 'delete'; readonly invoice: number };

const INVOICES = 4;
const STATUSES: DebitStatus[] = [
  'submitted',
  'confirmed',
  'paid_out',
  'failed',
  'charged_back',
  'pending_submission',
];

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('debit' as const),
      invoice: fc.nat(INVOICES - 1),
      status: fc.constantFrom(...STATUSES),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('edit' as const),
      invoice: fc.nat(INVOICES - 1),
      minor: fc.bigInt({ min: 1n, max: 20_000n }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('delete' as const), invoice: fc.nat(INVOICES - 1) }),
  },
);

async function newWorld(): Promise<FlowWorld> {
  const world = new FlowWorld(FLOWS);
  world.debits.addCustomer('CU1', 'payer@client.test');
  world.debits.addMandate('MD1', 'CU1');
  world.books.addClient('7', 'payer@client.test');
  for (let invoice = 0; invoice < INVOICES; invoice += 1) {
    world.books.addInvoice(String(invoice), '7', { amountMinor: BigInt(1_000 * (invoice + 1)) });
    await world.see({ kind: 'invoice-changed', invoiceId: String(invoice) });
  }
  return world;
}

/** Lets it happen outside, and returns the webhooks that tell of it. */
function happens(world: FlowWorld, one: Happening): DomainEvent[] {
  const id = String(one.invoice);
  if (one.what === 'edit') world.books.change(id, { amount: { minor: one.minor, currency: 'GBP' } });
  if (one.what === 'delete') world.books.change(id, { visibility: 'deleted' });
  if (one.what !== 'debit') return [{ kind: 'invoice-changed', invoiceId: id }];
  const debits = world.debits.all().filter((debit) => debit.metadata['freshbooks_invoice_id'] === id);
  const debit = debits.findLast((candidate) => candidate.status !== 'cancelled');
  if (debit === undefined) return [];
  world.debits.move(debit.id, one.status);
  return [{ kind: 'debit-changed', debitId: debit.id, action: one.status }];
}

function books(world: FlowWorld): string[] {
  return world.books.payments
    .filter((payment) => !payment.deleted)
    .map((payment) => `${payment.invoiceId} ${payment.amount.minor}`)
    .sort();
}

/** Every debit whose money is ours stands in the books exactly once, or is asked about; no other one does. */
function checkBooks(world: FlowWorld): void {
  for (const debit of world.debits.all()) {
    const entries = entriesOf(world, debit.id);
    const ours = debit.status === 'confirmed' || debit.status === 'paid_out';
    const asked = world.store.reviewRows().some((review) => review.subject.id === debit.id);
    expect(entries.length).toBe(ours && !asked ? 1 : entries.length > 0 && ours ? 1 : 0);
  }
}

/** The ledger follows the postings, and holds in clearing exactly what stands in the books. */
function checkLedger(world: FlowWorld): void {
  expect(ledgerProblems(world.store)).toEqual([]);
  const booked = world.books.payments
    .filter(({ deleted }) => !deleted)
    .reduce((sum, { amount }) => sum + Number(amount.minor), 0);
  expect(accountBalance(world.store, 'assets:clearing:gocardless')).toBe(booked);
}

/** At most one debit per invoice can still bring money that is not in the books. */
function checkDebits(world: FlowWorld): void {
  for (let invoice = 0; invoice < INVOICES; invoice += 1) {
    const open = world.debits
      .all()
      .filter((debit) => debit.metadata['freshbooks_invoice_id'] === String(invoice))
      .filter((debit) => ['pending_submission', 'submitted'].includes(debit.status))
      .filter((debit) => entriesOf(world, debit.id).length === 0);
    expect(open.length).toBeLessThanOrEqual(1);
  }
}

function entriesOf(world: FlowWorld, debitId: string): unknown[] {
  return world.books.payments.filter(
    (payment) => !payment.deleted && payment.note.includes(`GoCardless ${debitId} `),
  );
}

test('the same events in any order and with repetitions leave the same books', async () => {
  const plan = fc.tuple(
    fc.array(happening, { maxLength: 12 }),
    fc.infiniteStream(fc.nat()),
    fc.infiniteStream(fc.nat()),
  );
  await fc.assert(
    fc.asyncProperty(plan, async ([story, firstOrder, secondOrder]) => {
      const outcomes: unknown[] = [];
      for (const order of [firstOrder, secondOrder]) {
        const world = await newWorld();
        const told = story.flatMap((one) => happens(world, one));
        for (const event of shuffledAndRepeated(told, order)) world.deliver(event);
        await world.settle();
        checkBooks(world);
        checkDebits(world);
        checkLedger(world);
        outcomes.push({ books: books(world), ledger: ledgerBalances(world.store) });
      }
      expect(outcomes[1]).toEqual(outcomes[0]);
    }),
    { numRuns: 40 },
  );
});

test('a world that changes while webhooks are under way never books twice and never debits twice', async () => {
  const steps = fc.array(fc.tuple(happening, fc.nat(2), fc.boolean()), { maxLength: 15 });
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const world = await newWorld();
      const late: DomainEvent[] = [];
      for (const [one, repeats, now] of story) {
        const told = happens(world, one);
        for (let times = 0; times <= repeats; times += 1)
          (now ? told : []).forEach((event) => world.deliver(event));
        late.push(...told);
        await world.settle();
        checkDebits(world);
      }
      late.forEach((event) => world.deliver(event));
      await world.settle();
      checkBooks(world);
      checkLedger(world);
    }),
    { numRuns: 40 },
  );
});

function shuffledAndRepeated(events: readonly DomainEvent[], order: Iterator<number>): DomainEvent[] {
  const next = (): number => Number(order.next().value);
  const repeated = events.flatMap((event) => Array.from({ length: 1 + (next() % 3) }, () => event));
  return repeated
    .map((event, index) => ({ event, key: (next() * 31 + index) % 9_973 }))
    .sort((left, right) => left.key - right.key)
    .map(({ event }) => event);
}
