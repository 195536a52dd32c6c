import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  clearingOf,
  decimalFromMoney,
  moneyFromDecimal,
  type ProviderProof,
  type ReportSummary,
} from '@mlc/core';
import { createTestDatabase, type TestDatabase } from '@mlc/testkit';
import { MONTH_FACTS } from '@mlc/testkit/a-month';
import { hledger, hledgerAvailable, hledgerBalances } from '@mlc/testkit/hledger';
import { testClock } from '@mlc/testkit/suites/store/subject';
import { type Database, openDatabase } from '../postgres/database.ts';
import { storeFor } from '../store/store.ts';
import { printReport } from './report.ts';

let testDatabase: TestDatabase;
let database: Database;
let businessId: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, 4);
  businessId = randomUUID();
  await storeFor(database, businessId, { clock: testClock() }).transaction(async (tx) => {
    for (const fact of MONTH_FACTS) await fact(tx);
  });
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

async function printed(
  month: string,
  format: 'json' | 'hledger',
  proofs: readonly ProviderProof[] = [],
): Promise<string> {
  let text = '';
  const question = { business: { id: businessId, slug: 'acme; (odd) | name' }, month, proofs };
  await printReport(database, question, format, (piece) => {
    text += piece;
    return Promise.resolve();
  });
  return text;
}

const months = hledgerAvailable() ? ['2026-08', '2026-09', '2026-10', '2026-11', '2026-12'] : [];

test.each(months)("hledger accepts the journal of %s and its balances are the report's", async (month) => {
  const journal = await printed(month, 'hledger');
  expect(hledger(journal, 'check', '--strict', 'ordereddates')).toBe('');
  const { report } = JSON.parse(await printed(month, 'json')) as ReportSummary;
  const balances = hledgerBalances(journal);
  const clearing = report.currencies.flatMap(({ currency, clearing: rows }) =>
    rows.map(
      ({ provider, closingMinor }) => [`${clearingOf(provider)} ${currency}`, BigInt(closingMinor)] as const,
    ),
  );
  for (const [account, closing] of clearing) expect(balances.get(account) ?? 0n).toBe(closing);
  const all = await ledgerBalances(month);
  expect(new Map(balances)).toEqual(all);
});

test.each(months)('hledger accepts, in %s, a currency that only the provider speaks of', async (month) => {
  const proof = { provider: 'gocardless', currency: 'SEK', inFlightMinor: 5n, holdings: [], why: null };
  expect(hledger(await printed(month, 'hledger', [proof]), 'check', '--strict')).toBe('');
});

/** What the ledger says of every account at the end of the month, apart from the report's own way of asking. */
async function ledgerBalances(month: string): Promise<ReadonlyMap<string, bigint>> {
  const balances = new Map<string, bigint>();
  for (const row of await database.prisma.ledgerEntry.findMany({ where: { businessId } })) {
    if (row.date.slice(0, 7) > month) continue;
    const add = (account: string, minor: bigint) => {
      const name = `${account} ${row.currency}`;
      balances.set(name, (balances.get(name) ?? 0n) + minor);
    };
    add(row.debit, row.amountMinor);
    add(row.credit, -row.amountMinor);
  }
  return new Map([...balances].filter(([, minor]) => minor !== 0n));
}

test('amounts are decimals of their currency', async () => {
  const journal = await printed('2026-10', 'hledger');
  const amounts = [...journal.matchAll(/ {2}([A-Z]{3}) (-?[\d.]+)$/gm)].map(
    ([, currency = '', text = '']) => [text, moneyFromDecimal(text, currency)] as const,
  );
  expect(amounts.length).toBeGreaterThan(30);
  for (const [text, money] of amounts) expect(money && decimalFromMoney(money)).toBe(text);
});
