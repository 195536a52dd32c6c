import { beforeEach, describe, expect, test } from '@jest/globals';
import { ConnectorError, type DebitLimits, type Policy } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { fc } from '@mlc/testkit/property';
import { FLOWS } from '../registry.ts';

const HOUR_MS = 3_600_000;

/** Client 7 with an active GBP mandate; invoices 1, 2, 3 … of GBP 100.00. */
function newWorld(limits: Partial<DebitLimits>, invoices = 1, policy: Partial<Policy> = {}): FlowWorld {
  const made = new FlowWorld(FLOWS, {
    limits: { maxDebitMinor: {}, maxDebitsPerDay: {}, ...limits },
    ...policy,
  });
  made.books.addClient('7', 'payer@client.test');
  made.debits.addCustomer('CU1', 'payer@client.test');
  made.debits.addMandate('MD1', 'CU1');
  for (let id = 1; id <= invoices; id += 1) made.books.addInvoice(String(id), '7');
  return made;
}

const seeInvoice = (on: FlowWorld, invoiceId = '1') => on.see({ kind: 'invoice-changed', invoiceId });
const open = (on: FlowWorld) => on.store.reviewRows().filter(({ state }) => state === 'open');
const limitsAsked = (on: FlowWorld) =>
  open(on).flatMap(({ kind, subject }) => (kind === 'limit' ? [subject.id] : []));

async function answer(on: FlowWorld, action: 'retry' | 'done'): Promise<void> {
  const [review] = open(on);
  await on.store.answer(review?.id ?? '', { action, note: 'agreed', by: 'mira' });
  await on.settle();
}

let world: FlowWorld;

describe('maxDebitMinor', () => {
  beforeEach(() => {
    world = newWorld({ maxDebitMinor: { GBP: 9_999, EUR: 1 } });
  });

  test('what exceeds it is asked about and not sent, nor planned', async () => {
    const result = await seeInvoice(world);
    expect(result.reason).toMatch(
      /review limit: Invoice INV-1 of GBP 100\.00 is above .* GBP 99\.99 per debit \(policy\.limits\.maxDebitMinor\)/,
    );
    expect(open(world)).toMatchObject([{ kind: 'limit', amount: { minor: 10_000n, currency: 'GBP' } }]);
    expect(world.debits.all()).toEqual([]);
    expect(world.store.collectionRows()).toEqual([]);
  });

  test.each([
    ['exactly as much is not too much', { maxDebitMinor: { GBP: 10_000 } }],
    ['a limit of another currency is none', { maxDebitMinor: { EUR: 1 } }],
    ['without one everything is sent', {}],
  ])('%s', async (_name, limits) => {
    const on = newWorld(limits);
    await seeInvoice(on);
    expect(on.debits.all()).toHaveLength(1);
    expect(open(on)).toEqual([]);
  });

  test('a person may go ahead: that invoice and that amount, once', async () => {
    await seeInvoice(world);
    await answer(world, 'retry');
    expect(world.debits.all()).toHaveLength(1);
    expect(open(world)).toEqual([]);
    world.books.addInvoice('2', '7');
    await seeInvoice(world, '2');
    expect(limitsAsked(world)).toEqual(['2']);
    world.books.change('1', { amount: { minor: 20_000n, currency: 'GBP' } });
    await seeInvoice(world);
    expect(limitsAsked(world)).toEqual(['2', '1']);
    expect(world.debits.all().filter(({ status }) => status !== 'cancelled')).toEqual([]);
  });

  test('a person may leave it, and is not asked again', async () => {
    await seeInvoice(world);
    await answer(world, 'done');
    expect(await seeInvoice(world)).toMatchObject({ state: 'skipped', because: 'already-answered' });
    expect(world.debits.all()).toEqual([]);
    expect(open(world)).toEqual([]);
  });

  test('the question goes when the invoice fits, is paid, or needs something else first', async () => {
    await seeInvoice(world);
    world.books.change('1', { amount: { minor: 5_000n, currency: 'GBP' } });
    await seeInvoice(world);
    expect(open(world)).toEqual([]);
    expect(world.debits.all()).toHaveLength(1);
    const paid = newWorld({ maxDebitMinor: { GBP: 1 } });
    await seeInvoice(paid);
    paid.books.payByHand('1', { minor: 10_000n, currency: 'GBP' });
    await seeInvoice(paid);
    expect(open(paid)).toEqual([]);
    const without = newWorld({ maxDebitMinor: { GBP: 1 } });
    await seeInvoice(without);
    without.debits.mandates.clear();
    await seeInvoice(without);
    expect(open(without)).toMatchObject([{ kind: 'no_mandate' }]);
  });

  test('is shown while the business observes', async () => {
    const on = newWorld({ maxDebitMinor: { GBP: 1 } }, 1, { mode: 'observe' });
    await seeInvoice(on);
    expect(limitsAsked(on)).toEqual(['1']);
  });

  test('a debit that a subscription takes is none of ours', async () => {
    const on = newWorld({ maxDebitMinor: { GBP: 1 }, maxDebitsPerDay: { GBP: 1 } });
    on.debits.subscriptions.push({
      id: 'SB1',
      status: 'active',
      mandateId: 'MD1',
      currency: 'GBP',
      upcoming: [{ chargeDate: '2026-11-20', amountMinor: 10_000n }],
    });
    expect((await seeInvoice(on)).reason).toMatch(/linked instead/);
  });
});

describe('maxDebitsPerDay', () => {
  beforeEach(() => {
    world = newWorld({ maxDebitsPerDay: { GBP: 2 } }, 4);
  });

  async function seeAll(on: FlowWorld): Promise<void> {
    for (const id of on.books.invoices.keys()) on.deliver({ kind: 'invoice-changed', invoiceId: id });
    await on.settle();
  }

  test('those beyond it wait for the next day, with a question each', async () => {
    await seeAll(world);
    expect(world.debits.all()).toHaveLength(2);
    expect(world.store.collectionRows()).toHaveLength(2);
    expect(limitsAsked(world)).toEqual(['3', '4']);
    expect(open(world)[0]?.reasons.join(' ')).toMatch(
      /2 debits in GBP were sent on 2026-11-05.*policy\.limits\.maxDebitsPerDay.*next day.*Retry/,
    );
    expect(world.store.eventRows().slice(2)).toMatchObject([
      { state: 'parked', waitingFor: 'limit', recheckAt: new Date('2026-11-06T00:00:00Z') },
      { state: 'parked', waitingFor: 'limit', recheckAt: new Date('2026-11-06T00:00:00Z') },
    ]);
  });

  test('the next day as many more go out, and their questions settle by themselves', async () => {
    await seeAll(world);
    world.books.addInvoice('5', '7');
    await seeInvoice(world, '5');
    world.advance(15 * HOUR_MS);
    await world.store.transaction((tx) => tx.events.wake('limit'));
    await world.settle();
    expect(world.debits.all()).toHaveLength(4);
    expect(limitsAsked(world)).toEqual(['5']);
    world.advance(24 * HOUR_MS);
    await world.store.transaction((tx) => tx.events.wake('limit'));
    await world.settle();
    expect(world.debits.all()).toHaveLength(5);
    expect(open(world)).toEqual([]);
  });

  test('the day is that of the business', async () => {
    const on = newWorld({ maxDebitsPerDay: { GBP: 1 } }, 2, {});
    // 23:30 in London; an hour later it is the next day there.
    on.advance(14.5 * HOUR_MS);
    await seeInvoice(on, '1');
    await seeInvoice(on, '2');
    expect(limitsAsked(on)).toEqual(['2']);
    on.advance(HOUR_MS);
    await on.store.transaction((tx) => tx.events.wake('limit'));
    await on.settle();
    expect(on.debits.all()).toHaveLength(2);
  });

  test('another currency has a count of its own', async () => {
    const on = newWorld({ maxDebitsPerDay: { GBP: 1 } }, 2);
    on.debits.addMandate('MD2', 'CU1', { currency: 'EUR', scheme: 'sepa_core' });
    on.books.addInvoice('3', '7', { currency: 'EUR' });
    await seeAll(on);
    expect(
      on.debits
        .all()
        .map(({ amount }) => amount.currency)
        .sort(),
    ).toEqual(['EUR', 'GBP']);
    expect(limitsAsked(on)).toEqual(['2']);
  });

  test('a call that was clearly refused takes no place, a debit that was cancelled does', async () => {
    const on = newWorld({ maxDebitsPerDay: { GBP: 1 } }, 2);
    on.debits.faults.fail('createDebit', 'before', refused());
    await expect(seeInvoice(on, '2')).rejects.toThrow(/no such mandate/);
    await seeInvoice(on, '1');
    on.books.change('1', { visibility: 'deleted' });
    await seeInvoice(on, '1');
    expect(on.debits.all()).toMatchObject([{ status: 'cancelled' }]);
    await seeInvoice(on, '2');
    expect(limitsAsked(on)).toEqual(['2']);
  });

  test('a person may go ahead with one of them today', async () => {
    await seeAll(world);
    await answer(world, 'retry');
    expect(world.debits.all()).toHaveLength(3);
    expect(limitsAsked(world)).toEqual(['4']);
  });

  test('a go-ahead for the size is none for the day', async () => {
    const on = newWorld({ maxDebitMinor: { GBP: 1 }, maxDebitsPerDay: { GBP: 1 } }, 2);
    await seeAll(on);
    await answer(on, 'retry');
    expect(on.debits.all()).toHaveLength(1);
    await answer(on, 'retry');
    expect(on.debits.all()).toHaveLength(1);
    expect(open(on)[0]?.reasons.join(' ')).toMatch(/maxDebitsPerDay/);
  });

  test('never more a day than allowed, whatever comes in what order and dies where', async () => {
    const acts = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.record({ see: fc.integer({ min: 1, max: 6 }) }) },
        { weight: 1, arbitrary: fc.record({ hours: fc.integer({ min: 1, max: 30 }) }) },
        { weight: 2, arbitrary: fc.record({ crash: fc.integer({ min: 1, max: 30 }) }) },
      ),
      { minLength: 5, maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(acts, fc.integer({ min: 1, max: 3 }), async (done, perDay) => {
        const on = newWorld({ maxDebitsPerDay: { GBP: perDay } }, 6);
        const byDay = new Map<string, number>();
        let known = 0;
        const count = (): void => {
          const day = on.clock.now().toISOString().slice(0, 10);
          byDay.set(day, (byDay.get(day) ?? 0) + on.debits.all().length - known);
          known = on.debits.all().length;
        };
        for (const act of done) {
          if ('hours' in act) on.advance(act.hours * HOUR_MS);
          else if ('crash' in act) on.crashAfter(act.crash);
          else on.deliver({ kind: 'invoice-changed', invoiceId: String(act.see) });
          if ('hours' in act) await on.store.transaction((tx) => tx.events.wake('limit'));
          await on.settle();
          count();
        }
        for (const sent of byDay.values()) expect(sent).toBeLessThanOrEqual(perDay);
        const debited = new Set(on.debits.all().map(({ metadata }) => metadata['freshbooks_invoice_id']));
        expect(debited.size).toBe(on.debits.all().length);
      }),
      { numRuns: 60 },
    );
  });
});

function refused(): ConnectorError {
  const message = 'no such mandate';
  return new ConnectorError({ kind: 'rejected', provider: 'gocardless', operation: 'createDebit', message });
}
