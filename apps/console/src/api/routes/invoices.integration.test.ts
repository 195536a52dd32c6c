import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type SignedInBrowser, withConsole } from '../../../../../tests/support/console-under-test.ts';

jest.setTimeout(60_000);

const under = withConsole();
const API = '/api/v1';
let finance: SignedInBrowser;

beforeAll(async () => {
  finance = await under.person([{ businessId: 'b1', roles: ['finance'] }]);
});

const prisma = () => under.runtime.database.prisma;
const at = new Date('2026-10-05T09:00:00Z');

afterEach(async () => {
  for (const table of [
    'collections',
    'postings',
    'reviews',
    'opt_outs',
    'inbound_events',
    'payouts',
    'payout_items',
    'invoices',
  ])
    await under.runtime.database.pool.query(`DELETE FROM ${table}`);
});

async function seen(invoiceId: string, facts: Record<string, unknown> = {}): Promise<void> {
  const money = { amountMinor: 10_000n, seenOutstandingMinor: 10_000n, currency: 'GBP' };
  const named = { number: `000000${invoiceId}`, clientId: '7', clientName: 'Northwind' };
  const data = {
    businessId: 'b1',
    invoiceId,
    ...named,
    ...money,
    standing: 'open',
    seenAt: at,
    touchedAt: at,
    ...facts,
  };
  await prisma().invoice.create({ data });
}

async function debit(invoiceId: string, state: string, attempt = 1): Promise<void> {
  const ids = {
    id: `c${invoiceId}${String(attempt)}`,
    idempotencyKey: `k${invoiceId}${String(attempt)}`,
    mandateId: 'MD1',
  };
  const named = {
    invoiceId,
    invoiceNumber: `000000${invoiceId}`,
    clientId: '7',
    paymentId: `PM${invoiceId}${String(attempt)}`,
  };
  const money = { amountMinor: 10_000n, currency: 'GBP' };
  const data = {
    ...ids,
    ...named,
    ...money,
    businessId: 'b1',
    attempt,
    origin: 'ours',
    state,
    createdAt: at,
    updatedAt: at,
  };
  await prisma().collection.create({ data });
}

async function entry(invoiceId: string, kind: string, facts: Record<string, unknown> = {}): Promise<void> {
  const source = { sourceProvider: 'gocardless', sourceId: `PM${invoiceId}1`, cycle: 1 };
  const money = { amountMinor: 10_000n, currency: 'GBP', date: '2026-10-14', note: '' };
  const data = {
    key: `${kind}-${invoiceId}`,
    businessId: 'b1',
    kind,
    invoiceId,
    ...source,
    ...money,
    eventId: '1',
  };
  const calledAt = new Date(at.getTime() + 60_000);
  await prisma().posting.create({
    data: { ...data, state: 'posted', calledAt, createdAt: calledAt, ...facts },
  });
}

async function ask(invoiceId: string, provider = 'freshbooks', subjectType = 'invoice'): Promise<void> {
  const subject = { subjectProvider: provider, subjectType, subjectId: invoiceId };
  const data = {
    id: `r${invoiceId}`,
    businessId: 'b1',
    kind: 'no_mandate',
    ...subject,
    reasons: ['no mandate'],
    candidates: [],
  };
  await prisma().review.create({ data });
}

const stateOf = async (invoiceId: string) =>
  prisma()
    .invoice.findFirstOrThrow({ where: { invoiceId } })
    .then(({ state, outstandingMinor }) => [state, outstandingMinor]);
const list = async (query: string) => {
  const came = await under.ask(`${API}/invoices?${query}`, { browser: finance });
  return (came.json['items'] as { id: string }[]).map(({ id }) => id);
};

describe('what became of an invoice', () => {
  test('follows its debits, entries, questions and opt-outs', async () => {
    await seen('1');
    expect(await stateOf('1')).toEqual(['not-collected', 10_000n]);
    await debit('1', 'submitted');
    expect(await stateOf('1')).toEqual(['collecting', 10_000n]);
    await ask('PM11', 'gocardless', 'payment');
    expect(await stateOf('1')).toEqual(['needs-you', 10_000n]);
    await prisma().review.updateMany({ data: { state: 'resolved' } });
    await prisma().collection.updateMany({ data: { state: 'confirmed' } });
    await entry('1', 'payment');
    expect(await stateOf('1')).toEqual(['paid-gocardless', 0n]);
    await prisma().collection.updateMany({ data: { state: 'charged_back' } });
    await prisma().posting.updateMany({ data: { state: 'reversed' } });
    await entry('1', 'reversal');
    expect(await stateOf('1')).toEqual(['came-back', 10_000n]);
    const optOut = { businessId: 'b1', kind: 'client', id: '7', why: 'by transfer', by: 'mira' };
    await prisma().optOut.create({ data: optOut });
    expect(await stateOf('1')).toEqual(['opted-out', 10_000n]);
    await prisma().optOut.deleteMany();
    expect(await stateOf('1')).toEqual(['came-back', 10_000n]);
  });

  test('is known of one that FreshBooks did not show yet, and what it shows wins', async () => {
    await debit('2', 'paid_out');
    expect(await stateOf('2')).toEqual(['paid-gocardless', null]);
    await prisma().invoice.updateMany({
      data: { seenAt: at, seenOutstandingMinor: 500n, amountMinor: 10_000n },
    });
    expect(await stateOf('2')).toEqual(['collecting', 500n]);
  });
});

describe('invoices', () => {
  test('are found by state, client, day and part of a name or payment, and not those of others', async () => {
    await seen('1', { due: '2026-10-14' });
    await seen('2', { due: '2026-10-15', clientId: '8', clientName: 'Zoë & Sons' });
    await seen('3', { businessId: 'b2' });
    await debit('1', 'submitted');
    expect(await list('')).toEqual(['2', '1']);
    expect(await list('state=collecting&state=came-back')).toEqual(['1']);
    expect(await list('client=8')).toEqual(['2']);
    expect(await list('dueFrom=2026-10-14&dueTo=2026-10-15')).toEqual(['1']);
    expect(await list('text=ZO%C3%8B')).toEqual(['2']);
    expect(await list('text=pm11')).toEqual(['1']);
    expect(await list('text=_')).toEqual([]);
  });

  test('tell their story: what was told, decided and done, whoever did it', async () => {
    await seen('1');
    await debit('1', 'confirmed');
    await entry('1', 'payment');
    const told = { businessId: 'b1', connectionId: 'c', payload: '', state: 'done', receivedAt: at };
    await prisma().inboundEvent.createMany({
      data: [
        {
          ...told,
          provider: 'gocardless',
          type: 'payments.confirmed',
          externalEventId: 'EV1',
          resourceId: 'PM11',
          correlationId: 'x1',
        },
        {
          ...told,
          provider: 'freshbooks',
          type: 'client.update',
          externalEventId: 'EV2',
          resourceId: '1',
          correlationId: 'x2',
        },
      ],
    });
    await prisma().payout.create({
      data: {
        businessId: 'b1',
        id: 'PO1',
        currency: 'GBP',
        netMinor: 1n,
        deductedFeesMinor: 0n,
        status: 'paid',
        arrivalDate: '2026-10-20',
        payoutType: 'merchant',
        createdAt: 'x',
      },
    });
    const item = {
      businessId: 'b1',
      payoutId: 'PO1',
      position: 0,
      type: 'payment_paid_out',
      amountTenths: 1n,
      taxTenths: 0n,
    };
    await prisma().payoutItem.create({ data: { ...item, paymentId: 'PM11' } });
    const body = { note: 'pays by transfer' };
    const optOut = await under.ask(`${API}/invoices/1/opt-out`, { method: 'PUT', browser: finance, body });
    expect(optOut.json).toMatchObject({ id: '1', clientName: 'Northwind' });
    const came = await under.ask(`${API}/invoices/1/timeline`, { browser: finance });
    const items = came.json['items'] as { kind: string; sentence: string; why: string[] }[];
    expect(items.map(({ kind, sentence }) => `${kind}: ${sentence}`)).toEqual(
      expect.arrayContaining([
        'audit: Collecting switched off',
        'payout: Paid out with PO1',
        'event: Told by gocardless: payments.confirmed',
      ]),
    );
    expect(items).toHaveLength(3);
    expect(items.find(({ kind }) => kind === 'audit')).toMatchObject({
      actor: 'p1@a.test',
      why: ['pays by transfer'],
    });
    const details = await under.ask(`${API}/invoices/1`, { browser: finance });
    expect(details.json).toMatchObject({
      collections: [{ paymentId: 'PM11', state: 'confirmed' }],
      postings: [{ kind: 'payment', amountMinor: 10_000 }],
      reviews: [],
    });
  });

  test('are let go for another debit only where that is a question', async () => {
    await seen('1');
    const collect = () =>
      under.ask(`${API}/invoices/1/collect`, { method: 'POST', browser: finance, body: { note: 'agreed' } });
    const refused = await collect();
    expect([refused.status, refused.json['detail']]).toEqual([422, 'invoice 1 was never debited']);
    await debit('1', 'failed');
    expect((await collect()).status).toBe(200);
    expect(await prisma().collection.findFirst()).toMatchObject({ endedBy: 'us' });
    const optIn = await under.ask(`${API}/invoices/1/opt-out`, { method: 'DELETE', browser: finance });
    expect([optIn.status, optIn.json['code']]).toEqual([422, 'refused']);
    expect((await under.ask(`${API}/invoices/99`, { browser: finance })).json['code']).toBe('not-found');
  });
});

test('debits, entries and payouts are lists of their own', async () => {
  await debit('1', 'submitted');
  await entry('1', 'payment', { date: '2026-10-31' });
  const items = async (path: string) => {
    const came = await under.ask(API + path, { browser: finance });
    return came.json['items'] as Record<string, unknown>[];
  };
  expect(await items('/collections?state=submitted&text=pm1')).toMatchObject([
    { invoiceNumber: '0000001', amountMinor: 10_000 },
  ]);
  expect(await items('/collections?month=2026-11')).toEqual([]);
  expect(await items('/postings?month=2026-10&kind=payment')).toMatchObject([{ key: 'payment-1' }]);
  expect(await items('/postings?from=2026-11-01')).toEqual([]);
  const payout = {
    id: 'PO1',
    currency: 'GBP',
    netMinor: 9_900n,
    deductedFeesMinor: 100n,
    status: 'paid',
    payoutType: 'merchant',
  };
  await prisma().payout.create({
    data: { businessId: 'b1', ...payout, arrivalDate: '2026-10-20', createdAt: '2026-10-19' },
  });
  expect(await items('/payouts?month=2026-10')).toMatchObject([
    { payoutId: 'PO1', netMinor: 9_900, grossMinor: 10_000 },
  ]);
  expect(await items('/payouts/PO1/items')).toEqual([]);
  expect((await under.ask(`${API}/payouts/PO9/items`, { browser: finance })).status).toBe(404);
});
