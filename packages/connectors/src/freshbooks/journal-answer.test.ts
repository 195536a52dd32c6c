import { expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { idOfNumber, idsOfNumber, journalAnswer } from './journal-answer.ts';

const NUMBER = 'MLC-PO1';
const rowsOf = (answer: unknown) => journalAnswer.parse(answer).rows;

// Shapes FreshBooks uses elsewhere (freshbooks.md 2, 3.7); that of the journal is not known.
const SHAPES: readonly (readonly [string, (rows: readonly unknown[]) => unknown])[] = [
  ['data', (rows) => ({ data: rows, meta: { total: rows.length } })],
  ['result', (rows) => ({ response: { result: { journal_entries: rows, page: 1, pages: 1 } } })],
  ['flat', (rows) => ({ manualJournalEntries: rows, total: 1 })],
  ['nested', (rows) => ({ data: { journalEntries: rows } })],
  ['bare', (rows) => rows],
];
const ROWS: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  ['as sent', { id: 'u-1', journalEntryNumber: NUMBER }, 'u-1'],
  ['wrapped', { uuid: 'u-2', manualJournalEntry: { journalEntryNumber: NUMBER } }, 'u-2'],
  ['old', { entryid: 629_310, journal_entry_number: NUMBER, details: [{ detailid: 1, id: 7 }] }, '629310'],
  ['without an id', { number: NUMBER }, NUMBER],
];

const CASES = SHAPES.flatMap(([shape, list]) =>
  ROWS.map(([name, row, id]) => ({ shape, list, name, row, id })),
);

test.each(CASES)('in a $shape list, $name: found by its number', ({ list, row, id }) => {
  const answer = list([{ id: 'other', journalEntryNumber: 'MLC-PO0' }, row]);
  expect(idOfNumber(answer, NUMBER)).toBe(id);
  expect(rowsOf(answer)).toHaveLength(2);
  expect(idOfNumber(list([]), NUMBER)).toBeNull();
  expect(rowsOf(list([]))).toEqual([]);
});

test.each(SHAPES)('in a %s list, entries with one number are all found, each once', (_shape, list) => {
  const twice = { id: 'u-1', journalEntryNumber: NUMBER, details: [{ id: 7, reference: NUMBER }] };
  const rows = [twice, { id: 'u-2', journalEntryNumber: 'MLC-PO2' }, { id: 'u-3', number: NUMBER }];
  expect(idsOfNumber(journalAnswer.parse(list(rows)), NUMBER)).toEqual(['u-1', 'u-3']);
  expect(idsOfNumber(journalAnswer.parse(list([])), NUMBER)).toEqual([]);
});

test('an answer of one entry names it outside of any list, too', () => {
  const one = { data: { id: 'u-1', journalEntryNumber: NUMBER, details: [{ id: 7 }] } };
  expect(idsOfNumber(journalAnswer.parse(one), NUMBER)).toEqual(['u-1']);
});

test('a number is never part of a longer text', () => {
  const near = [
    { id: 1, journalEntryNumber: 'MLC-PO12' },
    { id: 2, description: 'of MLC-PO1, GBP 1' },
  ];
  expect(idOfNumber({ data: near }, NUMBER)).toBeNull();
});

test('the id of a list is not the id of its entry', () => {
  expect(idOfNumber({ id: 'page', data: [{ journalEntryNumber: NUMBER }] }, NUMBER)).toBe(NUMBER);
});

test('an answer without any list says so', () => {
  expect(rowsOf({ data: { total: 0 } })).toBeNull();
});

test('whatever JSON comes, reading it ends', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 12 }), (answer) => {
      const id = idOfNumber(answer, NUMBER);
      expect(id === null || typeof id === 'string').toBe(true);
      journalAnswer.safeParse(answer);
    }),
  );
});
