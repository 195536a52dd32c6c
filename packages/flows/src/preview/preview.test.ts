import { beforeEach, describe, expect, test } from '@jest/globals';
import { ConnectorError, type Policy } from '@mlc/core';
import { FlowWorld } from '@mlc/testkit';
import { FLOWS } from '../registry.ts';
import { type Preview, previewCollections, type PreviewProgress } from './preview.ts';

const noPause = (): Promise<void> => Promise.reject(new Error('nothing asks to wait here'));
const invoiceChanged = { kind: 'invoice-changed', invoiceId: '1' } as const;

/** Client 7 with an active GBP mandate and invoice 1 of GBP 100.00, due 20 November. */
function standardWorld(policy: Partial<Policy> = {}): FlowWorld {
  const world = new FlowWorld(FLOWS, policy);
  world.books.addClient('7', 'payer@client.test');
  world.books.addInvoice('1', '7');
  world.debits.addCustomer('CU1', 'Payer@Client.test');
  world.debits.addMandate('MD1', 'CU1');
  return world;
}

const preview = (world: FlowWorld): Promise<Preview> =>
  previewCollections(world.context(), { pause: noPause });

const collected = {
  invoiceId: '1',
  invoiceNumber: 'INV-1',
  client: 'Client 7',
  amount: { minor: 10_000n, currency: 'GBP' },
  mandateId: 'MD1',
  chargeDate: '2026-11-20',
};
const subject = { provider: 'freshbooks', type: 'invoice', id: '1' };

let world: FlowWorld;
beforeEach(() => {
  world = standardWorld();
});

describe('what would be collected', () => {
  test('on its due date, from the mandate a run would choose', async () => {
    expect(await preview(world)).toEqual({ collections: [collected], obstacles: [], left: [] });
  });

  test.each([
    ['due before the mandate allows', { dueDate: '2026-11-06' }],
    ['without a due date', { dueDate: null }],
  ])('%s: on the first date the mandate allows', async (_name, change) => {
    world.books.change('1', change);
    expect((await preview(world)).collections).toEqual([{ ...collected, chargeDate: '2026-11-12' }]);
  });

  test('a part that was paid by hand is not collected', async () => {
    world.books.payByHand('1', { minor: 2_500n, currency: 'GBP' });
    expect((await preview(world)).collections).toMatchObject([{ amount: { minor: 7_500n } }]);
  });

  test('the amount changed while the debit can still be cancelled: the new amount', async () => {
    await world.see(invoiceChanged);
    world.books.change('1', { amount: { minor: 12_500n, currency: 'GBP' } });
    expect((await preview(world)).collections).toMatchObject([{ amount: { minor: 12_500n } }]);
  });

  test('sorted by charge date, then number, whatever order FreshBooks lists them in', async () => {
    world.books.addInvoice('3', '7', { dueDate: '2026-11-19' });
    world.books.addInvoice('2', '7', { dueDate: '2026-11-20' });
    const numbers = (await preview(world)).collections.map(({ invoiceNumber }) => invoiceNumber);
    expect(numbers).toEqual(['INV-3', 'INV-1', 'INV-2']);
  });
});

describe('limits', () => {
  test('a debit that is too large is an obstacle', async () => {
    const on = standardWorld({ limits: { maxDebitMinor: { GBP: 9_999 }, maxDebitsPerDay: {} } });
    const { collections, obstacles } = await preview(on);
    expect(collections).toEqual([]);
    expect(obstacles).toEqual([
      { kind: 'limit', subject, why: expect.stringMatching(/above the business's limit of GBP 99\.99/) },
    ]);
  });

  test('what exceeds the consent of the mandate together with the debits before it is in the way', async () => {
    const bounds = {
      startDate: null,
      endDate: null,
      maxPeriodMinor: null,
      period: 'month',
      isByCalendar: true,
    };
    world.debits.addMandate('MD1', 'CU1', { consent: { ...bounds, maxPeriodPayments: 2 } });
    world.books.addInvoice('2', '7');
    world.books.addInvoice('3', '7');
    const { collections, obstacles } = await preview(world);
    expect(collections.map(({ invoiceId }) => invoiceId)).toEqual(['1', '2']);
    expect(obstacles).toMatchObject([
      { kind: 'mandate_limit', why: expect.stringMatching(/INV-3.*2 debits per month/) },
    ]);
  });

  test('of many for a day, the oldest go out and the others are obstacles', async () => {
    const on = standardWorld({ limits: { maxDebitMinor: {}, maxDebitsPerDay: { GBP: 2 } } });
    on.books.addInvoice('2', '7', { createdDate: '2026-11-03' });
    on.books.addInvoice('3', '7', { createdDate: '2026-11-04' });
    await on.see({ kind: 'invoice-changed', invoiceId: '3' });
    const { collections, obstacles } = await preview(on);
    expect(collections).toMatchObject([{ invoiceNumber: 'INV-1' }]);
    expect(obstacles).toMatchObject([{ kind: 'limit', subject: { id: '2' } }]);
  });
});

describe('what stands in the way', () => {
  const cases: readonly [string, string, RegExp, (on: FlowWorld) => void][] = [
    [
      'no customer',
      'no_mandate',
      /no GoCardless customer.*Set up a mandate/,
      (on) => on.debits.customers.clear(),
    ],
    ['no mandate', 'no_mandate', /the customer has no mandate/, (on) => on.debits.mandates.clear()],
    [
      'a mandate the payer has not approved',
      'no_mandate',
      /pending_customer_approval/,
      (on) => on.debits.addMandate('MD1', 'CU1', { status: 'pending_customer_approval' }),
    ],
    [
      'two customers on one e-mail',
      'ambiguous_customer',
      /CU1.*CU2/,
      (on) => on.debits.addCustomer('CU2', 'payer@client.test'),
    ],
    [
      'a mandate in another currency',
      'currency_mismatch',
      /in GBP.*EUR/,
      (on) => on.debits.addMandate('MD1', 'CU1', { currency: 'EUR', scheme: 'sepa_core' }),
    ],
    [
      'more than the mandate allows',
      'mandate_limit',
      /GBP 99\.99/,
      (on) => on.debits.addMandate('MD1', 'CU1', { maxAmountMinor: 9_999n }),
    ],
    ['a subscription of another amount', 'double_payment_risk', /SB1/, (on) => subscribe(on, 9_000n)],
    ['an instalment that does not fit', 'double_payment_risk', /IS1/, (on) => instalment(on)],
    ['auto-bill', 'double_payment_risk', /auto_bill/, (on) => on.books.change('1', { autoBill: true })],
    [
      "FreshBooks' own gateway",
      'double_payment_risk',
      /gateway is pending/,
      (on) => on.books.change('1', { gatewayOrderPending: true }),
    ],
    ['a dispute', 'dispute', /disputed/, (on) => on.books.change('1', { standing: 'disputed' })],
    ['a client that is gone', 'no_mandate', /no client 7/, (on) => on.books.clients.clear()],
  ];

  test.each(cases)('%s', async (_name, kind, why, arrange) => {
    arrange(world);
    const { collections, obstacles } = await preview(world);
    expect(collections).toEqual([]);
    expect(obstacles).toEqual([{ kind, subject, why: expect.stringMatching(why) }]);
  });

  test.each([
    ['pause', /waits until a mandate appears/],
    ['request', /gets a link/],
  ] as const)(
    'no mandate under policy %s: says what would happen, and requests nothing',
    async (noMandate, why) => {
      world = standardWorld({ noMandate });
      world.debits.mandates.clear();
      expect((await preview(world)).obstacles).toMatchObject([
        { kind: 'no_mandate', why: expect.stringMatching(why) },
      ]);
      expect(world.debits.faults.count('requestMandate')).toBe(0);
    },
  );

  test.each([
    ['failed', 'late_failure', false],
    ['failed', 'not_collected', true],
    ['charged_back', 'chargeback', false],
    ['cancelled', 'not_collected', true],
  ] as const)('a debit that %s is not repeated by itself: %s', async (status, kind, isUnbooked) => {
    await world.see(invoiceChanged);
    for (const each of isUnbooked ? [status] : (['confirmed', status] as const)) {
      world.debits.move('PM1', each);
      await world.see({ kind: 'debit-changed', debitId: 'PM1', action: each });
    }
    expect((await preview(world)).obstacles).toMatchObject([
      { kind, why: expect.stringMatching(/PM1.*repeated by itself/) },
    ]);
  });

  test('the amount changed after the debit was submitted', async () => {
    await world.see(invoiceChanged);
    world.debits.move('PM1', 'submitted');
    world.books.change('1', { amount: { minor: 12_500n, currency: 'GBP' } });
    expect((await preview(world)).obstacles).toMatchObject([{ kind: 'amount_mismatch', subject }]);
  });

  test('disputed while the debit can no longer be stopped', async () => {
    await world.see(invoiceChanged);
    world.debits.move('PM1', 'submitted');
    world.books.change('1', { standing: 'disputed' });
    const { obstacles } = await preview(world);
    expect(obstacles).toMatchObject([
      { kind: 'dispute', why: expect.stringMatching(/can no longer be cancelled/) },
    ]);
  });

  test('sorted by kind, then invoice', async () => {
    world.books.change('1', { standing: 'disputed' });
    world.books.addClient('8', null);
    world.books.addInvoice('4', '8');
    world.books.addInvoice('2', '8');
    const { obstacles } = await preview(world);
    expect(obstacles.map((one) => [one.kind, one.subject.id])).toEqual([
      ['dispute', '1'],
      ['no_mandate', '2'],
      ['no_mandate', '4'],
    ]);
  });
});

describe('what is neither', () => {
  test.each<[string, RegExp, (on: FlowWorld) => unknown]>([
    ['a draft', /draft/, (on) => on.books.change('1', { standing: 'draft' })],
    ['archived', /archived/, (on) => on.books.change('1', { visibility: 'archived' })],
    ['older than go-live', /collectFrom/, (on) => on.books.change('1', { createdDate: '2026-10-31' })],
    ['opted out', /pays by cheque/, (on) => on.store.optOut('client', '7', 'pays by cheque')],
    ['being collected', /already being collected: debit PM1/, (on) => on.see(invoiceChanged)],
    ['paid by a subscription', /linked instead of debited again/, (on) => subscribe(on, 10_000n)],
  ])('%s', async (_name, why, arrange) => {
    await arrange(world);
    expect(await preview(world)).toEqual({
      collections: [],
      obstacles: [],
      left: [{ invoiceId: '1', invoiceNumber: 'INV-1', why: expect.stringMatching(why) }],
    });
  });

  test('a question a person answered is not raised again', async () => {
    world.debits.mandates.clear();
    await world.see(invoiceChanged);
    const [review] = world.store.reviewRows();
    await world.store.answer(review?.id ?? '', { action: 'ignore', note: 'pays cash', by: 'finance' });
    expect(await preview(world)).toMatchObject({
      obstacles: [],
      left: [{ why: expect.stringMatching(/already answered/) }],
    });
  });

  test('a debit that was asked for a moment ago and may still arrive', async () => {
    const lost = new ConnectorError({
      kind: 'outcome-unknown',
      provider: 'gocardless',
      operation: 'createDebit',
      message: 'no answer',
    });
    world.debits.faults.fail('createDebit', 'before', lost, 100);
    world.deliver(invoiceChanged);
    await world.settle();
    expect((await preview(world)).left).toMatchObject([{ why: expect.stringMatching(/being collected/) }]);
    world.books.change('1', { standing: 'draft' });
    expect((await preview(world)).collections).toEqual([]);
  });

  test('one scheduled debit pays one of two like invoices: the other one is asked about or collected as by a run', async () => {
    world.books.addInvoice('2', '7');
    subscribe(world, 10_000n);
    const { left, collections } = await preview(world);
    expect(left).toMatchObject([{ invoiceId: '1', why: expect.stringMatching(/subscription SB1/) }]);
    expect(collections).toMatchObject([{ invoiceId: '2' }]);
  });
});

describe('how it looks', () => {
  test('nothing is changed, and providers are only read', async () => {
    const before = await everything(world);
    const { books, debits } = world;
    await preview(world);
    expect(await everything(world)).toEqual(before);
    const calls = [...books.faults.calls, ...debits.faults.calls];
    expect(calls.length).toBeGreaterThan(3);
    expect(calls.filter((call) => !/^(get|list)/.test(call))).toEqual([]);
  });

  test('what several invoices share is asked for once', async () => {
    for (const id of ['2', '3', '4', '5']) world.books.addInvoice(id, '7');
    await preview(world);
    expect(world.books.faults.count('getClient')).toBe(1);
    expect(world.debits.faults.count('listMandates')).toBe(1);
    expect(world.debits.faults.count('listCustomers')).toBe(1);
  });

  test('progress is told: customers read, invoices looked at', async () => {
    world.books.addInvoice('2', '7');
    const told: PreviewProgress[] = [];
    await previewCollections(world.context(), { pause: noPause, onProgress: (one) => void told.push(one) });
    expect(told).toEqual([
      { kind: 'customers', read: 1 },
      { kind: 'invoices', looked: 1, all: 2 },
      { kind: 'invoices', looked: 2, all: 2 },
    ]);
  });

  test.each([
    ['getClient', 'books'],
    ['listAllOpenInvoices', 'books'],
    ['listCustomers', 'debits'],
    ['listMandates', 'debits'],
  ] as const)('%s: waits as long as the rate limit says, then goes on', async (method, port) => {
    const limited = new ConnectorError({
      kind: 'rate-limited',
      provider: port,
      operation: method,
      message: 'slow down',
      retryAfterMs: 1_234,
    });
    world[port].faults.fail(method, 'before', limited, 2);
    const waits: number[] = [];
    const pause = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
    const { collections } = await previewCollections(world.context(), { pause });
    expect(collections).toEqual([collected]);
    expect(waits).toEqual([1_234, 1_234]);
  });

  test('a provider that always says wait, or cannot be reached, ends it with its own message', async () => {
    const failure = (kind: 'rate-limited' | 'transient') =>
      new ConnectorError({ kind, provider: 'gocardless', operation: 'listMandates', message: `${kind}!` });
    for (const kind of ['rate-limited', 'transient'] as const) {
      const broken = standardWorld();
      broken.debits.faults.fail('listMandates', 'before', failure(kind), Infinity);
      const pause = (): Promise<void> => Promise.resolve();
      await expect(previewCollections(broken.context(), { pause })).rejects.toThrow(`${kind}!`);
    }
  });
});

function subscribe(on: FlowWorld, amountMinor: bigint): void {
  const upcoming = [{ chargeDate: '2026-11-22', amountMinor }];
  on.debits.subscriptions.push({ id: 'SB1', status: 'active', mandateId: 'MD1', currency: 'GBP', upcoming });
}

function instalment(on: FlowWorld): void {
  on.debits.addDebit('PM90', 'MD1', { instalmentScheduleId: 'IS1', chargeDate: '2026-12-20' });
}

async function everything({ store, debits, books }: FlowWorld) {
  return {
    rows: [store.collectionRows(), store.postingRows(), store.reviewRows(), store.eventRows()],
    audit: store.auditEntries(),
    mirror: [await store.mirror.progress('customers'), await store.mirror.customer('CU1')],
    link: await store.clients.linkOf('7'),
    debits: debits.all(),
    payments: [...books.payments],
  };
}
