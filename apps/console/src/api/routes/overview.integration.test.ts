import { afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { addDays, dateIn } from '@mlc/core';
import { type SignedInBrowser, withConsole } from '../../../../../tests/support/console-under-test.ts';

jest.setTimeout(60_000);

const under = withConsole();
const API = '/api/v1';
let viewer: SignedInBrowser;
let today: string;

beforeAll(async () => {
  viewer = await under.person([{ businessId: 'b1', roles: ['viewer'] }]);
  today = dateIn('Europe/London', under.runtime.clock.now());
});

const prisma = () => under.runtime.database.prisma;

afterEach(async () => {
  for (const table of [
    'collections',
    'payouts',
    'payout_items',
    'expected_arrivals',
    'reviews',
    'dead_letters',
    'connections',
    'polled_connections',
  ])
    await under.runtime.database.pool.query(`DELETE FROM ${table}`);
});

async function debit(id: string, facts: Record<string, unknown> = {}): Promise<void> {
  const ids = {
    id,
    invoiceId: id,
    invoiceNumber: id,
    clientId: '7',
    idempotencyKey: id,
    mandateId: 'MD1',
    paymentId: `PM${id}`,
  };
  const rest = {
    businessId: 'b1',
    attempt: 1,
    origin: 'ours',
    state: 'submitted',
    amountMinor: 1_000n,
    currency: 'GBP',
  };
  await prisma().collection.create({ data: { ...ids, ...rest, chargeDate: addDays(today, 1), ...facts } });
}

const overview = async () => (await under.ask(`${API}/overview`, { browser: viewer })).json;
const verdicts = async () =>
  ((await overview())['blocks'] as { currency: string; verdict: { kind: string; sentence: string } }[]).map(
    ({ currency, verdict }) => [currency, verdict.kind, verdict.sentence],
  );

test('the overview is right until something is open, and says when it cannot know', async () => {
  await debit('1');
  await debit('2', { state: 'confirmed', currency: 'EUR' });
  const right = 'Everything that arrived is in the books.';
  expect(await verdicts()).toEqual([
    ['EUR', 'right', right],
    ['GBP', 'right', right],
  ]);
  const subject = { subjectProvider: 'gocardless', subjectType: 'payment', subjectId: 'PM9' };
  const money = { amountMinor: 45_100n, currency: 'GBP', reasons: [], candidates: [] };
  await prisma().review.create({
    data: { id: 'r1', businessId: 'b1', kind: 'unmatched_payment', ...subject, ...money },
  });
  const why = 'GBP 451.00 are not explained: 1 open question about money.';
  expect(await verdicts()).toEqual([
    ['EUR', 'right', right],
    ['GBP', 'unexplained', why],
  ]);
  const connection = {
    id: 'c1',
    businessId: 'b1',
    provider: 'gocardless',
    environment: 'sandbox',
    settings: {},
  };
  await prisma().connection.create({ data: connection });
  const lastRunAt = new Date('2026-01-05T09:10:00Z');
  await prisma().polledConnection.create({ data: { connectionId: 'c1', lastRunAt } });
  expect((await verdicts())[0]).toEqual([
    'EUR',
    'unknown',
    'Cannot be known now: GoCardless was not asked since 2026-01-05T09:10:00.000Z.',
  ]);
  const whole = await overview();
  expect(whole).toMatchObject({
    counts: { reviewsOpen: 1, deadLetters: 0, parked: 0 },
    isNew: true,
    lastClosedMonth: null,
  });
  expect((whole['blocks'] as unknown[])[1]).toMatchObject({
    inFlight: [{ state: 'submitted', amountMinor: 1_000, count: 1 }],
    questions: [{ kind: 'unmatched_payment', amountMinor: 45_100, count: 1 }],
    next: [{ currency: 'GBP', expectedMinor: 1_000, debits: 1 }],
  });
});

test('cash flow sums what was expected and what arrived by day, and how well it was foreseen', async () => {
  await debit('1');
  await debit('2', { state: 'paid_out' });
  const on = addDays(today, -3);
  const expected = {
    businessId: 'b1',
    provider: 'gocardless',
    paymentId: 'PM2',
    amountMinor: 1_000n,
    currency: 'GBP',
  };
  await prisma().expectedArrival.create({ data: { ...expected, expectedDate: addDays(on, -1) } });
  const payout = {
    businessId: 'b1',
    id: 'PO1',
    currency: 'GBP',
    netMinor: 980n,
    deductedFeesMinor: 20n,
    status: 'paid',
  };
  await prisma().payout.create({
    data: { ...payout, arrivalDate: on, payoutType: 'merchant', createdAt: 'x' },
  });
  const item = {
    businessId: 'b1',
    payoutId: 'PO1',
    position: 0,
    type: 'payment_paid_out',
    amountTenths: 10_000n,
    taxTenths: 0n,
  };
  await prisma().payoutItem.create({ data: { ...item, paymentId: 'PM2' } });
  const came = await under.ask(`${API}/cash-flow?currency=GBP`, { browser: viewer });
  expect(came.json['days']).toEqual([
    { date: addDays(on, -1), currency: 'GBP', expectedMinor: 1_000, arrivedMinor: 0, debits: 1, arrivals: 0 },
    { date: on, currency: 'GBP', expectedMinor: 0, arrivedMinor: 980, debits: 0, arrivals: 1 },
    {
      date: expect.any(String),
      currency: 'GBP',
      expectedMinor: 1_000,
      arrivedMinor: 0,
      debits: 1,
      arrivals: 0,
    },
  ]);
  expect(came.json['accuracy']).toMatchObject([
    { arrived: 1, onTime: 0, late: 1, withinTwoDays: 1, daysLateMax: 1 },
  ]);
  const none = await under.ask(`${API}/cash-flow?currency=EUR`, { browser: viewer });
  expect(none.json['days']).toEqual([]);
  const wrong = await under.ask(`${API}/cash-flow?from=2026-02-01&to=2026-01-01`, { browser: viewer });
  expect([wrong.status, wrong.json['code']]).toEqual([400, 'invalid']);
});

test('a search finds what is called so, the exact first, and nothing of other businesses', async () => {
  await debit('4242');
  await debit('42', { businessId: 'b2' });
  const hits = async (q: string) => {
    const came = await under.ask(`${API}/search?q=${q}`, { browser: viewer });
    return (came.json['items'] as { kind: string; id: string }[]).map(({ kind, id }) => `${kind} ${id}`);
  };
  expect(await hits('242')).toEqual(['invoice 4242']);
  expect(await hits('PM4242')).toEqual(['payment PM4242', 'invoice 4242']);
  expect(await hits('%25')).toEqual([]);
  expect(await hits('PM42')).toEqual(['invoice 4242']);
});
