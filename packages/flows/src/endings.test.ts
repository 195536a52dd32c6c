import { expect, test } from '@jest/globals';
import { type DomainEvent, ENDINGS } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { FLOWS } from './registry.ts';

const EVENTS: readonly DomainEvent[] = [
  { kind: 'invoice-changed', invoiceId: '1' },
  { kind: 'invoice-changed', invoiceId: '2' },
  { kind: 'invoice-changed', invoiceId: '404' },
  { kind: 'client-changed', clientId: '7' },
  { kind: 'client-changed', clientId: '8' },
  { kind: 'debit-changed', debitId: 'PM1', action: 'created' },
  { kind: 'debit-changed', debitId: 'PM9', action: 'submitted' },
  { kind: 'capture-changed', captureId: 'CAP1', told: 'pending' },
  { kind: 'capture-changed', captureId: 'CAP2', told: 'completed' },
  { kind: 'order-completed', orderId: 'ORDER-9' },
];

function newWorld(): FlowWorld {
  const world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.books.addInvoice('2', '7', { standing: 'draft' });
  world.debits.addCustomer('CU7', 'payer@client.test');
  world.debits.addMandate('MD7', 'CU7');
  world.debits.addDebit('PM9', 'MD7', { status: 'submitted', amount: { minor: 77n, currency: 'GBP' } });
  world.captures.addCapture('CAP1', 'payer@client.test', { status: 'pending' });
  world.captures.otherwise.add('ORDER-9');
  return world;
}

/** Ids of the events whose ending the audit log tells, by themselves or as covered by another. */
function told(world: FlowWorld): Map<string, unknown> {
  const endings = new Map<string, unknown>();
  for (const { action, details } of world.store.auditEntries()) {
    if (action === 'event.covered')
      for (const id of details['eventIds'] as readonly string[]) endings.set(id, details['because']);
    else if (/^event\.(done|skipped|parked)$/.test(action))
      endings.set(String(details['eventId']), details['because']);
  }
  return endings;
}

test('every ending is in the audit log, or in one entry that names it; without effect with its code', async () => {
  const bursts = fc.array(fc.array(fc.constantFrom(...EVENTS), { minLength: 1, maxLength: 6 }), {
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(bursts, async (waves) => {
      const world = newWorld();
      for (const wave of waves) {
        for (const event of wave) world.deliver(event);
        await world.settle();
      }
      const endings = told(world);
      for (const { id, state, ending } of world.store.eventRows()) {
        expect(endings.has(id)).toBe(true);
        expect(ending !== null && Object.hasOwn(ENDINGS, ending)).toBe(state === 'skipped');
        if (state === 'skipped') expect(endings.get(id)).toBe(ending);
      }
    }),
    { numRuns: 60 },
  );
});
