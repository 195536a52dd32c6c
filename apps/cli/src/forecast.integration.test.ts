import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  addDays,
  addWorkingDays,
  type CollectionState,
  dateIn,
  type Debit,
  type NewLedgerEntry,
  type Payout,
  type Store,
} from '@mlc/core';
import { type Database, openDatabase, storeFor, systemClock } from '@mlc/platform';
import { createTestDatabase, payoutItem, type TestDatabase } from '@mlc/testkit';
import { mlc } from './main.ts';

let testDatabase: TestDatabase;
let database: Database;
let cwd: string;

const today = dateIn('UTC', systemClock.now());
const inDays = (days: number): string => addDays(today, days);
const arrivalOf = (chargeDate: string): string => addWorkingDays(chargeDate, 2);

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url);
  cwd = await mkdtemp(join(tmpdir(), 'mlc-forecast-'));
  for (const business of ['acme', 'other', 'quiet']) {
    await writeFile(
      join(cwd, `${business}.json`),
      JSON.stringify({ business, timezone: 'UTC', connections: {} }),
    );
    expect((await run(`apply -f ${business}.json`)).status).toBe(0);
  }
  await fillAcme(await storeOf('acme'));
  await follow(await storeOf('other'), { id: 'PMO', minor: 5n, state: 'submitted', charged: inDays(3) });
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
  await rm(cwd, { recursive: true });
});

async function run(args: string) {
  let out = '';
  let err = '';
  const status = await mlc(args.split(' '), {
    out: (text) => Promise.resolve(void (out += text)),
    err: (text) => void (err += text),
    isWatched: false,
    env: { DATABASE_URL: testDatabase.url, MLC_VAULT_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}` },
    cwd,
  });
  return { status, out, err };
}

const lines = async (args: string): Promise<unknown[]> => {
  const ran = await run(args);
  expect(ran).toMatchObject({ status: 0, err: '' });
  return ran.out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
};

async function storeOf(slug: string): Promise<Store> {
  const { id } = await database.prisma.business.findUniqueOrThrow({ where: { slug } });
  return storeFor(database, id, { clock: systemClock });
}

interface Followed {
  readonly id: string;
  readonly minor: bigint;
  readonly state: CollectionState;
  /** Its first charge date, by which it was foreseen. */
  readonly charged: string;
  /** Its charge date now. */
  readonly chargedNow?: string;
  readonly willAttemptRetry?: boolean;
}

async function follow(store: Store, followed: Followed): Promise<void> {
  const { id, minor, state, charged, chargedNow = charged, willAttemptRetry = false } = followed;
  const amount = { minor, currency: 'GBP' };
  await store.transaction((tx) =>
    tx.collections.insert({
      invoiceId: `invoice-${id}`,
      invoiceNumber: id,
      clientId: '7',
      attempt: 1,
      origin: 'ours',
      paymentId: id,
      mandateId: 'MD1',
      amount,
      chargeDate: chargedNow,
      wantedDate: null,
      creditorId: null,
      state,
      idempotencyKey: `key-${id}`,
      scheduleId: null,
      willAttemptRetry,
      calledAt: null,
      endedBy: null,
    }),
  );
  const debit: Debit = {
    id,
    amount,
    status: 'submitted',
    chargeDate: charged,
    mandateId: 'MD1',
    description: null,
    reference: null,
    metadata: {},
    subscriptionId: null,
    instalmentScheduleId: null,
    payoutId: null,
    createdAt: '2026-01-01T00:00:00.000Z',
  };
  await store.transaction((tx) => tx.arrivals.expect(debit));
}

async function payOut(store: Store, facts: Pick<Payout, 'id' | 'arrivalDate' | 'status'>, ids: string[]) {
  const payout: Payout = {
    net: { minor: 9_900n, currency: 'GBP' },
    deductedFeesMinor: 100n,
    reference: null,
    payoutType: 'merchant',
    exchange: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...facts,
  };
  const items = ids.map((paymentId) => payoutItem('payment_paid_out', 100_000n, { paymentId }));
  await store.transaction((tx) => tx.payouts.put(payout, items));
}

const withdrawal = (key: string, date: string, isBack = false): NewLedgerEntry => ({
  key,
  kind: 'payout',
  provider: 'paypal',
  debit: isBack ? 'assets:clearing:paypal' : 'assets:bank',
  credit: isBack ? 'assets:bank' : 'assets:clearing:paypal',
  amount: { minor: 700n, currency: 'EUR' },
  date,
  factDate: date,
  source: { provider: 'paypal', type: 'transaction', id: key },
  invoiceId: null,
  postingKey: null,
  payoutId: null,
  eventId: null,
  note: '',
});

/** Charged ten days ago: due by now. */
const CHARGED = inDays(-10);
const DUE = arrivalOf(CHARGED);
/** Two days after it was due. */
const LATE = addDays(DUE, 2);

async function fillAcme(store: Store): Promise<void> {
  await follow(store, { id: 'PM-on-time', minor: 10_000n, state: 'paid_out', charged: CHARGED });
  await follow(store, { id: 'PM-late', minor: 20_000n, state: 'paid_out', charged: CHARGED });
  await follow(store, { id: 'PM-overdue', minor: 1n, state: 'confirmed', charged: CHARGED });
  await follow(store, { id: 'PM-failed', minor: 2n, state: 'failed', charged: CHARGED });
  await follow(store, { id: 'PM-cancelled', minor: 4n, state: 'cancelled', charged: inDays(3) });
  await follow(store, { id: 'PM-next', minor: 3_000n, state: 'submitted', charged: inDays(3) });
  await follow(store, {
    id: 'PM-again',
    minor: 400n,
    state: 'failed',
    willAttemptRetry: true,
    charged: CHARGED,
    chargedNow: inDays(3),
  });
  await payOut(store, { id: 'PO1', arrivalDate: DUE, status: 'paid' }, ['PM-on-time']);
  await payOut(store, { id: 'PO2', arrivalDate: LATE, status: 'paid' }, ['PM-late']);
  await payOut(store, { id: 'PO3', arrivalDate: DUE, status: 'bounced' }, []);
  await payOut(store, { id: 'PO4', arrivalDate: inDays(-40), status: 'paid' }, []);
  await store.transaction((tx) =>
    tx.ledger.record([withdrawal('w1', DUE), withdrawal('w2', DUE), withdrawal('w3', DUE, true)]),
  );
}

const day = (date: string, currency: string, expectedMinor: number, paidMinor: number) => ({
  date,
  currency,
  expectedMinor,
  paidMinor,
});

describe('mlc forecast', () => {
  const acme = [
    day(DUE, 'EUR', 0, 700),
    // What failed does not count, what is overdue and what came late do: they were foreseen for this day.
    day(DUE, 'GBP', 30_001, 9_900),
    day(LATE, 'GBP', 0, 9_900),
    day(arrivalOf(inDays(3)), 'GBP', 3_400, 0),
  ];

  test('one object per day and currency, in their order', async () => {
    expect(await lines('forecast --json --business acme')).toEqual(acme);
    expect(await lines('forecast --format json --business acme')).toEqual(acme);
  });

  test('without --business all of them are added up', async () => {
    const last = day(arrivalOf(inDays(3)), 'GBP', 3_405, 0);
    expect(await lines('forecast --json')).toEqual([...acme.slice(0, -1), last]);
  });

  test('--from and --to choose the days, both included', async () => {
    expect(await lines(`forecast --json --business acme --from ${DUE} --to ${DUE}`)).toEqual(
      acme.slice(0, 2),
    );
    expect(await lines(`forecast --json --business acme --from ${inDays(-50)} --to ${inDays(-40)}`)).toEqual([
      day(inDays(-40), 'GBP', 0, 9_900),
    ]);
  });

  test('CSV', async () => {
    const { out } = await run('forecast --business acme --format csv');
    const rows = acme.map(
      ({ date, currency, expectedMinor, paidMinor }) => `${date},${currency},${expectedMinor},${paidMinor}\n`,
    );
    expect(out).toBe(`date,currency,expectedMinor,paidMinor\n${rows.join('')}`);
  });

  test('for people: a table, and how well the past was foreseen', async () => {
    const { out } = await run('forecast --business acme');
    expect(out).toContain('GBP 300.01');
    expect(out).toContain('EUR 7.00');
    expect(out).toContain(
      'GBP: 2 debits arrived, 1 on the day foreseen, 1 later (by 2 days at most); 2 overdue',
    );
    expect((await run('forecast --business quiet')).out).toBe('none\n');
  });

  test('--accuracy lists each debit that was due', async () => {
    const common = { currency: 'GBP', expectedDate: DUE };
    expect(await lines('forecast --accuracy --json --business acme')).toEqual([
      { paymentId: 'PM-again', ...common, amountMinor: 400, actualDate: null, daysLate: null },
      { paymentId: 'PM-late', ...common, amountMinor: 20_000, actualDate: LATE, daysLate: 2 },
      { paymentId: 'PM-on-time', ...common, amountMinor: 10_000, actualDate: DUE, daysLate: 0 },
      { paymentId: 'PM-overdue', ...common, amountMinor: 1, actualDate: null, daysLate: null },
    ].map(({ paymentId, currency, amountMinor, expectedDate, actualDate, daysLate }) => ({
      paymentId, currency, amountMinor, expectedDate, actualDate, daysLate,
    }))); // prettier-ignore
    const csv = (await run('forecast --accuracy --format csv --business acme')).out.split('\n');
    expect(csv[0]).toBe('paymentId,currency,amountMinor,expectedDate,actualDate,daysLate');
    expect(csv[1]).toBe(`PM-again,GBP,400,${DUE},,`);
    expect((await run('forecast --accuracy --business acme')).out).toContain('PM-late');
  });

  test.each([
    ['forecast --from soon', 'a date such as 2026-10-31'],
    ['forecast --from 2026-02-30', 'a date such as 2026-10-31'],
    ['forecast --from 2026-11-02 --to 2026-11-01', 'is after --to'],
    ['forecast --format xml', 'Allowed choices are json, csv'],
  ])('%s is wrong usage', async (args, message) => {
    const ran = await run(args);
    expect(ran.status).toBe(2);
    expect(ran.err).toContain(message);
  });

  test('a business that is not there is named', async () => {
    const ran = await run('forecast --business nobody');
    expect(ran).toMatchObject({ status: 1, out: '' });
    expect(ran.err).toContain('there is no business nobody');
  });
});
