import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { REPORT_FORMATS, type ReportFormat, type Store } from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { anEntry, MONTH_FACTS } from '@mlc/testkit/a-month';
import { anIntent, testClock } from '@mlc/testkit/suites/store/subject';
import { verifyAudit } from '../audit/verify.ts';
import { closePeriod, type Closing, closingNotices } from './close-period.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { printReport } from './report.ts';
import { isClosed, listClosed, reopenPeriod } from './reopen-period.ts';
import { storeFor } from '../store/store.ts';
import { listAudit } from '../views/audit.ts';

let testDatabase: TestDatabase;
let database: Database;
let closing: Closing;
let store: Store;
const clock = testClock();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, 4);
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

beforeEach(async () => {
  await database.pool.query('TRUNCATE postings');
  const id = randomUUID();
  await database.prisma.business.create({
    data: { id, slug: id, displayName: id, timezone: 'Pacific/Auckland', policy: {} },
  });
  store = storeFor(database, id, { clock });
  await store.transaction(async (tx) => {
    for (const fact of MONTH_FACTS) await fact(tx);
  });
  closing = { business: { id, slug: id }, month: '2026-10', proofs: [], by: 'mira' };
});

async function printed(format: ReportFormat): Promise<string> {
  let text = '';
  await printReport(database, closing, format, (piece) => {
    text += piece;
    return Promise.resolve();
  });
  return text;
}

function printedAll(): Promise<string[]> {
  return Promise.all(REPORT_FORMATS.map(printed));
}

async function audited(action: string) {
  const found = [];
  for await (const entry of listAudit(database, { businessId: closing.business.id }))
    if (entry.action === action) found.push(entry);
  return found;
}

const LATE = anEntry({
  key: 'collection:late',
  kind: 'collection',
  date: '2026-10-30',
  minor: 10_00n,
  source: { provider: 'gocardless', type: 'payment', id: 'PM-LATE' },
});

describe('closing', () => {
  test('keeps what the report says then, word for word, with its hash and an audit entry', async () => {
    const before = await printedAll();
    const closed = await closePeriod(database, clock, closing);
    expect(closed).toEqual({
      business: closing.business.slug,
      month: '2026-10',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      closedBy: 'mira',
      closedAt: clock.now().toISOString(),
    });
    expect(before[0]).toContain(`,"sha256":"${closed.sha256}"}`);
    expect(await printedAll()).toEqual(before);
    expect(await audited('period.closed')).toMatchObject([
      {
        actor: 'mira',
        subject: { provider: 'mlc', type: 'period', id: '2026-10' },
        details: { sha256: closed.sha256 },
      },
    ]);
    expect(await verifyAudit(database, closing.business.id)).toMatchObject({ ok: true });
  });

  test('later facts go into the first open month with their own date; the closed report stays as it is', async () => {
    await closePeriod(database, clock, closing);
    const before = await printedAll();
    await store.transaction((tx) => tx.ledger.record([LATE]));
    await store.transaction((tx) =>
      tx.reviews.settle(['refund'], { provider: 'gocardless', type: 'payment', id: 'PM-Ω' }, 'gone'),
    );
    expect(await store.ledger.ofSource(LATE.source)).toMatchObject([
      { date: '2026-11-01', factDate: '2026-10-30' },
    ]);
    expect(await printedAll()).toEqual(before);
    closing = { ...closing, month: '2026-11' };
    expect(await printed('hledger')).toContain(
      '2026-11-01 * (collection) gocardless payment PM-LATE\n    ; provider:gocardless, source:PM-LATE, original:2026-10-30\n',
    );
    await closePeriod(database, clock, closing);
    await store.transaction((tx) => tx.ledger.record([{ ...LATE, key: 'collection:later' }]));
    expect((await store.ledger.ofSource(LATE.source))[1]).toMatchObject({ date: '2026-12-01' });
  });

  test('is refused a second time, and while an entry is on its way to FreshBooks', async () => {
    await store.transaction((tx) =>
      tx.postings.insertIntent(
        anIntent({ key: 'k-open', date: '2026-10-31', source: { provider: 'gocardless', id: 'PM-OPEN' } }),
      ),
    );
    await expect(closePeriod(database, clock, closing)).rejects.toThrow(
      /2026-10 of .* cannot be closed: 1 posting\(s\) dated in it are on their way to FreshBooks: k-open \(gocardless PM-OPEN\)/,
    );
    expect(await isClosed(database, closing.business.id, '2026-10')).toBe(false);
    await store.transaction((tx) => tx.postings.update('k-open', { state: 'posted', externalId: '1' }));
    await closePeriod(database, clock, closing);
    await expect(closePeriod(database, clock, closing)).rejects.toThrow(
      /is closed already, since .* by mira/,
    );
    expect(await audited('period.closed')).toHaveLength(1);
  });

  test('of two at once one wins; entries written meanwhile are in the report or in the next month', async () => {
    const entries = Array.from({ length: 20 }, (_, index) => ({
      ...LATE,
      key: `collection:at-once-${String(index)}`,
    }));
    const outcomes = await Promise.allSettled([
      closePeriod(database, clock, closing),
      ...entries.map((entry) => store.transaction((tx) => tx.ledger.record([entry]))),
      closePeriod(database, clock, closing),
    ]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    const inOctober = (await store.ledger.ofSource(LATE.source)).filter(
      ({ date }) => date < '2026-11',
    ).length;
    const journal = await printed('hledger');
    const [, minor = '0'] =
      /payment PM-LATE\n.*\n {4}assets:clearing:gocardless {2}GBP (\d+)\.00/.exec(journal) ?? [];
    expect(Number(minor)).toBe(inOctober * 10);
  });

  test('a failure leaves the month open and nothing kept', async () => {
    const failing = { now: () => new Date(Number.NaN) };
    await expect(closePeriod(database, failing, closing)).rejects.toThrow();
    expect(await isClosed(database, closing.business.id, '2026-10')).toBe(false);
    const where = { businessId: closing.business.id };
    expect(await database.prisma.periodReport.count({ where })).toBe(0);
  });

  test('what is odd about it is said: the month has not ended, an earlier one is open', async () => {
    const business = { ...closing.business, timezone: 'Pacific/Auckland' };
    const notices = (month: string) => closingNotices(database, clock, { business, month });
    expect(await notices('2026-09')).toEqual([]);
    expect(await notices('2026-10')).toEqual(['earlier months with entries are still open: 2026-09']);
    await closePeriod(database, clock, { ...closing, month: '2026-09' });
    await closePeriod(database, clock, closing);
    expect(await notices('2026-11')).toEqual([
      '2026-11 has not ended: what comes from now on is dated in the next open month',
    ]);
  });
});

describe('reopening', () => {
  test('forgets the kept report and says why in the audit log; the list knows closed months only', async () => {
    const { sha256 } = await closePeriod(database, clock, closing);
    await store.transaction((tx) => tx.ledger.record([LATE]));
    const list = async () => {
      const found = [];
      for await (const month of listClosed(database, { businessId: closing.business.id })) found.push(month);
      return found;
    };
    expect(await list()).toEqual([
      {
        business: closing.business.slug,
        month: '2026-10',
        sha256,
        closedBy: 'mira',
        closedAt: clock.now().toISOString(),
      },
    ]);
    const { business, month } = closing;
    expect(
      await reopenPeriod(database, clock, { business, month, note: 'a bill was late', by: 'root' }),
    ).toBe(sha256);
    expect(await list()).toEqual([]);
    expect(await audited('period.reopened')).toMatchObject([
      { actor: 'root', details: { note: 'a bill was late', sha256, closedBy: 'mira' } },
    ]);
    await store.transaction((tx) => tx.ledger.record([{ ...LATE, key: 'collection:after' }]));
    const dates = (await store.ledger.ofSource(LATE.source)).map(({ date }) => date);
    expect(dates).toEqual(['2026-11-01', '2026-10-30']);
    expect((await closePeriod(database, clock, closing)).sha256).not.toBe(sha256);
  });

  test('is refused for a month that is not closed', async () => {
    const { business, month } = closing;
    await expect(reopenPeriod(database, clock, { business, month, note: 'x', by: 'root' })).rejects.toThrow(
      /2026-10 of .* is not closed/,
    );
  });
});
