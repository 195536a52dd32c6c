import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { clearingRows } from './clearing.ts';
import type { ReportFacts, ReportFormat, ReviewLine, Transaction } from './report.ts';
import { sealedReport } from './seal.ts';
import { summaryReader } from './summary.ts';

async function* listed<Row>(rows: readonly Row[]): AsyncGenerator<Row> {
  for (const row of rows) yield await Promise.resolve(row);
}

function factsOf(changes: {
  reviews?: readonly ReviewLine[];
  transactions?: readonly Transaction[];
  slug?: string;
}): ReportFacts {
  const sums = [
    {
      currency: 'GBP',
      provider: 'gocardless',
      kind: 'collection' as const,
      isBefore: false,
      movedMinor: 10n ** 17n + 1n,
    },
  ];
  return {
    business: changes.slug ?? 'acme',
    month: '2026-10',
    clearing: () => Promise.resolve(clearingRows(sums, [])),
    differences: ({ provider }) => listed([{ id: provider, amountMinor: null, why: 'not asked' }]),
    accounts: () =>
      Promise.resolve([
        { account: 'assets:bank', currency: 'JPY', openingMinor: 5n, closingMinor: 5n },
        { account: 'equity:opening', currency: 'X2', openingMinor: -5n, closingMinor: -5n },
      ]),
    transactions: () => listed(changes.transactions ?? []),
    invoices: () => listed([]),
    postings: () => listed([]),
    openReviews: () => listed(changes.reviews ?? []),
    completeness: () => Promise.resolve({ seen: 1, done: 1, skipped: 0, parked: 0, dead: 0, inReview: 0 }),
  };
}

async function written(
  facts: ReportFacts,
  format: ReportFormat,
): Promise<{ pieces: string[]; hashed: string }> {
  let hashed = '';
  const hash = { update: (text: string) => void (hashed += text), hex: () => 'f'.repeat(64) };
  const pieces: string[] = [];
  for await (const piece of sealedReport(facts, format, hash)) pieces.push(piece);
  return { pieces, hashed };
}

function review(id: string): ReviewLine {
  return {
    kind: 'refund',
    subject: { provider: 'gocardless', type: 'payment', id },
    amountMinor: -5n,
    currency: 'GBP',
  };
}

describe('JSON', () => {
  test('is JSON whatever the texts say; amounts keep every digit; the hash is over R', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (id) => {
        const { pieces, hashed } = await written(factsOf({ reviews: [review(id)] }), 'json');
        const text = pieces.join('');
        expect(text).toBe(`{"report":${hashed},"sha256":"${'f'.repeat(64)}"}\n`);
        const { report } = JSON.parse(text) as { report: { openReviews: unknown[] } };
        expect(report.openReviews).toEqual([{ ...review(id), amountMinor: -5 }]);
        expect(text).toContain('"closingMinor":100000000000000001,');
      }),
    );
  });

  test('its summary is the same however it is cut into pieces', async () => {
    const odd = review(',"invoices":[],"openReviews":[');
    const text = (await written(factsOf({ reviews: [odd] }), 'json')).pieces.join('');
    const whole = JSON.parse(text) as { report: { openReviews: unknown; completeness: unknown } };
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const reader = summaryReader();
        const at = [0, ...cuts.sort((left, right) => left - right), text.length];
        for (const [index, start] of at.entries()) reader.push(text.slice(start, at[index + 1]));
        const { report } = reader.summary();
        expect(report.openReviews).toEqual(whole.report.openReviews);
        expect(report.completeness).toEqual(whole.report.completeness);
        expect(Object.keys(report)).not.toContain('invoices');
      }),
    );
  });
});

/** A reader of RFC 4180. */
function parsed(csv: string): string[][] {
  const rows = [...csv.matchAll(/((?:"(?:[^"]|"")*"|[^,\n"]*)(?:,(?:"(?:[^"]|"")*"|[^,\n"]*))*)\n/gy)];
  return rows.map(([, row = '']) =>
    [...row.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,"]*)/g)].map(([, cell = '']) =>
      cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
    ),
  );
}

describe('CSV', () => {
  test('every row has every column; a text comes back as it was, but is never a formula', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '"', ',', '\n', '\r', ' ', 'x', '1', 'é') }),
        async (text) => {
          const csv = (await written(factsOf({ reviews: [review(text)] }), 'csv')).pieces.join('');
          const [head = [], ...rows] = parsed(csv.replace(/# sha256:f{64}\n$/, ''));
          for (const row of rows) expect(row).toHaveLength(head.length);
          const cell = rows.find(([record]) => record === 'review')?.[head.indexOf('id')] ?? '';
          expect(cell.startsWith("'") && !text.startsWith("'") ? cell.slice(1) : cell).toBe(text);
          expect(cell).toMatch(/^(?:[^=+\-@\t\r]|-\d+(\.\d+)?$|$)/);
        },
      ),
    );
  });
});

describe('hledger', () => {
  const transaction: Transaction = {
    date: '2026-10-05', kind: 'collection', provider: 'gocardless', source: { provider: 'gocardless', type: 'payment', id: 'PM1' },
    debit: 'assets:clearing:gocardless', credit: 'assets:receivables', amountMinor: 1234n, currency: 'GBP',
    originalDates: [], invoiceIds: ['7'], postingKeys: ['k'], payoutIds: [],
  }; // prettier-ignore

  test('is written as its manual wants it', async () => {
    const { pieces } = await written(factsOf({ transactions: [transaction] }), 'hledger');
    expect(pieces.join('')).toBe(
      [
        '; ml-connector: acme, 2026-10\n\n',
        'commodity GBP 1000.00\ncommodity JPY 1000.\ncommodity "X2" 1000.00\n',
        'account assets:bank\naccount assets:clearing:gocardless\naccount equity:opening\n\n',
        '2026-10-01 * (opening) opening balances\n    assets:bank  JPY 5\n    equity:opening  "X2" -0.05\n\n',
        '2026-10-05 * (collection) gocardless payment PM1 on invoice 7\n',
        '    ; provider:gocardless, source:PM1, invoice:7, posting:k\n',
        '    assets:clearing:gocardless  GBP 12.34\n    assets:receivables  GBP -12.34\n\n',
        '2026-10-31 * (closing) clearing accounts at the end of the month\n',
        '    assets:clearing:gocardless  GBP 0.00 = GBP 1000000000000000.01\n\n',
        `; sha256:${'f'.repeat(64)}\n`,
      ].join(''),
    );
  });

  test('no text can begin a line, a comment, a tag or an amount of its own', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({
          unit: fc.constantFrom(';', '|', ',', '(', ')', '\n', '\r', '\u2028', ' ', 'a', ':', '=', '1'),
        }),
        async (id) => {
          const odd = {
            ...transaction,
            source: { ...transaction.source, id },
            invoiceIds: [id],
            postingKeys: [id],
          };
          const { pieces } = await written(factsOf({ transactions: [odd], slug: id }), 'hledger');
          const lines = pieces.join('').split('\n');
          const at = lines.findIndex((line) => line.startsWith('2026-10-05'));
          expect(lines[at]).toMatch(/^2026-10-05 \* \(collection\) [^;|,()]*$/);
          expect(lines[at + 1]?.split(', ')).toHaveLength(4);
          expect(lines.slice(at + 2, at + 5)).toEqual([
            '    assets:clearing:gocardless  GBP 12.34',
            '    assets:receivables  GBP -12.34',
            '',
          ]);
          expect(lines).toHaveLength(23);
        },
      ),
    );
  });
});

test('a long report comes in pieces of bounded size', async () => {
  const reviews = Array.from({ length: 5_000 }, (_, index) => review(`PM${String(index)}${'a'.repeat(100)}`));
  for (const format of ['json', 'csv'] as const) {
    const { pieces, hashed } = await written(factsOf({ reviews }), format);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(70_000);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.join('')).toContain(hashed);
  }
});

test('a balance that the provider did not tell is said right after the difference, and in the text of CSV', async () => {
  const proof = { provider: 'paypal', currency: 'EUR', inFlightMinor: 5n, holdings: [], why: null };
  const facts: ReportFacts = {
    ...factsOf({}),
    clearing: () => Promise.resolve(clearingRows([], [{ ...proof, balanceWhy: 'not told' }])),
    differences: () => listed([]),
  };
  const json = (await written(facts, 'json')).pieces.join('');
  expect(json).toContain('"providerInFlightMinor":5,"differenceMinor":-5,"balanceUnprovenWhy":"not told"}]}');
  const csv = (await written(facts, 'csv')).pieces.join('');
  expect(csv.split('\n')[2]).toMatch(/^clearing,.*,5,-5,,not told$/);
});
