import { beforeEach, expect, test } from '@jest/globals';
import type { Consent, Mandate } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';

const gbp = (minor: bigint) => ({ minor, currency: 'GBP' });
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;

let world: FlowWorld;

/** Client 7 with invoices 1 and 2 of GBP 100.00 each, due 20 November, and a mandate with these bounds. */
function consented(bounds: Partial<Consent>, facts: Partial<Mandate> = {}): void {
  const consent: Consent = {
    startDate: null,
    endDate: null,
    maxPeriodMinor: null,
    maxPeriodPayments: null,
    period: null,
    isByCalendar: true,
    ...bounds,
  };
  world.debits.addMandate('MD1', 'CU1', { consent, ...facts });
}

function open(): { kind: string; reasons: string }[] {
  return world.store
    .reviewRows()
    .filter(({ state }) => state === 'open')
    .map(({ kind, reasons }) => ({ kind, reasons: reasons.join(' ') }));
}

function newWorld(): void {
  world = new FlowWorld(FLOWS);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.books.addInvoice('2', '7');
  world.debits.addCustomer('CU1', 'payer@client.test');
}

beforeEach(newWorld);

test('a second debit that is too much for the month is asked about, with the numbers', async () => {
  consented({ period: 'month', maxPeriodMinor: 15_000n });
  await world.see(invoiceChanged);
  await world.see({ kind: 'invoice-changed', invoiceId: '2' });
  expect(world.debits.all()).toHaveLength(1);
  expect(open()).toMatchObject([
    {
      kind: 'mandate_limit',
      reasons: expect.stringMatching(/INV-2.*GBP 150.00 per month.*GBP 100.00 are taken/),
    },
  ]);
  world.books.change('2', { dueDate: '2026-12-20' });
  await world.see({ kind: 'invoice-changed', invoiceId: '2' });
  expect(world.debits.all()).toMatchObject([{}, { chargeDate: '2026-12-20' }]);
  expect(open()).toEqual([]);
});

test('of two invoices planned at once only one finds room in the period, whichever step they meet at', async () => {
  for (let step = 1; ; step += 1) {
    newWorld();
    consented({ period: 'month', maxPeriodMinor: 15_000n });
    world.deliver(invoiceChanged);
    world.deliver({ kind: 'invoice-changed', invoiceId: '2' });
    world.meetAfter(step);
    await world.settle();
    expect([step, world.debits.all().length]).toEqual([step, 1]);
    expect(open()).toMatchObject([{ kind: 'mandate_limit', reasons: expect.stringMatching(/GBP 150.00/) }]);
    if (world.meetingPending) return;
  }
});

test('a debit that GoCardless tries again by itself goes on taking its room', async () => {
  consented({ period: 'month', maxPeriodMinor: 15_000n });
  await world.see(invoiceChanged);
  world.debits.move('PM1', 'failed');
  world.debits.retrying.add('PM1');
  await world.see({ kind: 'debit-changed', debitId: 'PM1', action: 'failed' });
  await world.see({ kind: 'invoice-changed', invoiceId: '2' });
  expect(world.debits.all()).toHaveLength(1);
  expect(open()).toMatchObject([{ kind: 'mandate_limit' }]);
});

test('debits that were taken long ago count in a long period', async () => {
  consented({ period: 'year', maxPeriodPayments: 1 });
  world.debits.addDebit('PM50', 'MD1', { status: 'paid_out', chargeDate: '2026-02-02', amount: gbp(1n) });
  await world.see(invoiceChanged);
  expect(world.debits.all()).toHaveLength(1);
  expect(open()).toMatchObject([
    { kind: 'mandate_limit', reasons: expect.stringMatching(/1 debits per year/) },
  ]);
});

test('a debit due after the end of the authorisation is asked about', async () => {
  consented({ endDate: '2026-11-15' });
  await world.see(invoiceChanged);
  expect(world.debits.all()).toEqual([]);
  expect(open()).toMatchObject([
    { kind: 'mandate_limit', reasons: expect.stringMatching(/until 2026-11-15/) },
  ]);
});

test.each<[string, Partial<Consent>, Partial<Mandate>, RegExp]>([
  ['past its end date', { endDate: '2026-11-05' }, {}, /authorised until 2026-11-05 only/],
  ['for one payment', {}, { consentType: 'one_off' }, /authorised for one payment only/],
  [
    'by telephone for one payment',
    {},
    { consentType: 'single', authorisationSource: 'telephone' },
    /authorised by telephone for one payment only/,
  ],
  [
    'for what the payer asks for each time (ACH)',
    {},
    { consentType: 'standing' },
    /authorised only for payments that the payer asks for each time/,
  ],
  ['for the same (PAD)', {}, { consentType: 'sporadic' }, /payer asks for each time/],
])('an authorisation %s is no usable mandate', async (_name, bounds, facts, words) => {
  consented(bounds, facts);
  await world.see(invoiceChanged);
  expect(world.debits.all()).toEqual([]);
  expect(open()).toMatchObject([{ kind: 'no_mandate', reasons: expect.stringMatching(words) }]);
});

test('a payment that the payer authorised for this very invoice is linked, though its mandate is for nothing else', async () => {
  consented({}, { consentType: 'one_off' });
  world.debits.addDebit('PM50', 'MD1', { description: 'Invoice INV-1', status: 'submitted' });
  await world.see(invoiceChanged);
  expect(world.store.collectionRows()).toMatchObject([{ invoiceId: '1', paymentId: 'PM50' }]);
  expect(open()).toEqual([]);
});

test('a consent that begins later is not used before', async () => {
  consented({ startDate: '2026-11-25' });
  await world.see(invoiceChanged);
  await world.see(invoiceChanged);
  expect(world.debits.all()).toMatchObject([{ chargeDate: '2026-11-25' }]);
});
