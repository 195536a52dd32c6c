import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mirrorOf, REPORT_FORMATS, type ReportFormat, type ReportSummary } from '@mlc/core';
import { createTestDatabase, inTransactions, type TestDatabase } from '@mlc/testkit';
import { anEntry, type Fact, MONTH_ENTRIES, MONTH_FACTS } from '@mlc/testkit/a-month';
import { buildProgram, runProgram } from '@mlc/testkit/source-program';
import { aCollection, anIntent, testClock } from '@mlc/testkit/suites/store/subject';
import { type Database, openDatabase } from '../postgres/database.ts';
import { storeFor } from '../store/store.ts';
import { printReport } from './report.ts';
import type { ReportQuestion } from './question.ts';

const ORDERS = 15;
let testDatabase: TestDatabase;
let database: Database;
const clock = testClock();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, 4);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

// Keys of postings are unique over all businesses, so the same facts are told on an empty table.
beforeEach(() => database.pool.query('TRUNCATE postings'));

function october(id: string, changes: Partial<ReportQuestion> = {}): ReportQuestion {
  return { business: { id, slug: 'acme' }, month: '2026-10', proofs: [], ...changes };
}

async function printed(question: ReportQuestion, format: ReportFormat): Promise<string> {
  let text = '';
  await printReport(database, question, format, (piece) => {
    text += piece;
    return Promise.resolve();
  });
  return text;
}

type Json = ReportSummary & {
  readonly report: { readonly invoices: readonly unknown[]; readonly postings: readonly unknown[] };
};

async function reported(question: ReportQuestion): Promise<Json> {
  return JSON.parse(await printed(question, 'json')) as Json;
}

async function told(facts: readonly Fact[] = MONTH_FACTS): Promise<string> {
  const businessId = randomUUID();
  const store = storeFor(database, businessId, { clock });
  await store.transaction(async (tx) => {
    for (const fact of facts) await fact(tx);
  });
  return businessId;
}

/** The same shuffles on every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** All facts in any order, some of them several times. */
function shuffled(seed: number): readonly Fact[] {
  const random = randomFrom(seed);
  const again = MONTH_FACTS.filter(() => random() < 0.3);
  return [...MONTH_FACTS, ...again]
    .map((fact) => ({ fact, place: random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ fact }) => fact);
}

test('clearing accounts: every kind of entry in its column, and closing is their sum', async () => {
  const { report } = await reported(october(await told()));
  const unproven = { providerInFlightMinor: null, differenceMinor: null };
  const differences = (id: string) => [
    { id, amountMinor: null, why: "the provider's own records were not asked for" },
  ];
  expect(report.currencies).toEqual([
    {
      currency: 'EUR',
      clearing: [
        { provider: 'gocardless', openingMinor: 0, collectedMinor: 3333, reversedMinor: 0, refundedMinor: 0,
          feesMinor: 0, paidOutMinor: 3333, otherMinor: 0, closingMinor: 0, ...unproven,
          differences: differences('gocardless') },
      ],
    },
    {
      currency: 'GBP',
      clearing: [
        { provider: 'gocardless', openingMinor: 6111, collectedMinor: 20700, reversedMinor: 8000, refundedMinor: 0,
          feesMinor: 200, paidOutMinor: 0, otherMinor: 500, closingMinor: 19111, ...unproven,
          differences: differences('gocardless') },
        { provider: 'paypal', openingMinor: 0, collectedMinor: 4000, reversedMinor: 0, refundedMinor: 1000,
          feesMinor: 150, paidOutMinor: 2000, otherMinor: -300, closingMinor: 550, ...unproven,
          differences: differences('paypal') },
      ],
    },
    {
      currency: 'JPY',
      clearing: [
        { provider: 'paypal', openingMinor: 0, collectedMinor: 12345, reversedMinor: 0, refundedMinor: 0, feesMinor: 0,
          paidOutMinor: 0, otherMinor: 0, closingMinor: 12345, ...unproven, differences: differences('paypal') },
      ],
    },
  ]); // prettier-ignore
  const november = await reported(october(await toldAgain(), { month: '2026-11' }));
  expect(november.report.currencies[1]?.clearing[0]).toMatchObject({
    openingMinor: 19111,
    collectedMinor: 9900,
    // The opening balance's payment was booked after October was closed: taken back, a movement of November.
    otherMinor: -5000,
    closingMinor: 24011,
  });
});

async function toldAgain(): Promise<string> {
  await database.pool.query('TRUNCATE postings');
  return told();
}

test('invoices with all their amounts, postings with both dates, reviews without ids of ours', async () => {
  const businessId = await told();
  const { collections } = inTransactions(storeFor(database, businessId, { clock }));
  await collections.insert(aCollection({ invoiceId: '102', invoiceNumber: 'OLD-2' }));
  await collections.insert(aCollection({ invoiceId: '102', invoiceNumber: 'INV-2', attempt: 2 }));
  const { report } = await reported(october(businessId));
  const nothing = {
    collectedMinor: 0,
    reversedMinor: 0,
    refundedMinor: 0,
    invoiceNumber: null,
    currency: 'GBP',
  };
  expect(report.invoices).toEqual([
    { ...nothing, invoiceId: '101', collectedMinor: 12000, postings: ['k1'] },
    { ...nothing, invoiceId: '102', invoiceNumber: 'INV-2', collectedMinor: 8000, reversedMinor: 8000, postings: ['k2', 'r2'] },
    { ...nothing, invoiceId: '103', currency: 'EUR', collectedMinor: 3333, postings: ['k-eur'] },
    { ...nothing, invoiceId: '104', invoiceNumber: 'INV-104', currency: 'JPY', collectedMinor: 12345, postings: ['k-jpy'] },
    { ...nothing, invoiceId: '105', invoiceNumber: 'INV-105', collectedMinor: 4000, refundedMinor: 1000, postings: ['k-cap'] },
    { ...nothing, invoiceId: '9', collectedMinor: 700, postings: ['k3'] },
  ]); // prettier-ignore
  expect(report.postings.map((posting) => (posting as { key: string }).key)).toEqual(
    ['k1', 'k2', 'k-eur', 'k-jpy', 'k-cap', 'k3', 'r2'], // prettier-ignore
  );
  expect(report.postings[5]).toEqual({
    key: 'k3',
    kind: 'payment',
    invoiceId: '9',
    source: { provider: 'gocardless', id: 'PM3' },
    amountMinor: 700,
    currency: 'GBP',
    date: '2026-10-12',
    originalDate: '2026-09-28',
    state: 'posted',
  });
  expect(report.openReviews.map(({ kind }) => kind)).toEqual(['no_mandate', 'payout_unexplained', 'refund']);
  expect(Object.keys(report.openReviews[0] ?? {})).toEqual(
    ['kind', 'subject', 'amountMinor', 'currency'], // prettier-ignore
  );
});

test('an invoice that was never debited has the number of its newest entry, whatever order they came in', async () => {
  const entries = [
    { date: '2026-09-30', invoiceNumber: 'OLD-1' },
    { date: '2026-10-02', invoiceNumber: 'INV-1' },
    { date: '2026-10-02', invoiceNumber: 'INV-1b' },
    { date: '2026-10-03', invoiceNumber: null },
  ].map((facts, place) => {
    const source = { provider: 'gocardless', id: `PM-${place}` };
    return anIntent({ ...facts, source, key: `n${place}`, invoiceId: '301', kind: 'payment' });
  });
  for (const told of [entries, entries.toReversed()]) {
    await database.pool.query('TRUNCATE postings');
    const businessId = randomUUID();
    const { collections, postings } = inTransactions(storeFor(database, businessId, { clock }));
    for (const entry of told) await postings.insertIntent(entry);
    for (const [invoiceId, invoiceNumber] of [
      ['302', null],
      ['303', 'AS-BOOKED'],
    ] as const) {
      // prettier-ignore
      const source = { provider: 'gocardless', id: `PM${invoiceId}` };
      await postings.insertIntent(anIntent({ invoiceId, date: '2026-10-03', invoiceNumber, source }));
    }
    await collections.insert(aCollection({ invoiceId: '303', invoiceNumber: 'AS-DEBITED' }));
    const { report } = await reported(october(businessId));
    expect(report.invoices).toMatchObject([
      { invoiceId: '301', invoiceNumber: 'INV-1b' },
      { invoiceId: '302', invoiceNumber: null },
      { invoiceId: '303', invoiceNumber: 'AS-DEBITED' },
    ]);
  }
});

test('a journal entry and its mirror have the days of the payout and of its return', async () => {
  const ofPayout = { provider: 'gocardless', id: 'PO7' };
  const source = { ...ofPayout, type: 'payout' };
  const moved = { source, payoutId: 'PO7', minor: 99_00n, date: '2026-10-01' };
  const intent = { invoiceId: null, source: ofPayout, date: '2026-10-01' };
  const businessId = await told([
    ({ ledger }) =>
      ledger.record([
        anEntry({ ...moved, key: 'payout:gocardless:PO7', kind: 'payout', factDate: '2026-09-29' }),
        anEntry({
          ...moved,
          key: 'payout-return:gocardless:PO7',
          kind: 'payout-return',
          factDate: '2026-09-30',
        }),
      ]),
    async ({ postings }) => {
      await postings.insertIntent(anIntent({ ...intent, key: 'j1', kind: 'journal' }));
      await postings.insertIntent(anIntent({ ...intent, key: 'j1-r', kind: 'reversal', reversesKey: 'j1' }));
    },
  ]);
  const { report } = await reported(october(businessId));
  expect(report.postings).toMatchObject([
    { key: 'j1', kind: 'journal', originalDate: '2026-09-29' },
    { key: 'j1-r', kind: 'reversal', originalDate: '2026-09-30' },
  ]);
});

test('keys are in the order of the contract', async () => {
  const text = await printed(october(await told()), 'json');
  expect(text).toMatch(
    /^\{"report":\{"business":"acme","month":"2026-10","currencies":\[\{"currency":"EUR","clearing":\[/,
  );
  const row =
    '"provider","openingMinor","collectedMinor","reversedMinor","refundedMinor","feesMinor","paidOutMinor","otherMinor","closingMinor","providerInFlightMinor","differenceMinor","differences"';
  const { report } = JSON.parse(text) as Json;
  expect(JSON.stringify(Object.keys(report.currencies[0]?.clearing[0] ?? {}))).toBe(`[${row}]`);
  expect(Object.keys(report)).toEqual(
    ['business', 'month', 'currencies', 'invoices', 'postings', 'openReviews', 'completeness'], // prettier-ignore
  );
  expect(Object.keys(report.completeness)).toEqual(['seen', 'done', 'skipped', 'parked', 'dead', 'inReview']);
});

test.each([
  ['json', /^\{"report":(.*),"sha256":"([0-9a-f]{64})"\}\n$/s],
  ['csv', /^(.*\n)# sha256:([0-9a-f]{64})\n$/s],
  ['hledger', /^(.*\n); sha256:([0-9a-f]{64})\n$/s],
] as const)('%s ends with the hash of its own bytes', async (format, shape) => {
  const [, content = '', sha256] = shape.exec(await printed(october(await told()), format)) ?? [];
  expect(createHash('sha256').update(content, 'utf8').digest('hex')).toBe(sha256);
});

test('an entry and its mirror leave no trace; texts cannot break a line', async () => {
  const businessId = await told();
  const [csv, journal] = [
    await printed(october(businessId), 'csv'),
    await printed(october(businessId), 'hledger'),
  ];
  for (const text of [csv, journal]) {
    expect(text).not.toContain('PO1:2');
    expect(text).not.toContain('mirror');
  }
  expect(csv).toContain(',"T1; ""quoted"", (odd)",');
  expect(journal).toContain('2026-10-09 * (movement) paypal transaction T1 "quoted" odd\n');
  expect(journal).toContain('source:PM3, invoice:9, posting:k3, original:2026-09-28\n');
});

test('an account that only an entry and its mirror touched is not declared: order decides whether they were ever made', async () => {
  const collected = anEntry({ key: 'collection:k1', kind: 'collection', date: '2026-10-05', minor: 120_00n });
  const aside = anEntry({
    key: 'unallocated:PO1:0',
    kind: 'unallocated',
    date: '2026-10-12',
    minor: 120_00n,
  });
  const back = mirrorOf(aside, { eventId: null, why: 'it stands on an invoice' });
  const plain = await told([(store) => store.ledger.record([collected])]);
  const aroundIt = await told([(store) => store.ledger.record([aside, collected, back])]);
  expect(await printed(october(aroundIt), 'hledger')).toBe(await printed(october(plain), 'hledger'));
});

test(`the same facts in ${String(ORDERS)} orders, some told twice, are the same bytes`, async () => {
  const first = new Map<ReportFormat, string>();
  for (let seed = 1; seed <= ORDERS; seed += 1) {
    await database.pool.query('TRUNCATE postings');
    const businessId = await told(shuffled(seed));
    for (const format of REPORT_FORMATS) {
      const text = await printed(october(businessId), format);
      expect(text).toBe(first.get(format) ?? text);
      first.set(format, text);
    }
  }
  expect([...first.keys()]).toEqual([...REPORT_FORMATS]);
}, 180_000);

test('another machine, time zone and language: the same bytes', async () => {
  const businessId = await told();
  const here = await Promise.all(REPORT_FORMATS.map((format) => printed(october(businessId), format)));
  const program = await buildProgram(
    `import { createHash } from 'node:crypto';
     import { openDatabase } from '../postgres/database.ts';
     import { printReport } from './report.ts';
     const [url, id] = process.argv.slice(2);
     const database = openDatabase(url, 1);
     const question = { business: { id, slug: 'acme' }, month: '2026-10', proofs: [] };
     const hashes = [];
     for (const format of ['json', 'csv', 'hledger']) {
       const hash = createHash('sha256');
       await printReport(database, question, format, async (piece) => void hash.update(piece, 'utf8'));
       hashes.push(hash.digest('hex'));
     }
     await database.close();
     console.log('hashes ' + hashes.join(' '));`,
    import.meta.dirname,
  );
  const elsewhere = [
    { TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    { TZ: 'America/Los_Angeles', LANG: 'C', LC_ALL: 'C' },
  ].map((env) => runProgram(program, [testDatabase.url, businessId], env));
  const expected = here.map((text) => createHash('sha256').update(text, 'utf8').digest('hex')).join(' ');
  for (const run of elsewhere) {
    expect(await run.line('hashes ')).toBe(`hashes ${expected}`);
    expect(await run.ended).toBe(0);
  }
});

describe('completeness', () => {
  const rows = [
    ['gocardless', 'payments.confirmed', 'PM1', 'done', 'payment-to-freshbooks'],
    ['gocardless', 'payments.confirmed', 'PM9', 'done', 'payment-to-freshbooks'],
    ['gocardless', 'payments.created', 'PM9', 'skipped', 'payment-to-freshbooks'],
    ['gocardless', 'payments.failed', 'PM9', 'dead', 'payment-to-freshbooks'],
    ['gocardless', 'creditors.updated', 'CR1', 'skipped', null],
    ['gocardless', 'payments.submitted', 'PM2', 'skipped', 'payment-to-freshbooks'],
    ['freshbooks', 'invoice.create', '7', 'parked', 'invoice-to-mandate'],
    ['freshbooks', 'invoice.update', '7', 'stored', 'invoice-to-mandate'],
    ['freshbooks', 'invoice.update', '8', 'queued', 'invoice-to-mandate'],
    ['freshbooks', 'payment.create', '5', 'done', 'invoice-to-mandate'],
    ['freshbooks', 'invoice.create', '5', 'done', 'invoice-to-mandate'],
    ['paypal', 'unreadable', '', 'done', null],
  ] as const;

  test('every event counts once, where it stands', async () => {
    const businessId = await told();
    const store = storeFor(database, businessId, { clock });
    const question = {
      kind: 'no_mandate',
      amount: null,
      reasons: [],
      candidates: [],
      eventId: null,
    } as const;
    await store.transaction((tx) =>
      tx.reviews.open({ ...question, subject: { provider: 'freshbooks', type: 'invoice', id: '5' } }),
    );
    await store.transaction((tx) =>
      tx.reviews.open({
        ...question,
        kind: 'unreadable_event',
        subject: { provider: 'paypal', type: 'event', id: 'EV11' },
      }),
    );
    await database.prisma.inboundEvent.createMany({
      data: rows.map(([provider, type, resourceId, state, flow], index) => ({
        businessId,
        connectionId: businessId,
        provider,
        type,
        resourceId,
        state,
        flow,
        payload: '',
        correlationId: '',
        externalEventId: `EV${String(index)}`,
      })),
    });
    const { report } = await reported(october(businessId));
    expect(report.completeness).toEqual({ seen: 12, done: 3, skipped: 1, parked: 3, dead: 1, inReview: 4 });
  });
});

describe('the proof', () => {
  const proofs = [
    {
      provider: 'gocardless', currency: 'GBP', inFlightMinor: 201_11n, why: null,
      holdings: [
        { id: 'PM1', amountMinor: 0n }, { id: 'PM-SEP', amountMinor: 11_11n }, { id: 'PO1', amountMinor: 180_00n },
        { id: 'PM-LOST', amountMinor: 10_00n },
      ],
    },
    { provider: 'gocardless', currency: 'EUR', inFlightMinor: 0n, why: null, holdings: [] },
    { provider: 'paypal', currency: null, inFlightMinor: null, why: 'PayPal does not let us search', holdings: [] },
  ]; // prettier-ignore

  async function withItems(): Promise<string> {
    const businessId = await told();
    const item = { businessId, payoutId: 'PO1', taxTenths: 0n, refundId: null, mandateId: null };
    await database.prisma.payoutItem.createMany({
      data: [
        { ...item, position: 0, type: 'payment_paid_out', amountTenths: 1200_0_0n, paymentId: 'PM1' },
        { ...item, position: 1, type: 'payment_paid_out', amountTenths: 500_0_0n, paymentId: 'PM0' },
        { ...item, position: 2, type: 'payment_paid_out', amountTenths: 70_0_0n, paymentId: 'PM3' },
        { ...item, position: 3, type: 'payment_paid_out', amountTenths: 50_0_0n, paymentId: 'PM-FOREIGN' },
        { ...item, position: 4, type: 'gocardless_fee', amountTenths: -20_0_0n, paymentId: null },
      ],
    });
    return businessId;
  }

  test('payouts are spread over their items; what differs is listed by id and adds up', async () => {
    const { report } = await reported(october(await withItems(), { proofs }));
    const [euro, pound, yen] = report.currencies;
    expect(euro?.clearing[0]).toMatchObject({ providerInFlightMinor: 0, differenceMinor: 0 });
    expect(pound?.clearing[0]).toMatchObject({
      closingMinor: 191_11,
      providerInFlightMinor: 201_11,
      differenceMinor: -10_00,
      differences: [
        { id: 'PM-LOST', amountMinor: -10_00, why: 'gocardless holds GBP 10.00 of it, the ledger nothing' },
      ],
    });
    const why = 'PayPal does not let us search';
    expect(yen?.clearing[0]?.differences).toEqual([{ id: 'paypal', amountMinor: null, why }]);
  });

  test('a proof alone makes a row, and one that fits has no list', async () => {
    const proof = { provider: 'gocardless', currency: 'SEK', inFlightMinor: 0n, why: null, holdings: [] };
    const { report } = await reported(october(await told([]), { proofs: [proof] }));
    const [row] = report.currencies[0]?.clearing ?? [];
    expect(row).toMatchObject({ closingMinor: 0, providerInFlightMinor: 0, differenceMinor: 0 });
    expect(row).not.toHaveProperty('differences');
  });

  test('fees and refunds at PayPal stand under their own ids', async () => {
    const businessId = await told();
    const { ledger } = inTransactions(storeFor(database, businessId, { clock }));
    const back = anEntry({ key: 'fee:paypal:REF1', kind: 'fee', date: '2026-10-08', minor: 30n });
    await ledger.record([
      {
        ...back,
        provider: 'paypal',
        source: { provider: 'paypal', type: 'refund', id: 'REF1' },
        debit: 'assets:clearing:paypal',
        credit: 'expenses:fees:paypal',
      },
    ]);
    const holdings = [
      { id: 'CAP1', amountMinor: 38_50n },
      { id: 'REF1', amountMinor: -9_70n },
      { id: 'T2', amountMinor: -20_00n },
      { id: 'T1; "quoted", (odd)', amountMinor: -3_00n },
    ];
    const proof = { provider: 'paypal', currency: 'GBP', inFlightMinor: 5_80n, why: null, holdings };
    const { report } = await reported(october(businessId, { proofs: [proof] }));
    const row = report.currencies[1]?.clearing[1];
    expect(row).toMatchObject({ closingMinor: 580, differenceMinor: 0 });
    expect(row).not.toHaveProperty('differences');
  });
});

test('an empty month is a report too', async () => {
  const { report } = await reported(october(await told([])));
  expect(report).toMatchObject({ currencies: [], invoices: [], postings: [], openReviews: [] });
  expect(MONTH_ENTRIES.length).toBeGreaterThan(20);
});
