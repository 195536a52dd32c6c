import { expect, test } from '@jest/globals';
import type { DebitStatus, FlowResult, Policy } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { FLOWS } from '../registry.ts';
import { previewCollections } from './preview.ts';

const CLIENTS = ['7', '8', '9'] as const;
const CUSTOMERS = ['CU1', 'CU2', 'CU3'] as const;
const MANDATES = ['MD1', 'MD2', 'MD3'] as const;
const emailOf = (client: string): string => `payer${client}@client.test`;

/** Ten invoices at most, on few clients, dates and amounts: they have to get in each other's way. */
const invoice = fc.record({
  clientId: fc.constantFrom('7', '7', '7', '8', '9', 'gone'),
  amountMinor: fc.constantFrom(10_000n, 10_000n, 5_000n, 20_000n),
  currency: fc.constantFrom('GBP', 'GBP', 'GBP', 'EUR'),
  createdDate: fc.constantFrom('2026-10-31', '2026-11-02', '2026-11-03', '2026-11-04'),
  dueDate: fc.constantFrom('2026-11-06', '2026-11-20', '2026-11-24', null),
  standing: fc.constantFrom('open' as const, 'open' as const, 'open' as const, 'draft' as const),
  autoBill: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
});
const customer = fc.record({
  of: fc.constantFrom('7', ...CLIENTS),
  named: fc.option(fc.constantFrom(...CLIENTS)),
});
const mandate = fc.record({
  customerId: fc.constantFrom('CU1', ...CUSTOMERS),
  status: fc.constantFrom(
    'active',
    'active',
    'active',
    'submitted',
    'cancelled',
    'pending_customer_approval',
  ),
  currency: fc.constantFrom('GBP', 'GBP', 'EUR'),
  maxAmountMinor: fc.constantFrom(null, null, 15_000n),
});
const subscription = fc.record({
  mandateId: fc.constantFrom('MD1', ...MANDATES),
  amountMinor: fc.constantFrom(10_000n, 10_000n, 5_000n),
  dates: fc.constantFrom(['2026-11-22'], ['2026-11-22'], ['2026-11-20', '2026-12-20'], []),
});
const PLAIN_MANDATE = {
  customerId: 'CU1' as const,
  status: 'active',
  currency: 'GBP',
  maxAmountMinor: null,
};
/** What happened before the preview: runs, debits that moved, edits. */
const happening = fc.record({
  invoice: fc.nat(9),
  status: fc.constantFrom<DebitStatus | null>(null, 'submitted', 'confirmed', 'failed', 'charged_back'),
  edit: fc.constantFrom(null, 10_000n, 12_500n),
});
const worlds = fc.record({
  policy: fc.record({
    noMandate: fc.constantFrom('review' as const, 'request' as const, 'pause' as const),
    chargeDate: fc.constantFrom('due-date' as const, 'as-soon-as-possible' as const),
  }),
  invoices: fc.array(invoice, { minLength: 1, maxLength: 10 }),
  // Client 7 can often be collected from: obstacles alone would prove little.
  customers: fc.tuple(
    fc.oneof(fc.constant({ of: '7' as const, named: '7' as const }), customer),
    customer,
    customer,
  ),
  mandates: fc.tuple(fc.oneof(fc.constant(PLAIN_MANDATE), mandate), mandate, mandate),
  subscriptions: fc.array(subscription, { maxLength: 2 }),
  past: fc.array(happening, { maxLength: 5 }),
});
type Facts = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

function peopled({ policy, customers, mandates, subscriptions, invoices }: Facts): FlowWorld {
  const world = new FlowWorld(FLOWS, policy satisfies Partial<Policy>);
  for (const client of CLIENTS) world.books.addClient(client, emailOf(client));
  CUSTOMERS.forEach((id, index) => {
    const { of, named } = customers[index] ?? { of: '7', named: null };
    world.debits.addCustomer(
      id,
      emailOf(of),
      named === null ? {} : { freshbooks_account_id: 'ACC1', freshbooks_client_id: named },
    );
  });
  MANDATES.forEach((id, index) => {
    const facts = mandates[index];
    if (facts !== undefined) world.debits.addMandate(id, facts.customerId, facts);
  });
  subscriptions.forEach(({ mandateId, amountMinor, dates }, index) => {
    const currency = world.debits.mandates.get(mandateId)?.currency ?? 'GBP';
    const upcoming = dates.map((chargeDate) => ({ chargeDate, amountMinor }));
    world.debits.subscriptions.push({ id: `SB${index}`, status: 'active', mandateId, currency, upcoming });
  });
  invoices.forEach((facts, index) => world.books.addInvoice(String(index), facts.clientId, facts));
  return world;
}

async function live(world: FlowWorld, { past, invoices }: Facts): Promise<void> {
  for (const { invoice: index, status, edit } of past) {
    const invoiceId = String(index % invoices.length);
    const currency = world.books.invoices.get(invoiceId)?.amount.currency ?? 'GBP';
    await world.see({ kind: 'invoice-changed', invoiceId });
    const debit = world.debits.all().findLast((one) => one.metadata['freshbooks_invoice_id'] === invoiceId);
    if (debit !== undefined && status !== null) {
      world.debits.move(debit.id, status);
      await world.see({ kind: 'debit-changed', debitId: debit.id, action: status });
    }
    if (edit !== null) world.books.change(invoiceId, { amount: { minor: edit, currency } });
  }
}

/** What a run does about one invoice, in the words of a preview. */
async function runOn(world: FlowWorld, invoiceId: string): Promise<unknown> {
  const before = world.debits.debits.size;
  const result = await world.see({ kind: 'invoice-changed', invoiceId });
  const [debit] = world.debits.all().slice(before);
  if (debit !== undefined) {
    const { amount, mandateId, chargeDate } = debit;
    return { invoiceId, amount, mandateId, chargeDate };
  }
  return { invoiceId, ...questionOf(result) };
}

/** `skipped` stands for a reason without a question. */
function questionOf(result: FlowResult): { asked: unknown } {
  if (result.state === 'parked') return { asked: 'no_mandate' };
  return { asked: result.details?.['review'] ?? null };
}

/** Kinds a preview also uses where a run only notes why it left the invoice alone. */
const NOTED: ReadonlySet<string> = new Set([
  'dispute',
  'double_payment_risk',
  'late_failure',
  'chargeback',
  'no_mandate',
]);

/** Ids of the open invoices, in the order a preview looks at them. */
async function openInOrder({ books }: FlowWorld): Promise<string[]> {
  const open: { id: string; key: string }[] = [];
  for await (const { id, createdDate } of books.listAllOpenInvoices())
    open.push({ id, key: `${createdDate} ${id}` });
  return open.sort((one, other) => (one.key < other.key ? -1 : 1)).map(({ id }) => id);
}

test('a preview says of every open invoice what a run then does', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (facts) => {
      const world = peopled(facts);
      await live(world, facts);
      const { collections, obstacles, left } = await previewCollections(world.context(), {
        pause: () => Promise.reject(new Error('nothing asks to wait here')),
      });
      // Paid ones are not previewed: nothing is to be collected.
      const open = await openInOrder(world);
      expect(collections.length + obstacles.length + left.length).toBe(open.length);
      for (const id of open) {
        const foreseen = collections.find(({ invoiceId }) => invoiceId === id);
        const obstacle = obstacles.find(({ subject }) => subject.id === id);
        const done = await runOn(world, id);
        if (foreseen !== undefined) {
          const { amount, mandateId, chargeDate } = foreseen;
          expect(done).toEqual({ invoiceId: id, amount, mandateId, chargeDate });
        } else if (obstacle === undefined) {
          expect(done).toEqual({ invoiceId: id, asked: null });
        } else {
          const possible = NOTED.has(obstacle.kind) ? [obstacle.kind, null] : [obstacle.kind];
          expect(possible.map((asked) => ({ invoiceId: id, asked }))).toContainEqual(done);
        }
      }
    }),
    { numRuns: 80 },
  );
});
