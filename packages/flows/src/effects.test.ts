import { expect, test } from '@jest/globals';
import type { DebitStatus, DomainEvent, Flow, FlowResult } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { FLOWS } from './registry.ts';

/** The flows, with the effects of every result in another order. */
function reordered(order: (effects: FlowResult['effects']) => FlowResult['effects']): Flow[] {
  return FLOWS.map((flow) => ({
    ...flow,
    run: async (...given) => {
      const result = await flow.run(...given);
      return { ...result, effects: order(result.effects) };
    },
  }));
}

const CLIENTS = ['7', '8'];
const INVOICES = ['1', '2', '3', '4'];
const STATUSES: DebitStatus[] = ['submitted', 'confirmed', 'paid_out', 'failed', 'charged_back', 'cancelled'];

/** One thing that happens: at an invoice, a debit, or a PayPal payment that may name its invoice. */
type Happening =
  | { readonly what: 'invoice' | 'edit' | 'delete'; readonly invoice: number }
  | { readonly what: 'debit'; readonly debit: number; readonly status: DebitStatus }
  | { readonly what: 'foreign'; readonly invoice: number; readonly status: DebitStatus }
  | {
      readonly what: 'capture';
      readonly capture: number;
      readonly invoice: number;
      readonly isNamed: boolean;
    };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    what: fc.constantFrom('invoice' as const, 'edit' as const, 'delete' as const),
    invoice: fc.nat(INVOICES.length - 1),
  }),
  fc.record({ what: fc.constant('debit' as const), debit: fc.nat(5), status: fc.constantFrom(...STATUSES) }),
  fc.record({
    what: fc.constant('foreign' as const),
    invoice: fc.nat(INVOICES.length - 1),
    status: fc.constantFrom(...STATUSES),
  }),
  fc.record({
    what: fc.constant('capture' as const),
    capture: fc.nat(3),
    invoice: fc.nat(INVOICES.length - 1),
    isNamed: fc.boolean(),
  }),
);

function newWorld(flows: readonly Flow[]): FlowWorld {
  const world = new FlowWorld(flows, { onLateFailure: 'review' });
  CLIENTS.forEach((clientId, index) => {
    world.books.addClient(clientId, `payer${index}@client.test`);
    world.debits.addCustomer(`CU${index}`, `payer${index}@client.test`);
    world.debits.addMandate(`MD${index}`, `CU${index}`);
  });
  INVOICES.forEach((id, index) =>
    world.books.addInvoice(id, CLIENTS[index % 2] ?? '7', { amountMinor: 1_000n }),
  );
  return world;
}

/** Lets it happen outside, and returns what tells of it. */
function happens(world: FlowWorld, one: Happening): DomainEvent[] {
  const invoiceId = 'invoice' in one ? (INVOICES[one.invoice] ?? '') : '';
  switch (one.what) {
    case 'invoice':
      return [{ kind: 'invoice-changed', invoiceId }];
    case 'edit':
      world.books.change(invoiceId, { amount: { minor: 1_500n, currency: 'GBP' } });
      return [{ kind: 'invoice-changed', invoiceId }];
    case 'delete':
      world.books.change(invoiceId, { visibility: 'deleted' });
      return [{ kind: 'invoice-changed', invoiceId }];
    case 'debit': {
      const debit = world.debits.all()[one.debit];
      if (debit === undefined) return [];
      world.debits.move(debit.id, one.status);
      return [{ kind: 'debit-changed', debitId: debit.id, action: one.status }];
    }
    case 'foreign': {
      const debitId = `PMX${one.invoice}`;
      const amount = { minor: 1_000n, currency: 'GBP' };
      const reference = `INV-${invoiceId}`;
      world.debits.addDebit(debitId, 'MD0', { status: one.status, amount, reference });
      return [{ kind: 'debit-changed', debitId, action: one.status }];
    }
    case 'capture': {
      const captureId = `CAP${one.capture}`;
      const references = one.isNamed ? [`INV-${invoiceId}`] : [];
      world.captures.addCapture(captureId, 'payer1@client.test', {
        amount: { minor: 1_000n, currency: 'GBP' },
        references,
      });
      return [{ kind: 'capture-changed', captureId }];
    }
  }
}

/** Everything the store holds; rows of one run may have been written in another order. */
function holdings({ store }: FlowWorld): unknown {
  const lines = (rows: readonly object[]): string[] =>
    rows.map((row) => JSON.stringify({ ...row, id: undefined }, asText)).toSorted();
  return {
    collections: lines(store.collectionRows()),
    postings: lines(store.postingRows()),
    ledger: lines(store.ledgerRows()),
    reviews: lines(store.reviewRows()),
    events: lines(store.eventRows()),
  };
}

function asText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

test('the order of effects in the list of a run does not matter', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 2, maxLength: 14 }), async (story) => {
      const [one, other] = [
        newWorld(reordered((effects) => effects)),
        newWorld(reordered((effects) => effects.toReversed())),
      ];
      for (const world of [one, other]) {
        for (const id of INVOICES) world.deliver({ kind: 'invoice-changed', invoiceId: id });
        await world.settle();
        for (const told of story) {
          happens(world, told).forEach((event) => world.deliver(event));
          await world.settle();
        }
      }
      expect(holdings(other)).toEqual(holdings(one));
    }),
    { numRuns: 60 },
  );
});
